"""«Why?» under an alert: its numbers, as they were known when it fired, in words."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from core.alerts import (
    RuleKind,
    Severity,
    UnknownAlert,
    explanation_lines,
    publish_forecast,
    set_alert_rule,
    why_alert,
    why_group,
)
from core.identity import viewer_of
from core.indicators import Target, set_target
from core.shared.ids import AlertId
from core.shared.language import Language
from tests.core.test_alerts import Watch, forecast, watch  # noqa: F401 - the fixture
from tests.town import IVANOV, OLEG


def corrected(watch: Watch) -> AlertId:  # noqa: F811 - as the fixture
    """An alert in 2022 that ended, then one by a correction of 2024."""
    for value in (6.1, 5.0, 5.3):
        watch.arrives(value)
    watch.year -= 1
    vintage = watch.arrives(6.4, judged=False)
    (point,) = forecast().points
    made = replace(forecast(), points=(replace(point, period="2025"),), last_period="2024")
    (alert_id,) = watch.town.database.run(
        publish_forecast,
        indicator="UNEMPL",
        territory_id=watch.town.territory.id,
        vintage=vintage,
        forecast=made,
    )
    return alert_id


def words(watch: Watch, alert_id: AlertId, language: Language = "ru", who: str = IVANOV) -> list[str]:  # noqa: F811
    database = watch.town.database
    viewer = database.read(viewer_of, person_id=watch.town.people[who])
    lines = explanation_lines(language, database.read(why_alert, viewer=viewer, alert_id=alert_id))
    return [line.replace("\u00a0", " ") for line in lines]


def test_an_alert_tells_its_threshold_its_changes_its_odds_and_its_past(watch: Watch) -> None:  # noqa: F811
    alert_id = corrected(watch)

    # What comes later changes nothing: the answer is about the moment of firing.
    watch.arrives(4.0)

    assert words(watch, alert_id) == [
        "Выше порога 5,5 %.",
        "По сравнению с прошлым периодом (2023): +1,4 п. п., было 5,0 %.",
        "Исправлено с прошлого выпуска данных: +1,1 п. п., было 5,3 %.",
        "Вероятность вернуться в пределы порога, прогноз на 2025: 25 %.",
        "Раньше это правило сработало здесь 1 раз, последний за 2022.",
    ]
    assert words(watch, alert_id, "en")[-1] == "The rule has fired here 1 time before, last for 2022."


def test_a_plan_is_named_as_long_as_it_is_the_one_that_was_judged_by(watch: Watch) -> None:  # noqa: F811
    aim(watch, 4.1)
    set_rule(watch, RuleKind.PLAN, 5.0)
    (alert_id,) = watch.judge(watch.arrives(5.4, judged=False))

    before = words(watch, alert_id)
    aim(watch, 4.7)
    after = words(watch, alert_id)

    # From 5.0 in 2021 to 4.1 in 2030 the plan of 2022 is 4.9.
    assert before == [
        "Отстаёт от плана на 10 %, допускается 5 %.",
        "По плану на 2022: 4,9 %.",
        "По сравнению с прошлым периодом (2021): +0,4 п. п., было 5,0 %.",
        "В прошлом выпуске данных этого значения ещё не было.",
        "Раньше это правило здесь не срабатывало.",
    ]
    assert after == [before[0], *before[2:]]


def test_a_rule_that_was_set_anew_is_not_passed_off_as_the_one_that_fired(watch: Watch) -> None:  # noqa: F811
    alert_id = watch.fired()
    set_rule(watch, RuleKind.THRESHOLD, 7.0)

    assert "Правило потом изменили: по нынешним условиям оповещения не было бы." in words(watch, alert_id)


@pytest.mark.parametrize("question", [why_alert, why_group])
def test_whoever_may_not_handle_alerts_is_told_nothing(watch: Watch, question: Callable[..., Any]) -> None:  # noqa: F811
    alert_id, database = watch.fired(), watch.town.database
    allowed, stranger = (database.read(viewer_of, person_id=watch.town.people[who]) for who in (IVANOV, OLEG))

    assert database.read(question, viewer=allowed, alert_id=alert_id)
    with pytest.raises(UnknownAlert):
        database.read(question, viewer=stranger, alert_id=alert_id)


def aim(watch: Watch, value: float) -> None:  # noqa: F811
    """A target of at most the value by 2030."""
    watch.town.database.run(
        set_target,
        indicator="UNEMPL",
        territory_id=watch.town.territory.id,
        target=Target(period="2030", value=value, op="<="),
        set_by=None,
    )


def set_rule(watch: Watch, kind: RuleKind, threshold: float) -> None:  # noqa: F811
    """A rule of the kind that ends where it fires; again replaces it."""
    watch.town.database.run(
        set_alert_rule,
        indicator_code="UNEMPL",
        territory_id=watch.town.territory.id,
        kind=kind,
        bad="above",
        threshold=threshold,
        clear_at=threshold,
        severity=Severity.WARN,
        set_by=None,
    )
