"""Nobody is disturbed in vain: silences, what speaks for what, the flap guard. It fires all the same."""

from collections.abc import AsyncIterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from core.alerts import (
    AlertState,
    MuteCause,
    RuleKind,
    Severity,
    UnknownRule,
    UnknownSilence,
    WrongSilenceTerm,
    acknowledge_alert,
    alert_card,
    attach_illustration,
    end_alert_week,
    end_silence,
    evaluate_release,
    make_silence,
    mutes_of,
    publish_forecast,
    repeat_alerts,
    set_alert_rule,
    settle_mutes,
    silences_for,
)
from core.alerts.noise import calmer_threshold
from core.delivery import choose_budget
from core.identity import Role, grant_role, viewer_of
from core.indicators import (
    Forecast,
    NewValue,
    Period,
    Target,
    name_inputs,
    record_release,
    register_indicators,
    set_target,
)
from core.shared.errors import Empty, Forbidden, Invalid
from core.shared.ids import AlertId, RuleId, TerritoryId
from core.territories import TerritoryKind, add_territory, territory_by_slug
from notifications.digests import send_due_digests
from tests.core.test_alerts import RULE
from tests.notifications.post_office import UNEMPLOYMENT, PostOffice, opened
from tests.town import ANNA, IVANOV, SMIRNOVA, VERA, Town
from tests.web.figures import forecast_of

INVESTMENT = replace(UNEMPLOYMENT, code="INVEST", title_ru="Инвестиции", good="up")
FRIDAY_EVENING = datetime(2027, 3, 12, 18, 30, tzinfo=UTC)
MONDAY_MORNING = datetime(2027, 3, 15, 6, 0, tzinfo=UTC)
SOON = date(2027, 4, 1)


@dataclass(slots=True)
class Quiet:
    """The town in its region, with an official who has a messenger, and releases of data."""

    office: PostOffice
    town: Town = field(init=False)
    number: int = 0

    def __post_init__(self) -> None:
        self.town = self.office.town
        self.town.database.run(register_indicators, indicators=[UNEMPLOYMENT, INVESTMENT])

    @property
    def krai(self) -> TerritoryId:
        return self.town.database.read(territory_by_slug, slug="krai").id

    def rule(
        self,
        place: TerritoryId | None = None,
        *,
        kind: RuleKind = RuleKind.THRESHOLD,
        code: str = "UNEMPL",
        severity: Severity = Severity.WARN,
        fires: float = 5.5,
        bad: str = "above",
    ) -> RuleId:
        """It fires beyond the number and ends at it."""
        return self.town.database.run(
            set_alert_rule,
            indicator_code=code,
            territory_id=place or self.town.territory.id,
            kind=kind,
            bad="above" if bad == "above" else "below",
            threshold=fires,
            clear_at=fires,
            severity=severity,
            set_by=None,
        )

    def release(
        self, values: Mapping[TerritoryId | str, float], *, forecasts: Mapping[str, Forecast] | None = None
    ) -> list[AlertId]:
        """One more year; by territory, or by indicator in the town. The alerts that fire."""
        self.number += 1
        here = self.town.territory.id
        period = Period("A", 2000 + self.number)
        rows = [
            NewValue(
                indicator=key if key in {"UNEMPL", "INVEST"} else "UNEMPL",
                territory_id=here if key in {"UNEMPL", "INVEST"} else TerritoryId(key),
                period=period,
                value=value,
                source="Росстат",
            )
            for key, value in values.items()
        ]
        recorded = self.town.database.run(
            record_release,
            source="tidy_csv",
            digest=str(self.number),
            title="file.csv",
            values=rows,
            recorded_by=None,
        )
        vintage = recorded.release.vintage
        fired: list[AlertId] = []
        for code, forecast in (forecasts or {}).items():
            fired += self.town.database.run(
                publish_forecast, indicator=code, territory_id=here, vintage=vintage, forecast=forecast
            )
        fired += self.town.database.run(evaluate_release, vintage=vintage)
        for alert_id in fired:
            self.town.database.run(attach_illustration, alert_id=alert_id, picture=None, reason="none")
        return fired

    async def passes(self, span: timedelta = timedelta(0)) -> None:
        """The clock turns: what it does is done and what is due is delivered."""
        self.town.clock.advance(span)
        self.town.database.run(settle_mutes)
        await self.office.deliver()

    def silence(
        self, who: str = IVANOV, until: date = SOON, reason: str = "Ждём уточнения", **fits: str
    ) -> str:
        return self.town.database.run(
            make_silence,
            made_by=self.town.people[who],
            until=until,
            reason=reason,
            **fits,  # type: ignore[arg-type] # names of a matcher
        ).id

    def state(self, alert_id: AlertId) -> AlertState:
        return self.town.database.read(alert_card, alert_id=alert_id).alert.state

    def causes(self, alert_id: AlertId) -> list[tuple[MuteCause, bool]]:
        """Every cause that has muted the alert, and whether it still does."""
        found = self.town.database.read(mutes_of, alert_id=alert_id)
        return [(mute.cause, mute.ended_at is None) for mute in found]


@pytest.fixture
async def quiet(town: Town, tmp_path: Path) -> AsyncIterator[Quiet]:
    async with opened(town, tmp_path / "files") as office:
        yield Quiet(office)


def lines(texts: Sequence[object]) -> list[str]:
    return [line for text in texts for line in str(text).splitlines()]


async def test_a_silenced_alert_fires_is_shown_and_told_once_when_the_silence_ends(quiet: Quiet) -> None:
    ivanov, database, people = quiet.office.links(IVANOV, 2001), quiet.town.database, quiet.town.people
    rule = quiet.rule()
    quiet.release({"UNEMPL": 5.0})
    silence = quiet.silence(rubric="jobs")
    quiet.silence(rubric="poverty", reason="Не об этом")

    (alert_id,) = quiet.release({"UNEMPL": 6.1})
    await quiet.passes(timedelta(hours=1))

    assert quiet.state(alert_id) is AlertState.FIRING
    assert ivanov.chat.messages == []
    viewer = database.read(viewer_of, person_id=people[SMIRNOVA])
    shown = {card.silence.reason: card for card in database.read(silences_for, viewer=viewer)}
    assert [one.alert.id for one in shown["Ждём уточнения"].muted] == [alert_id]
    assert (shown["Ждём уточнения"].author_name, shown["Не об этом"].muted) == (IVANOV, ())

    with pytest.raises(UnknownSilence):
        database.run(end_silence, silence_id=silence, ended_by=people[VERA])
    for _ in range(2):
        database.run(end_silence, silence_id=silence, ended_by=people[SMIRNOVA])
        await quiet.passes()
    assert quiet.office.relay_again() == 0
    await quiet.passes()

    (message,) = ivanov.chat.messages
    assert message.text.startswith("⚠️ Уровень безработицы: 6,1")
    assert "Заглушено" not in message.text
    assert quiet.causes(alert_id) == [(MuteCause.SILENCE, False)]
    # What was told is quiet by its term, too, and says so in the copy that is out.
    quiet.silence(rule_id=rule, territory_id=quiet.town.territory.id)
    await quiet.passes()
    assert "Заглушено до 01.04.2027: Ждём уточнения (Иван Иванов)" in lines([message.text])
    await quiet.passes(timedelta(days=40))
    assert "Заглушено" not in ivanov.chat.messages[0].text
    assert len(ivanov.chat.messages) == 1


def test_a_silence_is_refused_in_words(quiet: Quiet) -> None:
    krai_official = quiet.town.newcomer("Павел Громов")
    with quiet.town.database.transaction() as uow:
        grant_role(uow, person_id=krai_official, role=Role.OFFICIAL, territory_id=quiet.krai)

    for who, fits, refusal in (
        (ANNA, {}, Forbidden),
        (IVANOV, {"territory_id": quiet.krai}, Forbidden),
        (IVANOV, {"rubric": "никакая"}, Invalid),
        (IVANOV, {"rule_id": "f" * 32}, UnknownRule),
        (IVANOV, {"reason": " "}, Empty),
        (IVANOV, {"until": date(2027, 3, 9)}, WrongSilenceTerm),
        (IVANOV, {"until": date(2029, 3, 9)}, WrongSilenceTerm),
    ):
        with pytest.raises(refusal):
            quiet.silence(who, **fits)
    wide = quiet.silence("Павел Громов")
    with pytest.raises(UnknownSilence):
        quiet.town.database.run(end_silence, silence_id=wide, ended_by=quiet.town.people[IVANOV])


async def test_a_message_that_waits_for_monday_waits_for_the_end_of_a_silence_too(quiet: Quiet) -> None:
    ivanov = quiet.office.links(IVANOV, 2001)
    quiet.rule()
    quiet.rule(code="INVEST")
    quiet.release({"UNEMPL": 5.0, "INVEST": 5.0})
    quiet.town.clock.at = FRIDAY_EVENING
    quiet.release({"UNEMPL": 6.1, "INVEST": 9.0})
    await quiet.passes()
    first = quiet.silence(indicator_code="UNEMPL")
    second = quiet.silence(indicator_code="INVEST")

    quiet.town.clock.at = MONDAY_MORNING
    await quiet.passes()
    await quiet.passes(timedelta(minutes=11))
    assert ivanov.chat.messages == []

    for silence in (first, second):
        quiet.town.database.run(end_silence, silence_id=silence, ended_by=quiet.town.people[IVANOV])
        await quiet.passes(timedelta(seconds=10))
    await quiet.passes(timedelta(minutes=11))

    # Both are one message; it goes as soon as one of them is heard, and shows why the other is quiet.
    (message,) = ivanov.chat.messages
    assert "Инвестиции: 9,0" in message.text


async def test_what_goes_on_in_the_whole_country_disturbs_no_region_until_it_ends_there(quiet: Quiet) -> None:
    ivanov, krai, here = quiet.office.links(IVANOV, 2001), quiet.krai, quiet.town.territory.id
    with quiet.town.database.transaction() as uow:
        country = add_territory(
            uow, kind=TerritoryKind.COUNTRY, oktmo="00000000", slug="ru", name_ru="Россия", name_en="Russia"
        ).id
        quiet.office.put_below(uow, krai, country)
    for severity in (Severity.WARN, Severity.CRITICAL):
        quiet.rule(country, severity=severity, fires=5.5 if severity is Severity.WARN else 9.0)
    quiet.release({here: 5.0, krai: 5.0, country: 5.0})

    fired = quiet.release({here: 6.1, krai: 6.0, country: 6.2})
    await quiet.passes(timedelta(hours=1))

    by_place = {quiet.town.database.read(alert_card, alert_id=one).territory.id: one for one in fired}
    assert quiet.causes(by_place[country]) == []
    assert quiet.causes(by_place[krai]) == [(MuteCause.ABOVE, True)]
    assert quiet.causes(by_place[here]) == [(MuteCause.ABOVE, True)] * 2
    assert ivanov.chat.messages == []
    await quiet.passes(timedelta(hours=8))
    send_due_digests(quiet.town.database, policies=quiet.office.policies)
    await quiet.passes()
    (digest,) = ivanov.chat.messages
    assert "Уровень безработицы: 6,1 %. Как по стране." in digest.text.replace("\u00a0", " ")

    # A warning of the country does not speak for what is critical here.
    (critical,) = quiet.release({here: 9.5})
    await quiet.passes(timedelta(minutes=1))
    assert quiet.causes(critical) == []
    assert ivanov.chat.messages[1].text.startswith("🔴")

    quiet.release({country: 5.0})
    await quiet.passes(timedelta(minutes=1))
    assert len(ivanov.chat.messages) == 2
    quiet.release({krai: 5.0})
    await quiet.passes(timedelta(minutes=5))
    await quiet.passes(timedelta(days=1))
    assert [text.text.split(":")[0] for text in ivanov.chat.messages[2:]] == ["⚠️ Уровень безработицы"]
    assert quiet.causes(by_place[here]) == [(MuteCause.ABOVE, False)] * 2


async def test_a_risk_reckoned_from_late_data_waits_for_them(quiet: Quiet) -> None:
    ivanov, here = quiet.office.links(IVANOV, 2001), quiet.town.territory.id
    database = quiet.town.database
    with database.transaction() as uow:
        name_inputs(uow, territory_id=quiet.krai, inputs={"UNEMPL": {"INVEST", "GDP_RF"}, "GDP_RF": {"X"}})
        target = Target(period="2004", value=1.0, op="<=")
        set_target(uow, indicator="UNEMPL", territory_id=here, target=target, set_by=None)
    quiet.rule(kind=RuleKind.STALENESS, code="INVEST", fires=40, severity=Severity.INFO)
    (late,) = quiet.release({"INVEST": 1.0})
    quiet.rule(kind=RuleKind.GOAL, fires=33, bad="below")

    quiet.number = 1
    forecast = forecast_of([5.0, 6.0], last=Period.parse("2002"))
    (risk,) = quiet.release({"UNEMPL": 6.0}, forecasts={"UNEMPL": forecast})
    await quiet.passes(timedelta(hours=1))
    told = [one.text.splitlines()[0] for one in ivanov.chat.messages]

    assert quiet.causes(risk) == [(MuteCause.STALE, True)]
    assert (len(told), "Инвестиции" in told[0]) == (1, True)
    assert "Ждём данные: «Инвестиции» опаздывает." in quiet.office.card_words(risk)

    quiet.number = 26
    quiet.release({"INVEST": 2.0})
    assert quiet.state(late) is AlertState.OK
    await quiet.passes(timedelta(minutes=5))
    assert [one.text.splitlines()[0] for one in ivanov.chat.messages[1:]] == [
        "⚠️ Уровень безработицы: 6,0\u00a0%"
    ]


async def test_an_alert_that_goes_to_and_fro_is_told_so_once_and_held_until_calm(quiet: Quiet) -> None:
    ivanov = quiet.office.links(IVANOV, 2001)
    quiet.rule()
    for value in (5.0, 6.0, 5.0, 6.1, 5.0, 6.2):
        quiet.release({"UNEMPL": value})
        await quiet.passes(timedelta(minutes=5))
    assert [("Колеблется: 3 раза" in one.text) for one in ivanov.chat.messages] == [False, False, True]

    quiet.release({"UNEMPL": 5.0})
    (held,) = quiet.release({"UNEMPL": 6.3})
    await quiet.passes(timedelta(days=1))
    assert quiet.causes(held) == [(MuteCause.FLAPPING, True)]
    for value in (6.4, 6.4):
        quiet.release({"UNEMPL": value})
        await quiet.passes(timedelta(days=1))

    assert quiet.causes(held) == [(MuteCause.FLAPPING, False)]
    assert len(ivanov.chat.messages) == 4
    assert ivanov.chat.messages[-1].text.startswith("⚠️ Уровень безработицы: 6,3")


async def test_what_nobody_takes_is_told_again_once_a_term_however_often_it_is_asked(quiet: Quiet) -> None:
    ivanov, run = quiet.office.links(IVANOV, 2001), quiet.town.database.run
    quiet.rule()
    quiet.rule(code="INVEST", severity=Severity.CRITICAL)
    quiet.release({"UNEMPL": 5.0, "INVEST": 5.0})
    fired = quiet.release({"UNEMPL": 6.0, "INVEST": 9.0})
    by_code = {quiet.town.database.read(alert_card, alert_id=one).indicator.code: one for one in fired}
    await quiet.passes()
    assert run(repeat_alerts) == 0

    # Nothing ran for three days: one message all the same, and the warning's time has not come.
    quiet.town.clock.advance(timedelta(days=3))
    with ThreadPoolExecutor(2) as crons:
        assert sum(crons.map(lambda _: run(repeat_alerts), range(4))) == 1
    await quiet.passes()
    reminder = ivanov.chat.messages[2]
    assert reminder.text.startswith("Напоминаем: это пока никто не принял.")
    quiet.office.relay_again()
    await quiet.passes()
    assert len(ivanov.chat.messages) == 3
    run(acknowledge_alert, alert_id=by_code["INVEST"], person_id=quiet.town.people[SMIRNOVA])
    await quiet.passes()
    assert "Напоминаем" not in reminder.text

    # A muted one waits; a reminder that is out of date when its time comes is not sent.
    silence = quiet.silence(indicator_code="UNEMPL", until=date(2027, 6, 1))
    quiet.town.clock.advance(timedelta(days=8))
    assert run(repeat_alerts) == 0
    run(end_silence, silence_id=silence, ended_by=quiet.town.people[IVANOV])
    await quiet.passes()
    quiet.town.clock.at = FRIDAY_EVENING + timedelta(days=14)
    assert run(repeat_alerts) == 1
    await quiet.passes()
    run(acknowledge_alert, alert_id=by_code["UNEMPL"], person_id=quiet.town.people[SMIRNOVA])
    quiet.town.clock.at = MONDAY_MORNING + timedelta(days=14)
    await quiet.passes()
    assert run(repeat_alerts) == 0
    assert len(ivanov.chat.messages) == 3


async def test_beyond_the_budget_of_a_day_alerts_come_together_in_the_evening(quiet: Quiet) -> None:
    ivanov, run, people = quiet.office.links(IVANOV, 2001), quiet.town.database.run, quiet.town.people
    smirnova = quiet.office.links(SMIRNOVA, 2002)
    run(choose_budget, person_id=people[IVANOV], per_day=2)
    with pytest.raises(Invalid):
        run(choose_budget, person_id=people[IVANOV], per_day=0)
    quiet.rule()
    quiet.rule(code="INVEST", severity=Severity.CRITICAL)
    for value in (5.0, 6.0, *(5.0,) * 3, 6.1, *(5.0,) * 5, 6.2, *(5.0,) * 5, 6.3):
        quiet.release({"UNEMPL": value})
        await quiet.passes(timedelta(minutes=1))
    quiet.release({"INVEST": 9.0})
    await quiet.passes()

    assert [one.text.split(":")[0] for one in ivanov.chat.messages[:2]] == ["✅ Уровень безработицы"] * 2
    assert ivanov.chat.messages[2].text.startswith("🔴 Инвестиции")
    assert (len(ivanov.chat.messages), len(smirnova.chat.messages)) == (3, 5)
    assert quiet.office.relay_again() == 0
    quiet.town.clock.advance(timedelta(hours=8))
    send_due_digests(quiet.town.database, policies=quiet.office.policies)
    await quiet.passes()
    (digest,) = ivanov.chat.messages[3:]
    assert digest.text.splitlines()[0] == "Ещё 2 оповещения за сегодня"
    assert digest.labels[0] == "Посмотреть каждый"
    # A new day, a new budget.
    quiet.release({"UNEMPL": 5.0})
    quiet.town.clock.advance(timedelta(hours=16))
    quiet.release({"UNEMPL": 6.4})
    await quiet.passes()
    assert ivanov.chat.messages[4].text.startswith("⚠️ Уровень безработицы: 6,4")


async def test_the_weeks_noisy_rules_come_to_the_analyst_with_calmer_numbers(quiet: Quiet) -> None:
    vera, ivanov = quiet.office.links(VERA, 2003), quiet.office.links(IVANOV, 2001)
    run = quiet.town.database.run
    quiet.rule()
    for value in (5.0, 6.0, 5.0, 7.0, 5.0, 6.1, 5.0):
        quiet.release({"UNEMPL": value})
        await quiet.passes(timedelta(minutes=5))
    run(end_alert_week)
    quiet.town.clock.at = MONDAY_MORNING - timedelta(minutes=1)
    assert not run(end_alert_week)
    quiet.town.clock.at = MONDAY_MORNING
    with ThreadPoolExecutor(2) as crons:
        assert sorted(crons.map(lambda _: run(end_alert_week), range(3))) == [False, False, True]
    await quiet.passes()

    (report,) = vera.chat.messages
    assert report.text.replace("\u00a0", " ").splitlines() == [
        "Правила оповещений: неделя по 14.03",
        "",
        "Уровень безработицы, Заречный",
        "сработало: 3, приняли: 0, без ответа: 3, колебалось: 1",
        "Если вместо 5,5 поставить 6,1, на истории сработало бы 1 раз, а не 3.",
    ]
    assert report.labels == ["Уровень безработицы", "Все правила"]
    assert all("Правила оповещений" not in one.text for one in ivanov.chat.messages)


def test_a_calmer_threshold_halves_the_firings_or_there_is_none() -> None:
    seen = [5.0, 6.0, 5.0, 7.04, 5.0, 6.1, 5.0, 6.1]

    assert calmer_threshold(RULE, seen, decimals=1) == 6.1
    assert calmer_threshold(RULE, [5.0, 6.0], decimals=1) is None
    assert calmer_threshold(RULE, [5.0, 7.0, 5.0, 7.0], decimals=1) is None
    below = replace(RULE, bad="below", threshold=5.0, clear_at=5.2)
    assert calmer_threshold(below, [6.0, 4.0, 6.0, 3.96, 6.0, 4.5, 6.0], decimals=0) == 4.0
