"""The job that draws the chart of an alert, on the queue whose worker keeps one warm browser."""

import logging

from analytics.charts import Drawing, FanChart, Painter, Target, Threshold
from analytics.jobs.context import context
from core.alerts import AlertCard, alert_card, attach_illustration
from core.files import keep_content, register_file
from core.indicators import Forecast, with_unit
from core.indicators import Target as Goal
from core.jobs import finish_job, take_job
from core.shared.ids import AlertId
from core.shared.language import N_, Language, translate
from core.store import UnitOfWork

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
    database = context().database
    job = database.run(take_job, key=key, holder=context().holder)
    if job is None:
        log.info("job_not_taken key=%s", key)
        return
    alert_id = AlertId(job.arguments["alert_id"])
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


def draw(card: AlertCard, *, language: Language = "ru") -> Drawing:
    """The chart of an alert in the wide layout."""
    return painter().draw_chart(chart_of(card, language=language))


def chart_of(card: AlertCard, *, language: Language = "ru") -> FanChart:
    """What the chart of an alert shows: the facts as known when it fired, the fan, threshold, target."""
    shown, rule = card.indicator, card.alert.rule
    unit = shown.unit_words(language)
    notes = [card.territory.name(language), unit]
    source = card.points[-1].source
    if card.territory.synthetic:
        source = translate(language, _SYNTHETIC)
    threshold = with_unit(language, rule.threshold, unit, decimals=shown.decimals)
    return FanChart(
        title=shown.title(language),
        subtitle=" · ".join(notes),
        source=source,
        unit=unit,
        history=tuple((point.period, point.value) for point in card.points),
        language=language,
        decimals=shown.decimals,
        forecast=card.forecast,
        threshold=Threshold(rule.threshold, translate(language, _THRESHOLD, value=threshold), rule.bad),
        target=_target(card, unit, language),
    )


def _target(card: AlertCard, unit: str, language: Language) -> Target | None:
    last = card.points[-1].period
    ahead = [goal for goal in card.targets if goal.period > last]
    if not ahead:
        return None
    goal = ahead[0]
    value = with_unit(language, goal.value, unit, decimals=card.indicator.decimals)
    label = translate(language, _TARGET, period=goal.period, value=value)
    return Target(goal.period, goal.value, label, _probability(goal, card.forecast))


def _probability(goal: Goal, forecast: Forecast | None) -> float | None:
    points = {point.period: point for point in forecast.points} if forecast else {}
    below = points[goal.period].probability_below(goal.value) if goal.period in points else None
    if below is None:
        return None
    return below if goal.op == "<=" else 1.0 - below


def _settle(
    uow: UnitOfWork, *, key: str, alert_id: AlertId, picture: str | None, size: int, reason: str
) -> None:
    if picture is not None:
        parent = f"alert:{alert_id}"
        register_file(uow, key=picture, media_type="image/png", size_bytes=size, parent=parent)
    attach_illustration(uow, alert_id=alert_id, picture=picture, reason=reason)
    finish_job(uow, key=key)
