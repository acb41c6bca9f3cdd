"""What the store knows of one series at a vintage, gathered for the rule that asks."""

from dataclasses import replace
from datetime import date
from typing import assert_never

from core.alerts.measures import Evidence
from core.alerts.model import RuleRow
from core.alerts.rules import RuleKind
from core.indicators import forecast_of, forecasts_before, revisions, series, targets
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
            others = [
                series(reading, indicator=part, territory_id=place, as_of=vintage) for part in rule.parts
            ]
            return replace(known, parts=[points[-1] for points in others if points])
        case _:
            assert_never(rule.kind)
