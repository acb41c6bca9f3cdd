"""Alerts: each transition once, whoever repeats it; one official has it, the others are told who."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from core.alerts import (
    DRAW_ALERT,
    AlertOver,
    AlertRule,
    AlertState,
    Severity,
    SnoozeTerm,
    Standing,
    Transition,
    UnknownAlert,
    UnknownRule,
    WrongSnooze,
    WrongThreshold,
    acknowledge_alert,
    alert_caption,
    alert_card,
    alert_card_for,
    attach_illustration,
    change_alert_rule,
    delete_alert_rule,
    end_snoozes,
    evaluate_release,
    judge,
    open_alerts,
    publish_forecast,
    rules_in,
    set_alert_rule,
    settle_late_illustrations,
    snooze_alert,
    times_fired,
)
from core.alerts.rules import snoozed_until
from core.identity import viewer_of
from core.indicators import (
    Backtest,
    Forecast,
    ForecastPoint,
    Indicator,
    NewValue,
    Period,
    latest_forecast,
    record_release,
    register_indicators,
)
from core.jobs import job
from core.shared.clock import ManualClock
from core.shared.errors import Forbidden
from core.shared.ids import AlertId, PersonId, RuleId, TerritoryId
from tests.town import ANNA, IVANOV, SMIRNOVA, VERA, Town

UNEMPLOYMENT = Indicator(
    code="UNEMPL",
    rubric="jobs",
    title_ru="Уровень безработицы",
    title_en="Unemployment rate",
    unit="%",
    unit_en="%",
    frequency="A",
    good="down",
)
RULE = AlertRule(
    id=RuleId("r"),
    indicator="UNEMPL",
    territory_id=TerritoryId("t"),
    bad="above",
    threshold=5.5,
    clear_at=5.2,
    severity=Severity.WARN,
)


@dataclass(slots=True)
class Watch:
    """The town with a rule on unemployment: 5.5 fires, 5.2 ends."""

    town: Town
    year: int = 2020

    def arrives(self, value: float, *, judged: bool = True) -> int:
        """One more year of data; its vintage."""
        self.year += 1
        row = NewValue(
            indicator="UNEMPL",
            territory_id=self.town.territory.id,
            period=Period("A", self.year),
            value=value,
            source="Росстат",
        )
        recorded = self.town.database.run(
            record_release,
            source="tidy_csv",
            digest=f"{self.year} {value}",
            title="file.csv",
            values=[row],
            recorded_by=None,
        )
        if judged:
            self.judge(recorded.release.vintage)
        return recorded.release.vintage

    def judge(self, vintage: int) -> list[AlertId]:
        return self.town.database.run(evaluate_release, vintage=vintage)

    def facts(self, *kinds: str) -> list[str]:
        with self.town.database.reading() as reading:
            rows = reading.session.execute(text("SELECT kind FROM outbox ORDER BY id"))
            return [kind for (kind,) in rows if kind in kinds]

    def sets_the_rule(self) -> None:
        self.town.database.run(
            set_alert_rule,
            indicator_code="UNEMPL",
            territory_id=self.town.territory.id,
            bad="above",
            threshold=5.5,
            clear_at=5.2,
            severity=Severity.WARN,
            set_by=self.town.people[VERA],
        )

    def rules(self) -> list[AlertRule]:
        return self.town.database.read(rules_in, territory_ids=[self.town.territory.id])

    def changes(self) -> list[tuple[str, str, str]]:
        """Cause, state before and after of every change, in order."""
        with self.town.database.reading() as reading:
            rows = reading.session.execute(
                text("SELECT cause, before, after FROM alert_state_change ORDER BY vintage, cause")
            )
            return [(cause, before, after) for cause, before, after in rows]

    def fired(self) -> AlertId:
        """The one alert that a bad value fires."""
        (alert_id,) = self.judge(self.arrives(6.1, judged=False))
        return alert_id


@pytest.fixture
def watch(town: Town) -> Watch:
    town.database.run(register_indicators, indicators=[UNEMPLOYMENT])
    watch = Watch(town)
    watch.arrives(5.0)
    watch.sets_the_rule()
    return watch


TRANSITIONS = ("AlertFired", "AlertResolved")


def test_a_value_beyond_the_threshold_fires_once(watch: Watch) -> None:
    vintage = watch.arrives(6.1)
    watch.judge(vintage)

    assert watch.facts(*TRANSITIONS) == ["AlertFired"]


def test_the_threshold_itself_is_still_allowed(watch: Watch) -> None:
    watch.arrives(5.5)

    assert watch.facts(*TRANSITIONS) == []


def test_a_value_that_trembles_at_the_threshold_fires_once(watch: Watch) -> None:
    for value in (5.6, 5.4, 5.6, 5.3, 5.7):
        watch.arrives(value)

    assert watch.facts(*TRANSITIONS) == ["AlertFired"]


def test_a_return_ends_the_alert_and_the_next_rise_fires_anew(watch: Watch) -> None:
    for value in (6.1, 5.2, 6.0):
        watch.arrives(value)

    assert watch.facts(*TRANSITIONS) == ["AlertFired", "AlertResolved", "AlertFired"]


def test_a_vintage_that_nobody_judged_is_caught_up(watch: Watch) -> None:
    watch.arrives(6.1, judged=False)
    watch.arrives(5.0, judged=False)

    watch.judge(watch.arrives(5.1, judged=False))

    assert watch.facts(*TRANSITIONS) == ["AlertFired", "AlertResolved"]


def test_jobs_that_overtake_each_other_change_nothing(watch: Watch) -> None:
    earlier = watch.arrives(6.1, judged=False)
    later = watch.arrives(6.2, judged=False)

    watch.judge(later)
    watch.judge(earlier)

    assert watch.facts(*TRANSITIONS) == ["AlertFired"]


def test_two_workers_at_once_fire_once(watch: Watch) -> None:
    vintage = watch.arrives(6.1, judged=False)

    with ThreadPoolExecutor(4) as workers:
        fired = list(workers.map(watch.judge, [vintage] * 4))

    assert sorted(len(alerts) for alerts in fired) == [0, 0, 0, 1]
    assert watch.facts(*TRANSITIONS) == ["AlertFired"]


def test_data_older_than_the_rule_are_not_judged_by_it(town: Town) -> None:
    town.database.run(register_indicators, indicators=[UNEMPLOYMENT])
    watch = Watch(town)
    watch.arrives(9.0)
    town.database.run(
        set_alert_rule,
        indicator_code="UNEMPL",
        territory_id=town.territory.id,
        bad="above",
        threshold=5.5,
        clear_at=5.2,
        severity=Severity.WARN,
        set_by=None,
    )

    watch.judge(1)

    assert watch.facts(*TRANSITIONS) == []


def test_a_forecast_and_the_alert_come_in_one_commit(watch: Watch) -> None:
    vintage = watch.arrives(6.1, judged=False)

    for _ in range(2):
        watch.town.database.run(
            publish_forecast,
            indicator="UNEMPL",
            territory_id=watch.town.territory.id,
            vintage=vintage,
            forecast=forecast(),
        )

    assert watch.facts("ForecastPublished", *TRANSITIONS) == ["ForecastPublished", "AlertFired"]
    newest = watch.town.database.read(
        latest_forecast, indicator="UNEMPL", territory_id=watch.town.territory.id
    )
    assert newest == (forecast(), vintage)


def test_a_fired_alert_waits_for_its_picture(watch: Watch) -> None:
    alert_id = watch.fired()

    waiting = watch.town.database.read(job, key=f"draw:{alert_id}")
    assert waiting is not None
    assert waiting.kind == DRAW_ALERT


def test_the_picture_is_settled_once(watch: Watch) -> None:
    alert_id = watch.fired()
    attach = watch.town.database.run

    assert attach(attach_illustration, alert_id=alert_id, picture="a" * 64)
    assert not attach(attach_illustration, alert_id=alert_id, picture=None, reason="late")

    assert watch.facts("AlertIllustrated") == ["AlertIllustrated"]
    assert watch.town.database.read(alert_card, alert_id=alert_id).alert.picture == "a" * 64


def test_an_alert_goes_without_a_picture_that_nobody_draws(watch: Watch, clock: ManualClock) -> None:
    alert_id = watch.fired()
    late = timedelta(seconds=30)

    assert watch.town.database.run(settle_late_illustrations, after=late) == 0
    clock.advance(late)
    assert watch.town.database.run(settle_late_illustrations, after=late) == 1

    card = watch.town.database.read(alert_card, alert_id=alert_id)
    assert (card.alert.picture, card.alert.picture_settled) == (None, True)


def test_the_first_official_has_the_alert_and_the_second_is_told_who(watch: Watch) -> None:
    alert_id = watch.fired()
    people, run = watch.town.people, watch.town.database.run

    first = run(acknowledge_alert, alert_id=alert_id, person_id=people[IVANOV])
    second = run(acknowledge_alert, alert_id=alert_id, person_id=people[SMIRNOVA])

    assert (first.first, first.person_name) == (True, IVANOV)
    assert (second.first, second.person_name, second.at) == (False, IVANOV, first.at)
    assert watch.facts("AlertAcknowledged") == ["AlertAcknowledged"]


def test_of_two_officials_at_once_one_has_the_alert(watch: Watch) -> None:
    alert_id = watch.fired()

    def take(who: str) -> bool:
        return watch.town.database.run(
            acknowledge_alert, alert_id=alert_id, person_id=watch.town.people[who]
        ).first

    with ThreadPoolExecutor(2) as officials:
        taken = list(officials.map(take, [IVANOV, SMIRNOVA]))

    assert sorted(taken) == [False, True]


@pytest.mark.parametrize("who", [ANNA, VERA])
def test_those_without_the_right_can_neither_take_nor_put_off(watch: Watch, who: str) -> None:
    alert_id = watch.fired()
    run, person_id = watch.town.database.run, watch.town.people[who]

    with pytest.raises(UnknownAlert):
        run(acknowledge_alert, alert_id=alert_id, person_id=person_id)
    with pytest.raises(UnknownAlert):
        run(snooze_alert, alert_id=alert_id, person_id=person_id, term=SnoozeTerm.HOUR)


def test_an_alert_that_is_over_cannot_be_taken(watch: Watch) -> None:
    alert_id = watch.fired()
    watch.arrives(5.0)

    with pytest.raises(AlertOver):
        watch.town.database.run(acknowledge_alert, alert_id=alert_id, person_id=watch.town.people[IVANOV])


def test_an_alert_put_off_comes_back(watch: Watch, clock: ManualClock) -> None:
    alert_id = watch.fired()
    run = watch.town.database.run
    run(snooze_alert, alert_id=alert_id, person_id=watch.town.people[IVANOV], term=SnoozeTerm.HOUR)

    assert run(end_snoozes) == 0
    clock.advance(timedelta(hours=1))
    assert run(end_snoozes) == 1
    assert run(end_snoozes) == 0

    assert watch.facts("AlertSnoozed", "AlertSnoozeEnded") == ["AlertSnoozed", "AlertSnoozeEnded"]


def test_the_console_shows_firing_alerts_to_officials_only(watch: Watch) -> None:
    alert_id = watch.fired()
    viewers = {
        name: watch.town.database.read(viewer_of, person_id=watch.town.people[name])
        for name in (IVANOV, ANNA)
    }

    shown = watch.town.database.read(open_alerts, viewer=viewers[IVANOV])

    assert [card.alert.id for card in shown] == [alert_id]
    assert watch.town.database.read(open_alerts, viewer=viewers[ANNA]) == []
    with pytest.raises(UnknownAlert):
        watch.town.database.read(alert_card_for, viewer=viewers[ANNA], alert_id=alert_id)


def test_the_caption_says_what_happened_first_and_what_comes_next(watch: Watch) -> None:
    vintage = watch.arrives(6.1, judged=False)
    (alert_id,) = watch.town.database.run(
        publish_forecast,
        indicator="UNEMPL",
        territory_id=watch.town.territory.id,
        vintage=vintage,
        forecast=forecast(),
    )
    watch.town.database.run(acknowledge_alert, alert_id=alert_id, person_id=watch.town.people[IVANOV])

    caption = alert_caption("en", watch.town.database.read(alert_card, alert_id=alert_id))

    assert caption.splitlines() == [
        "⚠️ Unemployment rate: 6.1\u00a0%",
        "Zarechny, 2022",
        "Above the threshold of 5.5\u00a0%.",
        "Before: 5.0\u00a0% (2021).",
        "Forecast for 2023: 6.0\u00a0%; probability of a return within the threshold: 25 %.",
        "Synthetic data: an example, not the real town.",
        "Taken by Иван Иванов, 12:00",
    ]


def test_the_end_of_an_alert_may_not_lie_on_the_bad_side(watch: Watch) -> None:
    with pytest.raises(WrongThreshold):
        watch.town.database.run(
            set_alert_rule,
            indicator_code="UNEMPL",
            territory_id=watch.town.territory.id,
            bad="below",
            threshold=5.5,
            clear_at=5.2,
            severity=Severity.WARN,
            set_by=None,
        )


def test_an_official_may_not_set_thresholds(watch: Watch) -> None:
    with pytest.raises(Forbidden):
        watch.town.database.run(
            set_alert_rule,
            indicator_code="UNEMPL",
            territory_id=watch.town.territory.id,
            bad="above",
            threshold=9,
            clear_at=9,
            severity=Severity.WARN,
            set_by=watch.town.people[IVANOV],
        )


def numbers(rule_id: RuleId, threshold: float, clear_at: float, who: PersonId) -> dict[str, Any]:
    return {
        "rule_id": rule_id,
        "threshold": threshold,
        "clear_at": clear_at,
        "hold": 1,
        "settle": 1,
        "changed_by": who,
    }


def test_an_alert_keeps_the_words_it_fired_with_when_its_rule_is_changed(watch: Watch) -> None:
    alert_id = watch.fired()
    run, vera = watch.town.database.run, watch.town.people[VERA]
    (rule,) = watch.rules()
    before = alert_caption("en", watch.town.database.read(alert_card, alert_id=alert_id))

    run(change_alert_rule, **numbers(rule.id, 7.0, 6.9, vera))

    after = watch.town.database.read(alert_card, alert_id=alert_id)
    assert alert_caption("en", after) == before
    assert "Above the threshold of 5.5\u00a0%." in before
    assert (after.alert.rule.threshold, after.alert.rule.clear_at, watch.rules()[0].threshold) == (
        5.5,
        5.2,
        7.0,
    )
    # By the new numbers it ends with the next data, and 6.5 fires no more.
    assert watch.judge(watch.arrives(6.5, judged=False)) == []
    assert watch.facts(*TRANSITIONS) == ["AlertFired", "AlertResolved"]
    for wrong, refusal in (((5.0, 6.0), WrongThreshold), ((6.0, 6.0), UnknownRule)):
        who = vera if refusal is WrongThreshold else watch.town.people[IVANOV]
        with pytest.raises(refusal):
            run(change_alert_rule, **numbers(rule.id, *wrong, who))


def test_a_deleted_rule_closes_its_alert_with_a_word_and_may_be_set_anew(watch: Watch) -> None:
    alert_id = watch.fired()
    run = watch.town.database.run
    (rule,) = watch.rules()
    with pytest.raises(UnknownRule):
        run(delete_alert_rule, rule_id=rule.id, deleted_by=watch.town.people[IVANOV])

    assert run(delete_alert_rule, rule_id=rule.id, deleted_by=watch.town.people[VERA]) == 1
    with pytest.raises(UnknownRule):
        run(delete_alert_rule, rule_id=rule.id, deleted_by=watch.town.people[VERA])
    watch.arrives(9.0)

    card = watch.town.database.read(alert_card, alert_id=alert_id)
    assert alert_caption("en", card).splitlines()[-1] == "Closed: its rule was deleted."
    assert watch.facts(*TRANSITIONS) == ["AlertFired", "AlertResolved"]
    assert watch.changes()[-1] == ("rule", "firing", "ok")
    watch.sets_the_rule()
    watch.arrives(9.5)
    (anew,) = watch.rules()
    assert anew.id != rule.id
    assert watch.facts(*TRANSITIONS) == ["AlertFired", "AlertResolved", "AlertFired"]


MOSCOW = ZoneInfo("Europe/Moscow")
NIGHT = datetime(2027, 3, 9, 22, 30, tzinfo=UTC)  # 01:30 of the 10th in Moscow


@pytest.mark.parametrize(
    ("term", "now", "until"),
    [
        pytest.param(SnoozeTerm.HOUR, NIGHT, NIGHT + timedelta(hours=1), id="an hour"),
        pytest.param(SnoozeTerm.MORNING, NIGHT, datetime(2027, 3, 10, 6, 0, tzinfo=UTC), id="this morning"),
        pytest.param(
            SnoozeTerm.MORNING,
            datetime(2027, 3, 9, 9, 0, tzinfo=UTC),
            datetime(2027, 3, 10, 6, 0, tzinfo=UTC),
            id="tomorrow morning",
        ),
    ],
)
def test_morning_is_by_the_clock_of_the_territory(term: SnoozeTerm, now: datetime, until: datetime) -> None:
    assert snoozed_until(term, now=now, zone=MOSCOW) == until


@pytest.mark.parametrize("day", [None, date(2027, 3, 9), date(2027, 6, 1)])
def test_a_date_must_be_near_and_ahead(day: date | None) -> None:
    with pytest.raises(WrongSnooze):
        snoozed_until(SnoozeTerm.DATE, now=NIGHT, zone=MOSCOW, day=day)


values = st.lists(st.floats(0, 10, allow_nan=False), max_size=40)


@given(values)
def test_firing_and_ending_take_turns(history: list[float]) -> None:
    moves = [move for move in transitions(history) if move in (Transition.FIRED, Transition.RESOLVED)]

    assert moves[::2] == [Transition.FIRED] * len(moves[::2])
    assert moves[1::2] == [Transition.RESOLVED] * len(moves[1::2])


@given(values)
def test_repeated_and_late_deliveries_change_nothing(history: list[float]) -> None:
    standing = Standing()
    for vintage, value in enumerate(history, start=1):
        standing, _ = judge(RULE, standing, value=value, vintage=vintage)
        for older in range(vintage + 1):
            repeated, move = judge(RULE, standing, value=10.0 - value, vintage=older)
            assert (repeated, move) == (standing, Transition.REPEATED)


@given(values)
def test_an_alert_ends_only_at_a_clear_value_and_fires_only_at_a_bad_one(history: list[float]) -> None:
    moves = list(zip(history, transitions(history), strict=True))

    assert all(RULE.is_bad(value) for value, move in moves if move is Transition.FIRED)
    assert all(RULE.is_clear(value) for value, move in moves if move is Transition.RESOLVED)


def test_the_rule_editor_can_say_how_often_it_would_have_fired() -> None:
    assert times_fired(RULE, [5.0, 6.0, 5.4, 6.0, 5.0, 7.0]) == 2


def transitions(history: list[float]) -> list[Transition]:
    standing, moves = Standing(state=AlertState.OK, vintage=0), []
    for vintage, value in enumerate(history, start=1):
        standing, move = judge(RULE, standing, value=value, vintage=vintage)
        moves.append(move)
    return moves


def forecast() -> Forecast:
    quantiles = (4.0, 4.5, 5.0, 5.5, 6.0, 6.5, 7.0, 7.5, 8.0)
    return Forecast(
        points=(ForecastPoint("2023", 6.0, quantiles),),
        weights=(),
        backtest=Backtest(
            origins=0, mae=None, mase=None, relative_mae=None, coverage80=None, coverage95=None
        ),
        scale="log",
        seed=1,
        last_period="2022",
        history_length=2,
        procedure="blend-1",
    )
