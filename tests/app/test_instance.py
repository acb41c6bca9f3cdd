"""A whole instance with all its real processes: first page, health, doctor, accounts.

That it comes back when its processes, or all at once, are killed, on either database: tests/faults. That it
ends and leaves nothing: test_tour.py, and test_supervisor.py for its files.
"""

import json
import os
import re
import resource
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.descriptors import MOST_DESCRIPTORS
from app.settings import PROJECT
from tests.app.instances import Instance, free_port, running

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]

_COMMAND = ["-P", "-m", "app"]
# Alone on its machine it starts within 20 seconds; the limit is for a crowded one.
_START_LIMIT_S = 240.0
_FEW_FILES = 1_024


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    var = tmp_path_factory.mktemp("instance") / "var"
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    # What a shell or a service manager gives at first, or less.
    resource.setrlimit(resource.RLIMIT_NOFILE, (_FEW_FILES, hard))
    with running(_COMMAND, var=var, STRATEGY24_PORT=str(free_port())) as started:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        started.wait_for("Stop with Ctrl-C", seconds=_START_LIMIT_S)
        yield started


def _address(instance: Instance) -> str:
    return (instance.var / "address").read_text().strip()


def _get(url: str, *, limit_s: float = 15) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=limit_s) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def _tool(instance: Instance, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "STRATEGY24_VAR": str(instance.var), "PYTHONPATH": str(PROJECT)}
    return subprocess.run(
        [sys.executable, *_COMMAND, *arguments], capture_output=True, text=True, env=environment
    )


def test_the_first_page_is_served_at_the_address_written_down(instance: Instance) -> None:
    status, page = _get(_address(instance))

    assert status == 200
    assert '<html lang="ru"' in page


def test_the_web_process_may_hold_as_many_sockets_as_the_system_allows(instance: Instance) -> None:
    (web,) = instance.pids("web")

    soft, hard = resource.prlimit(web, resource.RLIMIT_NOFILE)

    assert soft > _FEW_FILES
    assert soft in (hard, MOST_DESCRIPTORS)


def test_health_and_readiness_are_told_with_reasons(instance: Instance) -> None:
    alive, _ = _get(f"{_address(instance)}/healthz")
    ready, report = _get(f"{_address(instance)}/readyz")

    assert (alive, ready) == (200, 200)
    assert json.loads(report)["checks"] == {"database": "ok", "migrations": "ok", "redis": "ok"}


def test_metrics_of_all_processes_are_on_one_page(instance: Instance) -> None:
    _get(_address(instance))
    _, page = _get(f"{_address(instance)}/metrics")

    assert "s24_http_requests_total" in page
    assert "s24_facts_published_total" in page


def test_the_terminal_shows_one_time_links_of_the_people_of_the_town(instance: Instance) -> None:
    links = re.findall(r"(https?://\S+/in/\S+)", instance.output())

    status, page = _get(links[0])

    assert len(links) == 7
    assert status == 200
    assert "<form" in page


def test_no_child_says_that_something_failed_at_the_start(instance: Instance) -> None:
    start, _, _ = instance.output().partition("Stop with Ctrl-C")

    assert "level=error" not in start
    assert "Traceback" not in start


def test_the_doctor_finds_nothing_wrong_beside_a_running_instance(instance: Instance) -> None:
    done = _tool(instance, "doctor", "--json")

    findings = json.loads(done.stdout)["findings"]
    assert done.returncode == 0, done.stdout
    assert {
        "subject": "instance",
        "level": "ok",
        "found": f"runs at {_address(instance)}",
        "mend": "",
    } in findings


def test_accounts_are_made_beside_a_running_instance(instance: Instance) -> None:
    done = _tool(instance, "accounts", "--json", "citizen", "official")

    accounts = json.loads(done.stdout)["accounts"]
    assert [account["role"] for account in accounts] == ["citizen", "official"]
    assert all(account["token"] and account["link"].startswith(_address(instance)) for account in accounts)


@pytest.mark.long
def test_an_idle_instance_costs_at_most_one_cpu_second_a_minute(instance: Instance) -> None:
    time.sleep(15)
    before = _cpu_s(instance)
    time.sleep(60)

    spent = _cpu_s(instance) - before

    assert spent <= 1.0


def _cpu_s(instance: Instance) -> float:
    ticks = 0
    for pid in (instance.process.pid, *instance.pids()):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")
