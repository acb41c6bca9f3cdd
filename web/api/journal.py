"""The journal of alerts over the API."""

from datetime import date

from ninja import Router

from core.alerts import (
    Entry,
    JournalAlert,
    JournalFilter,
    MessageMoment,
    Moment,
    MuteMoment,
    StateMoment,
    alert_journal,
)
from core.shared.ids import AlertId, PersonId, RuleId, TerritoryId
from web.api.callers import SIGNED_IN, ApiRequest
from web.api.shapes import JournalAlertOut, JournalOut, MomentOut
from web.dependencies import dependencies

router = Router(tags=["indicators and alerts"])

MOST_AT_ONCE = 100


@router.get("/alerts/journal", response=JournalOut, auth=SIGNED_IN)
async def journal(
    request: ApiRequest,
    territory_id: str | None = None,
    rubric: str | None = None,
    rule_id: str | None = None,
    person_id: str | None = None,
    since: date | None = None,
    until: date | None = None,
    before: str | None = None,
    limit: int = 20,
) -> JournalOut:
    """Alerts with everything that happened around them, the newest first; `before` is a `next_before`."""
    wanted = JournalFilter(
        territory_id=None if territory_id is None else TerritoryId(territory_id),
        rubric=rubric,
        rule_id=None if rule_id is None else RuleId(rule_id),
        person_id=None if person_id is None else PersonId(person_id),
        since=since,
        until=until,
    )
    page = await dependencies().database.read_async(
        alert_journal,
        viewer=request.auth,
        wanted=wanted,
        before=None if before is None else AlertId(before),
        limit=min(max(limit, 1), MOST_AT_ONCE),
    )
    return JournalOut(
        alerts=[_alert(one) for one in page.alerts], count=page.count, next_before=page.next_before
    )


def _alert(one: JournalAlert) -> JournalAlertOut:
    alert = one.alert
    return JournalAlertOut(
        id=alert.id,
        indicator=alert.rule.indicator,
        territory_id=alert.territory_id,
        kind=alert.rule.kind,
        severity=alert.rule.severity,
        state=alert.state,
        period=alert.period,
        value=alert.value,
        measure=alert.measure,
        threshold=alert.rule.threshold,
        vintage=alert.vintage,
        fired_at=alert.fired_at,
        resolved_at=alert.resolved_at,
        moments=[_moment(moment) for moment in one.moments],
    )


def _moment(one: Moment) -> MomentOut:
    if isinstance(one, StateMoment):
        return MomentOut(
            at=one.at,
            what="state",
            state=one.after,
            vintage=one.vintage,
            value=one.value,
            measure=one.measure,
        )
    if isinstance(one, MessageMoment):
        return MomentOut(
            at=one.at, what=one.kind, person_id=one.person_id, carrier=one.carrier, state=one.state
        )
    if isinstance(one, MuteMoment):
        return MomentOut(at=one.at, what="unmuted" if one.over else "muted", state=one.mute.cause)
    return _deed(one)


def _deed(one: Entry) -> MomentOut:
    return MomentOut(
        at=one.at,
        what=one.kind,
        person_id=one.person_id,
        about_id=one.about_id,
        until=one.until,
        due=one.due,
        text=one.text,
    )
