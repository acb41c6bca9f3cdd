"""The jobs that draw charts as pictures, on the queue whose worker keeps one warm browser."""

import logging
from collections.abc import Callable, Sequence
from typing import Any

from analytics.charts import Drawing, FanChart, Painter, Target, Threshold, alt_text
from analytics.jobs.context import context
from core.alerts import AlertCard, AlertRule, RuleKind, alert_card, attach_illustration, thresholds_of
from core.charts import scene_at_work, settle_drawing
from core.files import keep_content, register_file
from core.indicators import ChartKey, Forecast, Indicator, Point, chart_page, settle_chart, with_unit
from core.indicators import Target as Goal
from core.jobs import finish_job, take_job
from core.shared.ids import AlertId
from core.shared.language import N_, Language, translate
from core.store import Reading, UnitOfWork
from core.territories import Territory, territory

log = logging.getLogger(__name__)

_THRESHOLD = N_("threshold {value}")
_TARGET = N_("Target {period}: {value}")
_SYNTHETIC = N_("synthetic data, an example")

_painters: list[Painter] = []


def painter() -> Painter:
    """The painter of this process, made at the first call."""
    if not _painters:
        settings = context()
        _painters.append(Painter(browser_path=settings.browser_path, cache_dir=settings.cache_dir))
    return _painters[0]


def warm() -> bool:
    """Start the browser before the first alert; False if charts will be drawn by the fall-back."""
    return painter().warm()


def close() -> None:
    """Stop the browser; called when the worker ends."""
    for each in _painters:
        each.close()
    _painters.clear()


def draw_alert(key: str) -> None:
    """Draw the chart of an alert and let the message go; without a picture if drawing fails.

    Safe to run twice and to die anywhere: the picture is settled once.
    """
    _work(key, _draw_alert)


def draw_indicator(key: str) -> None:
    """Draw the chart of an indicator for whoever waits for it; see ``draw_alert`` for what may go wrong."""
    _work(key, _draw_indicator)


def draw_scene(key: str) -> None:
    """Draw a chart that was laid out by whoever waits for it."""
    _work(key, _draw_scene)


def draw(card: AlertCard, *, language: Language = "ru") -> Drawing:
    """The chart of an alert in the wide layout."""
    return painter().draw_chart(chart_of(card, language=language))


def chart_of(card: AlertCard, *, language: Language = "ru") -> FanChart:
    """What the chart of an alert shows: the facts as known when it fired, the fan, threshold, target."""
    return _chart(
        card.indicator,
        card.territory,
        points=card.points,
        rule=card.alert.rule,
        goals=card.targets,
        forecast=card.forecast,
        language=language,
    )


def chart_of_indicator(reading: Reading, *, wanted: ChartKey) -> FanChart:
    """What the chart of an indicator shows: the facts of now, the fan, the nearest threshold and target."""
    page = chart_page(reading, code=wanted.indicator, territory_id=wanted.territory_id)
    rules = thresholds_of(reading, indicator=wanted.indicator, territory_id=wanted.territory_id)
    return _chart(
        page.indicator,
        territory(reading, territory_id=wanted.territory_id),
        points=page.points,
        rule=rules[0] if rules else None,
        goals=page.targets,
        forecast=page.forecast,
        language=wanted.language,
    )


def _work(key: str, draw_one: Callable[[str, dict[str, Any]], None]) -> None:
    job = context().database.run(take_job, key=key, holder=context().holder)
    if job is None:
        log.info("job_not_taken key=%s", key)
        return
    draw_one(key, job.arguments)


def _draw_alert(key: str, arguments: dict[str, Any]) -> None:
    database = context().database
    alert_id = AlertId(arguments["alert_id"])
    picture, size, reason = None, 0, ""
    try:
        drawing = draw(database.read(alert_card, alert_id=alert_id))
        picture, size = keep_content(context().files_dir, drawing.png), len(drawing.png)
        log.info("alert_drawn alert=%s renderer=%s took_ms=%.0f", alert_id, drawing.renderer, drawing.took_ms)
    except Exception as error:
        # Whatever breaks a drawing (a font, a library, a full disk): the alert must not wait for it.
        log.exception("alert_not_drawn alert=%s", alert_id)
        reason = f"{type(error).__name__}: {error}"
    database.run(_settle, key=key, alert_id=alert_id, picture=picture, size=size, reason=reason)


def _draw_indicator(key: str, arguments: dict[str, Any]) -> None:
    database = context().database
    wanted = ChartKey(**arguments)
    picture, size, alt = None, 0, ""
    try:
        chart = database.read(chart_of_indicator, wanted=wanted)
        drawing = painter().draw_chart(chart)
        picture, size = keep_content(context().files_dir, drawing.png), len(drawing.png)
        alt = alt_text(chart)
        log.info("indicator_drawn key=%s renderer=%s took_ms=%.0f", key, drawing.renderer, drawing.took_ms)
    except Exception:
        # Whatever breaks a drawing: whoever waits gets the figures in words.
        log.exception("indicator_not_drawn key=%s", key)
    database.run(_settle_indicator, key=key, chart=wanted, picture=picture, size=size, alt=alt)


def _draw_scene(key: str, arguments: dict[str, Any]) -> None:
    database, wanted = context().database, str(arguments["drawing"])
    picture, size = None, 0
    try:
        drawing = painter().draw_scene(database.read(scene_at_work, key=wanted))
        picture, size = keep_content(context().files_dir, drawing.png), len(drawing.png)
        log.info("scene_drawn key=%s renderer=%s took_ms=%.0f", key, drawing.renderer, drawing.took_ms)
    except Exception:
        # Whatever breaks a drawing: whoever waits gets the figures in words.
        log.exception("scene_not_drawn key=%s", key)
    database.run(settle_drawing, key=wanted, job=key, picture=picture, size_bytes=size)


def _chart(
    shown: Indicator,
    place: Territory,
    *,
    points: Sequence[Point],
    rule: AlertRule | None,
    goals: Sequence[Goal],
    forecast: Forecast | None,
    language: Language,
) -> FanChart:
    unit = shown.unit_words(language)
    source = translate(language, _SYNTHETIC) if place.synthetic else points[-1].source
    return FanChart(
        title=shown.title(language),
        subtitle=" · ".join([place.name(language), unit]),
        source=source,
        unit=unit,
        history=tuple((point.period, point.value) for point in points),
        language=language,
        decimals=shown.decimals,
        forecast=forecast,
        threshold=None
        if rule is None or rule.kind is not RuleKind.THRESHOLD
        # The numbers of other kinds are not values of the indicator.
        else _threshold(rule, shown, language),
        target=_target(goals, shown, points[-1].period, forecast, language),
    )


def _threshold(rule: AlertRule, shown: Indicator, language: Language) -> Threshold:
    words = with_unit(language, rule.threshold, shown.unit_words(language), decimals=shown.decimals)
    return Threshold(rule.threshold, translate(language, _THRESHOLD, value=words), rule.bad)


def _target(
    goals: Sequence[Goal], shown: Indicator, last: str, forecast: Forecast | None, language: Language
) -> Target | None:
    goal = next((goal for goal in goals if goal.period > last), None)
    if goal is None:
        return None
    value = with_unit(language, goal.value, shown.unit_words(language), decimals=shown.decimals)
    label = translate(language, _TARGET, period=goal.period, value=value)
    chance = None if forecast is None else forecast.chance_of(goal.period, goal.value, goal.op)
    return Target(goal.period, goal.value, label, chance)


def _settle(
    uow: UnitOfWork, *, key: str, alert_id: AlertId, picture: str | None, size: int, reason: str
) -> None:
    if picture is not None:
        parent = f"alert:{alert_id}"
        register_file(uow, key=picture, media_type="image/png", size_bytes=size, parent=parent)
    attach_illustration(uow, alert_id=alert_id, picture=picture, reason=reason)
    finish_job(uow, key=key)


def _settle_indicator(
    uow: UnitOfWork, *, key: str, chart: ChartKey, picture: str | None, size: int, alt: str
) -> None:
    settle_chart(uow, chart=chart, picture=picture, size_bytes=size, alt=alt)
    finish_job(uow, key=key)
