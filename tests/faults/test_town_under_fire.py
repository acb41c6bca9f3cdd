"""People talk and vote while processes of a real instance are killed with SIGKILL, one after another.

The instance is started once for each database and takes every fault in turn: what an earlier fault had
broken would also show in the verdict after a later one.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import resource
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from app.descriptors import MOST_DESCRIPTORS
from tests.faults.alarm import Alarm
from tests.faults.instance import FEW_FILES, TownUnderFire, town_under_fire
from tests.faults.traffic import Crowd
from tests.faults.verdict import judge

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]

# Those of one group do nothing for each other nor, while people talk, for them: one wait shows all.
TOGETHER = [("web",), ("bots",), ("relay",), ("worker-default", "worker-charts", "cron"), ("redis",)]
CHILDREN = [child for group in TOGETHER for child in group]


async def kept(crowd: Crowd) -> None:
    """Fail with every broken promise named."""
    broken = await judge(crowd)
    assert not broken, "\n".join(broken)


async def promises_kept_through(crowd: Crowd, fault: Callable[[], None]) -> None:
    """Let a fault happen amid traffic; afterwards everybody gets on and nothing is missing or doubled."""
    async with crowd.busy() as busy:
        await busy.everybody_gets_on()
        await asyncio.to_thread(fault)
        await busy.everybody_gets_on()
        await busy.rest()
        await kept(crowd)


class Faults:
    """The faults that any instance must live through."""

    async def test_no_process_complained_at_the_start(self, crowd: Crowd) -> None:
        assert "level=error" not in crowd.town.first_words
        assert "Traceback" not in crowd.town.first_words

    @pytest.mark.parametrize("children", TOGETHER, ids="+".join)
    async def test_killed_processes_cost_nobody_anything(
        self, crowd: Crowd, children: tuple[str, ...]
    ) -> None:
        await promises_kept_through(crowd, lambda: crowd.town.kill(*children))

    async def test_a_wiped_redis_costs_nobody_anything(self, crowd: Crowd) -> None:
        await promises_kept_through(crowd, crowd.town.wipe_redis)

    async def test_everything_killed_at_once_goes_on_after_a_second_start(self, crowd: Crowd) -> None:
        await promises_kept_through(crowd, crowd.town.kill_everything)

    async def test_an_alert_arrives_once_though_both_workers_die_at_it(self, crowd: Crowd) -> None:
        async with crowd.busy() as busy:
            await busy.everybody_gets_on()
            alarm = await asyncio.to_thread(Alarm.raised_while_workers_die, crowd.town)
            await busy.rest()
            await kept(crowd)
        assert list(alarm.verdict()) == []

    @pytest.mark.long
    @pytest.mark.timeout(3600)
    async def test_a_hundred_kills_at_random_moments_cost_nobody_anything(self, crowd: Crowd) -> None:
        async with crowd.busy() as busy:
            for _ in range(100):
                await asyncio.sleep(random.uniform(0.0, 2.0))
                child = random.choice([*CHILDREN, "flush"])
                fault = crowd.town.wipe_redis if child == "flush" else partial(crowd.town.kill, child)
                await asyncio.to_thread(fault)
            await busy.everybody_gets_on()
            await busy.rest()
            await kept(crowd)


class Offers:
    """What a whole instance offers whoever has just started it, and still offers after every fault."""

    def test_the_first_page_is_served_at_the_address_written_down(self, crowd: Crowd) -> None:
        page = crowd.town.get((crowd.town.var / "address").read_text().strip())

        assert page.status_code == 200
        assert '<html lang="ru"' in page.text

    def test_health_and_readiness_are_told_with_reasons(self, crowd: Crowd) -> None:
        ready = crowd.town.get("/readyz")

        assert (crowd.town.get("/healthz").status_code, ready.status_code) == (200, 200)
        assert ready.json()["checks"] == {"database": "ok", "migrations": "ok", "redis": "ok"}

    def test_metrics_of_all_processes_are_on_one_page(self, crowd: Crowd) -> None:
        page = crowd.town.get("/metrics").text

        assert "s24_http_requests_total" in page
        assert "s24_facts_published_total" in page

    def test_the_terminal_shows_one_time_links_of_the_people_of_the_town(self, crowd: Crowd) -> None:
        links = re.findall(r"(https?://\S+/in/\S+)", crowd.town.first_words)

        page = crowd.town.get(links[0])

        assert len(links) == 7
        assert page.status_code == 200
        assert "<form" in page.text

    def test_the_web_process_may_hold_as_many_sockets_as_the_system_allows(self, crowd: Crowd) -> None:
        (web,) = crowd.town.children("web")

        soft, hard = resource.prlimit(web, resource.RLIMIT_NOFILE)

        assert soft > FEW_FILES
        assert soft in (hard, MOST_DESCRIPTORS)

    def test_the_doctor_finds_nothing_wrong_beside_a_running_instance(self, crowd: Crowd) -> None:
        findings = json.loads(crowd.town.tool("doctor", "--json"))["findings"]

        assert {
            "subject": "instance",
            "level": "ok",
            "found": f"runs at {crowd.town.address}",
            "mend": "",
        } in findings

    def test_accounts_are_made_beside_a_running_instance(self, crowd: Crowd) -> None:
        accounts = json.loads(crowd.town.tool("accounts", "--json", "citizen", "official"))["accounts"]

        assert [account["role"] for account in accounts] == ["citizen", "official"]
        assert all(account["token"] for account in accounts)
        assert all(account["link"].startswith(crowd.town.address) for account in accounts)


class TestOnSqlite(Faults, Offers):
    """One file, embedded Redis."""

    @pytest.fixture(scope="class")
    def crowd(self, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crowd]:
        with town_under_fire(tmp_path_factory.mktemp("fire") / "var", with_services=False) as town:
            yield _gathered(town)


class TestOnPostgresql(Faults):
    """The topology of docker-compose.yml: PostgreSQL (with fsync) and Redis beside the processes."""

    @pytest.fixture(scope="class")
    def crowd(self, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crowd]:
        with town_under_fire(tmp_path_factory.mktemp("fire") / "var", with_services=True) as town:
            yield _gathered(town)

    async def test_the_services_given_are_the_ones_in_use(self, crowd: Crowd) -> None:
        assert crowd.town.children("redis") == []
        assert not (crowd.town.var / "strategy24.sqlite3").exists()

    async def test_a_killed_database_server_costs_nobody_anything(self, crowd: Crowd) -> None:
        await promises_kept_through(crowd, crowd.town.kill_postgres)


def _gathered(town: TownUnderFire) -> Crowd:
    return asyncio.run(Crowd.gather(town))
