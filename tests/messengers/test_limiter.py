"""The line of all processes at one messenger: one suite over the ledger in Redis and its twin in a file."""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import pytest
import redis

from core.delivery import Urgency
from messengers import (
    RATES,
    Ask,
    FileLedger,
    Ledger,
    Limiter,
    NotNow,
    Rates,
    RedisLedger,
    Scope,
    Standing,
    weight_of,
)

# A machine may stand still for seconds: places lie far apart, and nobody waits for them here.
STEP_US = 5_000_000
CHAT_STEP_US = 60_000_000
FAR_US = 3_600_000_000
ASK = Ask(
    carrier="telegram",
    chat=None,
    step_us=STEP_US,
    chat_step_us=CHAT_STEP_US,
    chat_burst_us=0,
    reach_us=FAR_US,
)
ANNA, BORIS, VERA = (replace(ASK, chat=chat) for chat in ("1", "2", "3"))

OpenLedger = Callable[[], Ledger]


@pytest.fixture(params=["redis", "file"])
async def open_ledger(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[OpenLedger]:
    """Opens one more client of the same empty ledger, as one more process would."""
    opened: list[Ledger] = []
    url = request.getfixturevalue("redis_url") if request.param == "redis" else ""
    if url:
        with redis.Redis.from_url(url) as client:
            client.flushall()

    def another() -> Ledger:
        opened.append(RedisLedger(url) if url else FileLedger(tmp_path / "limits.sqlite3"))
        return opened[-1]

    yield another
    for ledger in opened:
        await ledger.close()


@pytest.fixture
def ledger(open_ledger: OpenLedger) -> Ledger:
    return open_ledger()


async def places(ledger: Ledger, ask: Ask, count: int) -> list[int]:
    return [(await ledger.take(ask)).at_us for _ in range(count)]


async def test_several_who_make_the_file_in_the_same_moment_wait_for_one_another(tmp_path: Path) -> None:
    for number in range(20):
        ledgers = [FileLedger(tmp_path / f"{number}.sqlite3") for _ in range(6)]
        answers = await asyncio.gather(*(ledger.take(ASK) for ledger in ledgers))
        for ledger in ledgers:
            await ledger.close()

        assert len({answer.at_us for answer in answers if answer.standing is Standing.GRANTED}) > 0


async def test_three_processes_stand_in_one_line_without_gaps(open_ledger: OpenLedger) -> None:
    taken = await asyncio.gather(*(places(open_ledger(), ASK, 100) for _ in range(3)))

    line = sorted(itertools.chain(*taken))
    assert {after - before for before, after in itertools.pairwise(line)} == {STEP_US}


async def test_a_wait_is_never_shorter_than_the_place_needs(ledger: Ledger) -> None:
    answers = [await ledger.take(replace(ASK, step_us=33_333)) for _ in range(30)]
    now_us = time.time_ns() // 1000

    assert answers[-1].at_us <= now_us + answers[-1].wait_s * 1_000_000


async def test_a_chat_has_a_gap_of_its_own_and_others_go_on(ledger: Ledger) -> None:
    first = await ledger.take(ANNA)
    again = await ledger.take(ANNA)
    other = await ledger.take(BORIS)

    assert (first.standing, again.standing, other.standing) == (
        Standing.GRANTED,
        Standing.CHAT,
        Standing.GRANTED,
    )
    assert 30 < again.wait_s <= 60
    # On a busy machine the second ask comes later than its place would be.
    assert other.at_us - first.at_us >= STEP_US


async def test_the_screens_of_one_answer_may_follow_one_another(ledger: Ledger) -> None:
    reply = replace(ANNA, chat_burst_us=2 * CHAT_STEP_US)

    standings = [(await ledger.take(reply)).standing for _ in range(4)]

    assert standings == [Standing.GRANTED] * 3 + [Standing.CHAT]


async def test_a_mailing_waits_at_the_end_of_a_line_that_a_warning_may_join(ledger: Ledger) -> None:
    await places(ledger, ASK, 20)

    mailing = await ledger.take(replace(ASK, reach_us=20_000_000))
    warning = await ledger.take(replace(ASK, reach_us=FAR_US))

    # Twenty places of 5 s stand before it, and 20 s are as near as it may come.
    assert mailing.standing is Standing.LINE
    assert 50 < mailing.wait_s <= 85
    assert warning.standing is Standing.GRANTED


async def test_a_chat_asked_to_wait_does_not_hold_up_the_others(ledger: Ledger) -> None:
    for_all = await ledger.hold("telegram", "1", wait_s=30, scope=Scope.CHAT)
    anna, boris = await ledger.take(ANNA), await ledger.take(BORIS)

    assert not for_all
    assert (anna.standing, boris.standing) == (Standing.CHAT, Standing.GRANTED)
    assert 20 < anna.wait_s <= 30


async def test_a_pause_for_all_is_kept_by_every_process(open_ledger: OpenLedger) -> None:
    await open_ledger().hold("telegram", "1", wait_s=30, scope=Scope.ALL)

    answer = await open_ledger().take(BORIS)

    assert answer.standing is Standing.PAUSED
    assert 20 < answer.wait_s <= 30


async def test_no_request_lifts_or_shortens_a_pause(ledger: Ledger) -> None:
    await ledger.hold("telegram", None, wait_s=30, scope=Scope.ALL)
    await ledger.hold("telegram", None, wait_s=1, scope=Scope.ALL)
    await ledger.take(BORIS)

    answer = await ledger.take(BORIS)

    assert 20 < answer.wait_s <= 30


async def test_a_second_chat_refused_meanwhile_means_that_all_are(ledger: Ledger) -> None:
    first = await ledger.hold("telegram", "1", wait_s=30, scope=Scope.UNKNOWN)
    same = await ledger.hold("telegram", "1", wait_s=30, scope=Scope.UNKNOWN)
    before = await ledger.take(VERA)
    second = await ledger.hold("telegram", "2", wait_s=30, scope=Scope.UNKNOWN)
    after = await ledger.take(VERA)

    assert (first, same, second) == (False, False, True)
    assert (before.standing, after.standing) == (Standing.GRANTED, Standing.PAUSED)


async def test_messengers_have_lines_of_their_own(ledger: Ledger) -> None:
    await ledger.hold("telegram", None, wait_s=30, scope=Scope.ALL)

    assert (await ledger.take(replace(ANNA, carrier="max"))).standing is Standing.GRANTED


async def test_more_urgent_ones_overtake_within_one_process(ledger: Ledger) -> None:
    limiter = Limiter("telegram", Rates(per_second=50), ledger)
    went: list[str] = []

    async def go(name: str, urgency: Urgency) -> None:
        await limiter.turn(name, urgency)
        went.append(urgency)

    mailing = [asyncio.create_task(go(f"{n}", Urgency.BULK)) for n in range(40)]
    await asyncio.sleep(0.05)
    before = len(went)
    await asyncio.gather(go("a", Urgency.CRITICAL), *mailing)

    # Behind those that had their places already, a fifth of a second of them, before all others.
    assert went.index(Urgency.CRITICAL) < before + 20


async def test_a_message_that_would_wait_too_long_is_given_back(ledger: Ledger) -> None:
    limiter = Limiter("telegram", RATES["telegram"], ledger)
    await limiter.hold("1", 300, scope=Scope.CHAT)

    with pytest.raises(NotNow) as given_back:
        await limiter.turn("1", Urgency.PERSONAL)

    assert 200 < given_back.value.wait_s <= 300


async def test_without_redis_a_machine_goes_on_at_a_part_of_the_limit(tmp_path: Path) -> None:
    away = RedisLedger(f"unix://{tmp_path / 'nobody.sock'}")
    limiter = Limiter("telegram", Rates(per_second=100), away, spare=FileLedger(tmp_path / "limits.sqlite3"))

    places = [(await limiter.turn(f"{n}", Urgency.CRITICAL)).at_us for n in range(4)]
    await limiter.close()

    # A hundred a second with room to spare is one in 10,310 µs; a quarter of it one in 41,240.
    assert {after - before >= 41_240 for before, after in itertools.pairwise(places)} == {True}


async def test_a_pause_outlives_the_ledger_that_it_was_written_in(tmp_path: Path) -> None:
    away = RedisLedger(f"unix://{tmp_path / 'nobody.sock'}")
    limiter = Limiter("telegram", RATES["telegram"], away, spare=FileLedger(tmp_path / "limits.sqlite3"))
    await limiter.hold(None, 300)

    with pytest.raises(NotNow):
        await limiter.turn("1", Urgency.CRITICAL)
    await limiter.close()


@pytest.mark.parametrize(
    ("carrier", "chat", "gap_us"),
    [
        pytest.param("telegram", "1001", 1_000_000, id="one a second in a chat"),
        pytest.param("telegram", "-1001", 3_000_000, id="twenty a minute in a group"),
        pytest.param("telegram", None, 0, id="a change makes no new message"),
        pytest.param("email", "anna@example.org", 0, id="no limit for one mailbox"),
    ],
)
def test_each_messenger_has_its_limits_as_data(carrier: str, chat: str | None, gap_us: int) -> None:
    assert RATES[carrier].chat_step_us(chat) == gap_us


@pytest.mark.parametrize("carrier", sorted(RATES))
def test_the_line_of_a_messenger_keeps_below_its_limit_and_near_it(carrier: str) -> None:
    used = 1e6 / RATES[carrier].step_us / RATES[carrier].per_second

    assert 0.95 <= used < 1


def test_what_is_not_a_message_costs_nothing() -> None:
    assert {weight_of(name) for name in ("getUpdates", "deleteWebhook", "setMyCommands")} == {"free"}
