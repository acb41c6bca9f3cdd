"""The Monday brief: at eight by the clock of the place, once, to heads; what it says and leaves out."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest

from core.alerts import RuleKind, Severity, evaluate_terms, set_alert_rule
from core.briefs import (
    Brief,
    brief_heading,
    brief_of,
    brief_sections,
    choosable_by,
    heads_of,
    send_due_briefs,
    surprise,
)
from core.contact import send_message
from core.delivery import EventKind
from core.identity import Role, create_person, grant_role, viewer_of
from core.indicators import (
    LEVELS,
    AccessLevel,
    Forecast,
    ForecastPoint,
    Indicator,
    NewValue,
    Period,
    Point,
    record_release,
    register_indicators,
)
from core.shared.ids import PersonId
from core.store import Database, waiting_facts
from core.territories import TerritoryKind, add_territory
from tests.town import ANNA, IVANOV, Town
from tests.web.figures import forecast_of

# Monday, eight in Moscow.
MONDAY = datetime(2027, 3, 15, 5, 0, tzinfo=UTC)


def indicator(code: str, good: str, *, level: AccessLevel = AccessLevel.PUBLIC) -> Indicator:
    return Indicator(
        code=code, rubric="jobs", title_ru=f"Показатель {code}", title_en=code, unit="%", unit_en="%",
        frequency="A", good=good, access_level=level,  # type: ignore[arg-type]
    )  # fmt: skip


def arrives(town: Town, code: str, values: list[float], *, last: int = 2026) -> None:
    """Yearly values that end with a year."""
    rows = [
        NewValue(
            indicator=code, territory_id=town.territory.id,
            period=Period("A", last + 1 - len(values) + place), value=value, source="Росстат",
        )
        for place, value in enumerate(values)
    ]  # fmt: skip
    town.database.run(record_release, source="test", digest=code, title=code, values=rows, recorded_by=None)


@pytest.fixture
def head(town: Town) -> PersonId:
    with town.database.transaction() as uow:
        made = create_person(uow, display_name="Анна Соколова", home_id=town.territory.id)
        grant_role(uow, person_id=made.id, role=Role.HEAD, territory_id=town.territory.id)
    return made.id


def read(town: Town, head: PersonId) -> Brief:
    viewer = town.database.read(viewer_of, person_id=head)
    week = town.clock.now().date()
    return town.database.read(brief_of, viewer=viewer, territory_id=town.territory.id, week=week)


def said(town: Town, head: PersonId) -> list[tuple[str, list[str]]]:
    return brief_sections("ru", read(town, head))


def test_it_is_asked_for_once_a_monday_from_eight_on_where_somebody_heads(town: Town, head: PersonId) -> None:
    database, clock = town.database, town.clock
    clock.at = MONDAY - timedelta(seconds=1)
    assert database.run(send_due_briefs) == 0

    clock.at = MONDAY
    again = Database(database.url, clock=clock)
    with ThreadPoolExecutor(4) as clocks:
        asked = list(clocks.map(lambda one: one.run(send_due_briefs), [database, again] * 3))
    again.close()
    assert sum(asked) == 1
    clock.advance(timedelta(hours=20))
    assert database.run(send_due_briefs) == 0
    clock.at = MONDAY + timedelta(days=7)
    assert database.run(send_due_briefs) == 1

    facts = [one.recorded.fact for one in database.read(waiting_facts, limit=100)]
    due = [(fact.territory_id, fact.week) for fact in facts if fact.kind == "BriefDue"]  # type: ignore[attr-defined]
    assert due == [(town.territory.id, date(2027, 3, 15)), (town.territory.id, date(2027, 3, 22))]
    assert database.read(heads_of, territory_id=town.territory.id) == [head]


def test_the_far_east_has_its_monday_earlier(town: Town, head: PersonId) -> None:
    with town.database.transaction() as uow:
        place = add_territory(
            uow, kind=TerritoryKind.MUNICIPALITY, oktmo="99705000", slug="vostok", name_ru="Восток",
            name_en="Vostok", parent_oktmo="99000000", time_zone="Asia/Kamchatka",
        )  # fmt: skip
        grant_role(uow, person_id=head, role=Role.HEAD, territory_id=place.id)

    town.clock.at = datetime(2027, 3, 14, 20, 0, tzinfo=UTC)
    assert town.database.run(send_due_briefs) == 1


def test_it_says_in_one_line_that_there_is_nothing_to_say(town: Town, head: PersonId) -> None:
    assert brief_heading("ru", read(town, head)) == "Заречный: неделя к 9\xa0марта"
    assert said(town, head) == [("", ["За неделю ничего важного не изменилось, и ничего не просрочено."])]


def test_it_lists_five_worse_and_five_better_the_most_surprising_first(town: Town, head: PersonId) -> None:
    shown = [indicator(f"W{n}", "down") for n in range(6)] + [indicator(f"B{n}", "up") for n in range(6)]
    secret = indicator("SECRET", "down", level=AccessLevel.RESTRICTED)
    neutral = indicator("NONE", "none")
    old = indicator("OLD", "down")
    town.database.run(register_indicators, indicators=[*shown, secret, neutral, old])
    calm = [5.0, 5.2, 5.0, 5.2, 5.0]
    arrives(town, "OLD", [*calm, 9.0])
    town.clock.advance(timedelta(days=8))
    for number, one in enumerate(shown):
        arrives(town, one.code, [*calm, 6.0 + number % 6])
    for one in (secret, neutral):
        arrives(town, one.code, [*calm, 9.0])

    (worse, lines), (better, others) = said(town, head)

    assert (worse, better) == ("Хуже", "Лучше")
    assert [line.split(":")[0] for line in lines] == [f"Показатель W{n}" for n in (5, 4, 3, 2, 1)]
    assert [line.split(":")[0] for line in others] == [f"Показатель B{n}" for n in (5, 4, 3, 2, 1)]
    assert lines[0] == "Показатель W5: 11,0\xa0%, 2026 (+6,0\xa0п.\xa0п.)"


def test_what_is_late_or_unanswered_is_told(town: Town, head: PersonId) -> None:
    run = town.database.run
    run(register_indicators, indicators=[indicator("LATE", "down")])
    arrives(town, "LATE", [5.0, 5.1], last=2024)
    run(
        set_alert_rule, indicator_code="LATE", territory_id=town.territory.id, kind=RuleKind.STALENESS,
        bad="above", threshold=40, clear_at=40, severity=Severity.WARN, set_by=None,
    )  # fmt: skip
    run(evaluate_terms)
    run(
        send_message, citizen_id=town.people[ANNA], territory_id=town.territory.id, text="Яма",
        client_id="a" * 8,
    )  # fmt: skip
    assert said(town, head) == [("Данные задерживаются", ["Показатель LATE, Заречный"])]

    town.clock.advance(timedelta(hours=25))

    assert said(town, head)[1] == ("Просрочено", ["1 житель ждёт ответа дольше суток"])


def test_only_those_who_get_a_brief_or_terms_of_work_are_asked_whether_they_want_them(
    town: Town, head: PersonId
) -> None:
    def offered(person_id: PersonId) -> set[EventKind]:
        asked = choosable_by(town.database.read(viewer_of, person_id=person_id))
        return {EventKind.BRIEF, EventKind.TERMS} & set(asked)

    assert offered(head) == {EventKind.BRIEF, EventKind.TERMS}
    assert offered(town.people[IVANOV]) == {EventKind.TERMS}
    assert offered(town.people[ANNA]) == set()


def test_surprise_is_measured_against_the_forecast_where_there_was_one() -> None:
    points = [Point(period=str(year), value=5.0, source="", vintage=1) for year in range(2020, 2026)]
    last = Point(period="2026", value=7.0, source="", vintage=2)
    expected = ForecastPoint("2026", 6.0, tuple(6.0 + 4 * (level - 0.5) for level in LEVELS))
    made = forecast_of([5.0], last=Period.parse("2025"))
    known: Forecast = Forecast(
        **{**{name: getattr(made, name) for name in made.__slots__}, "points": (expected,)}
    )

    # Half of the 80 % band is 1.6; 1.6 / 1.2816 is one deviation; the value lies 1.0 above the median.
    assert surprise([*points, last], known, "down") == pytest.approx(-1.0 / (1.6 / 1.2816))
    assert surprise([*points, last], known, "up") == pytest.approx(1.0 / (1.6 / 1.2816))
    # Changes so far were none: nothing can be said of how usual the last one is.
    assert surprise([*points, last], None, "up") is None
    assert surprise([*points, last], known, "none") is None
    assert surprise([last], known, "up") is None
