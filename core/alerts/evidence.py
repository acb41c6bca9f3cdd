"""What the store knows of one series at a vintage, gathered for the rule that asks."""

from dataclasses import replace
from datetime import date
from typing import assert_never

from core.alerts.measures import Evidence
from core.alerts.model import RuleRow
from core.alerts.rules import RuleKind
from core.indicators import (
    Point,
    accepted_periods,
    forecast_of,
    forecasts_before,
    held_at,
    revisions,
    series,
    targets,
)
from core.shared.ids import TerritoryId
from core.store import Reading


def evidence_at(
    reading: Reading, rule: RuleRow, place: TerritoryId, *, vintage: int, today: date
) -> Evidence:
    """Gather what the kind of the rule needs; a threshold needs no forecast and reads none."""
    code = rule.indicator
    known = Evidence(
        points=series(reading, indicator=rule.indicator, territory_id=place, as_of=vintage),
        today=today,
    )
    match rule.kind:
        case RuleKind.THRESHOLD | RuleKind.STALENESS:
            return known
        case RuleKind.PLAN:
            begun = series(reading, indicator=code, territory_id=place, as_of=rule.since) or known.points
            return replace(
                known, start=begun[-1], targets=targets(reading, indicator=code, territory_id=place)
            )
        case RuleKind.GOAL:
            made = forecast_of(reading, indicator=code, territory_id=place, vintage=vintage)
            return replace(known, forecast=made, targets=targets(reading, indicator=code, territory_id=place))
        case RuleKind.TREND:
            return replace(
                known, earlier=forecasts_before(reading, indicator=code, territory_id=place, vintage=vintage)
            )
        case RuleKind.REVISION:
            made_now = [
                one
                for one in revisions(reading, indicator=code, territory_id=place)
                if one.vintage == vintage
            ]
            return replace(known, revisions=made_now)
        case RuleKind.QUALITY:
            return _quality(reading, known, rule, place, vintage)
        case _:
            assert_never(rule.kind)


def _quality(reading: Reading, known: Evidence, rule: RuleRow, place: TerritoryId, vintage: int) -> Evidence:
    """With the values that wait for a decision: they look wrong, and somebody who watches wants to know."""
    others = [series(reading, indicator=part, territory_id=place, as_of=vintage) for part in rule.parts]
    held = held_at(reading, indicator=rule.indicator, territory_id=place, vintage=vintage)
    waiting = {
        period: Point(period=period, value=value, source=source, vintage=since)
        for period, (value, source, since) in held.items()
    }
    points = {point.period: point for point in known.points} | waiting
    accepted = accepted_periods(reading, indicator=rule.indicator, territory_id=place, vintage=vintage)
    last = points[max(points)] if points else None
    return replace(
        known,
        points=[points[period] for period in sorted(points)],
        parts=[series_points[-1] for series_points in others if series_points],
        accepted=last is not None and (last.period, last.value) in accepted,
    )
