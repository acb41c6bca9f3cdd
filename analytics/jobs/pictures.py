"""The jobs that draw charts as pictures, on the queue whose worker keeps one warm browser."""

import logging
from collections.abc import Callable, Sequence
from typing import Any

from analytics.charts import Drawing, Painter
from analytics.jobs.context import context
from core.alerts import AlertCard, AlertRule, RuleKind, alert_card, attach_illustration, thresholds_of
from core.charts import (
    PHONE,
    PICTURE,
    Frame,
    Head,
    Line,
    Measure,
    OverTime,
    Spread,
    alt_text,
    draw,
    scene_at_work,
    settle_drawing,
)
from core.files import keep_content, register_file
from core.indicators import (
    Band,
    ChartKey,
    Forecast,
    Indicator,
    Point,
    chart_page,
    period_words,
    probability_words,
    settle_chart,
)
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
_FORECAST = N_("forecast")
_BANDS = N_("Bands: 50, 80 and 95 % probability.")
_PROBABILITY = N_("{target}, probability {percent}")
# The newest facts by frequency: as many as can be told apart in a messenger.
_MOST_POINTS = {"A": 24, "Q": 40, "M": 60}

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


def chart_of(card: AlertCard, *, language: Language = "ru") -> OverTime:
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


def chart_of_indicator(reading: Reading, *, wanted: ChartKey) -> OverTime:
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
        drawing = _drawn(chart_of(database.read(alert_card, alert_id=alert_id)), PICTURE)
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
        # Asked for by the bot alone, so it is read on a phone.
        drawing = _drawn(chart, PHONE)
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


def _drawn(chart: OverTime, frame: Frame) -> Drawing:
    return painter().draw_scene(draw(chart, frame, language=chart.measure.language))


def _chart(
    shown: Indicator,
    place: Territory,
    *,
    points: Sequence[Point],
    rule: AlertRule | None,
    goals: Sequence[Goal],
    forecast: Forecast | None,
    language: Language,
) -> OverTime:
    unit = shown.unit_words(language)
    measure = Measure(language=language, unit=unit, decimals=shown.decimals)
    history = tuple((point.period, point.value) for point in points[-_MOST_POINTS[shown.frequency] :])
    last, ahead = history[-1], () if forecast is None else forecast.points
    spreads = () if forecast is None else _spreads(forecast, last)
    goal = next((one for one in goals if one.period > last[0]), None)
    # The numbers of other kinds of rules are not values of the indicator.
    limit = rule if rule is not None and rule.kind is RuleKind.THRESHOLD else None
    notes = [translate(language, _BANDS)] if spreads else []
    if goal is not None:
        notes.append(_goal_words(goal, measure, forecast))
    lines = [Line(name="", style="history", points=history, named=False)]
    if ahead:
        medians = tuple((point.period, point.median) for point in ahead)
        lines.append(Line(name=translate(language, _FORECAST), style="main", points=(last, *medians)))
    return OverTime(
        head=Head(
            title=shown.title(language),
            subtitle=" · ".join([place.name(language), unit]),
            source=translate(language, _SYNTHETIC) if place.synthetic else points[-1].source,
            note=" ".join(notes),
        ),
        measure=measure,
        lines=tuple(lines),
        spreads=spreads,
        now=last[0] if ahead else None,
        threshold=None if limit is None else limit.threshold,
        goals=() if goal is None else ((goal.period, goal.value),),
        crossed=limit is not None and _crossed(limit, last[1]),
        limit="" if limit is None else translate(language, _THRESHOLD, value=measure.whole(limit.threshold)),
        ahead=translate(language, _FORECAST) if ahead else "",
    )


def _crossed(rule: AlertRule, value: float) -> bool:
    return value > rule.threshold if rule.bad == "above" else value < rule.threshold


def _spreads(forecast: Forecast, last: tuple[str, float]) -> tuple[Spread, ...]:
    """The bands that all periods of the forecast have, the widest first."""
    found = []
    levels: tuple[Band, ...] = (95, 80, 50)
    for percent in levels:
        ends = [(point.period, point.band(percent)) for point in forecast.points]
        band = tuple((period, *pair) for period, pair in ends if pair is not None)
        if band and len(band) == len(ends):
            found.append(Spread(percent=percent, points=((*last, last[1]), *band)))
    return tuple(found)


def _goal_words(goal: Goal, measure: Measure, forecast: Forecast | None) -> str:
    fields = {"period": period_words(measure.language, goal.period), "value": measure.whole(goal.value)}
    target = translate(measure.language, _TARGET, **fields)
    chance = None if forecast is None else forecast.chance_of(goal.period, goal.value, goal.op)
    if chance is None:
        return f"★ {target}"
    percent = probability_words(measure.language, chance)
    return f"★ {translate(measure.language, _PROBABILITY, target=target, percent=percent)}"


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
