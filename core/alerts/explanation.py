"""Why an alert has fired: the numbers behind it, from what is stored, as known at its vintage."""

import math
from dataclasses import dataclass

from sqlalchemy import func, select

from core.alerts.evidence import evidence_at
from core.alerts.measures import planned_value, shortfall
from core.alerts.model import AlertRow, RuleRow
from core.alerts.queries import AlertCard, alert_card_for, alert_group, rule_as_it_stands
from core.alerts.rules import Alert, AlertRule, RuleKind
from core.identity import Viewer
from core.indicators import Point, series
from core.shared.errors import NotFound
from core.shared.ids import AlertId
from core.store import Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What stands behind an alert.

    `planned` is the plan of the period, only where it is still the one that the rule judged by. `earlier` is
    the same period as the release before had it, None if the value was new. `fired_before` counts the
    earlier alerts of the rule in this territory; `last_fired` is the period of the last of them.
    `rule_now` is what the rule asks by now, None if it was deleted.
    """

    card: AlertCard
    planned: float | None
    earlier: Point | None
    fired_before: int
    last_fired: str | None
    rule_now: AlertRule | None

    @property
    def rule_changed(self) -> bool:
        """Whether the rule was changed or deleted since, so that there would be no alert now."""
        return self.rule_now is None or not self.rule_now.is_bad(self.card.alert.measure)


def why_alert(reading: Reading, *, viewer: Viewer, alert_id: AlertId) -> Explanation:
    """Why one alert has fired, for whoever may handle it. Raises: UnknownAlert."""
    card = alert_card_for(reading, viewer=viewer, alert_id=alert_id)
    alert = card.alert
    before = series(
        reading, indicator=alert.rule.indicator, territory_id=alert.territory_id, as_of=alert.vintage - 1
    )
    fired_before, last_fired = _fired_before(reading, alert)
    return Explanation(
        card=card,
        planned=_planned(reading, alert),
        earlier=next((point for point in before if point.period == alert.period), None),
        fired_before=fired_before,
        last_fired=last_fired,
        rule_now=rule_as_it_stands(reading, rule_id=alert.rule.id),
    )


def why_group(reading: Reading, *, viewer: Viewer, alert_id: AlertId) -> list[Explanation]:
    """Why each alert of one message has fired, those that the viewer may know; the first leads.

    Raises: UnknownAlert if there is none.
    """
    found = []
    for each in alert_group(reading, alert_id=alert_id):
        try:
            found.append(why_alert(reading, viewer=viewer, alert_id=each))
        except NotFound:
            # An indicator of the group that is closed to this viewer.
            continue
    return found or [why_alert(reading, viewer=viewer, alert_id=alert_id)]


def _planned(reading: Reading, alert: Alert) -> float | None:
    """The plan that the alert lags behind; None when targets were moved since, or for another kind."""
    if alert.rule.kind is not RuleKind.PLAN:
        return None
    row = reading.session.execute(select(RuleRow).where(RuleRow.id == alert.rule.id)).scalar_one()
    known = evidence_at(reading, row, alert.territory_id, vintage=alert.vintage, today=alert.fired_at.date())
    lag, plan = shortfall(alert.rule, known), planned_value(known)
    if lag is None or plan is None or not math.isclose(lag, alert.measure, rel_tol=1e-6):
        return None
    return plan[0]


def _fired_before(reading: Reading, alert: Alert) -> tuple[int, str | None]:
    earlier = (
        AlertRow.rule_id == alert.rule.id,
        AlertRow.territory_id == alert.territory_id,
        AlertRow.vintage < alert.vintage,
    )
    count = reading.session.execute(select(func.count()).select_from(AlertRow).where(*earlier)).scalar_one()
    last = reading.session.execute(
        select(AlertRow.period).where(*earlier).order_by(AlertRow.vintage.desc()).limit(1)
    ).scalar_one_or_none()
    return count, last
