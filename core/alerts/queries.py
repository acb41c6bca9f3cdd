"""Questions about alerts."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from sqlalchemy import Select, func, or_, select

from core.alerts.entries import Entry, EntryKind, entries_of
from core.alerts.errors import UnknownAlert, UnknownRule
from core.alerts.measures import Evidence, history
from core.alerts.model import AlertRow, EntryRow, RuleRow
from core.alerts.mutes import Mute, open_mutes
from core.alerts.rules import Alert, AlertRule, AlertState, RuleKind, Severity, probability_cleared
from core.identity import Action, Person, Viewer, people_who_may, person
from core.indicators import (
    Forecast,
    Indicator,
    Point,
    Revision,
    Target,
    forecast_of,
    forecasts_before,
    hidden_from,
    indicator,
    newest_vintage,
    readers_of,
    revisions,
    series,
    targets,
)
from core.shared.ids import AlertId, PersonId, RuleId, TerritoryId
from core.spaces import territories_where
from core.store import Reading
from core.territories import Territory, ancestry, territory


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertCard:
    """An alert with all that a caption, a console card or a chart needs, as known at its vintage.

    `probability_back` (0..1) is that of being back on the good side at the end of the forecast. `mutes` are
    what keeps it from disturbing people now.
    """

    alert: Alert
    indicator: Indicator
    territory: Territory
    points: tuple[Point, ...]
    forecast: Forecast | None
    targets: tuple[Target, ...]
    revisions: tuple[Revision, ...]
    acknowledged_by_name: str | None
    snoozed_by_name: str | None
    assigned_to_name: str | None
    entries: tuple[Entry, ...]
    mutes: tuple[Mute, ...] = ()

    @property
    def previous(self) -> Point | None:
        """The fact before the one that fired."""
        return self.points[-2] if len(self.points) > 1 else None

    @property
    def probability_back(self) -> float | None:
        """Probability of a return by the end of the forecast, None without a forecast."""
        return None if self.forecast is None else probability_cleared(self.alert.rule, self.forecast)


def open_alerts(
    reading: Reading, *, viewer: Viewer, territory_ids: Collection[TerritoryId] | None = None
) -> list[AlertCard]:
    """Firing alerts that the viewer may handle: untaken first, critical first, then the oldest.

    territory_ids narrows it; None means everywhere the viewer may handle alerts.
    """
    allowed = set(territories_where(reading, viewer, Action.HANDLE_ALERTS))
    wanted = allowed if territory_ids is None else allowed & set(territory_ids)
    rows = reading.session.execute(
        _alerts()
        .where(
            AlertRow.territory_id.in_(wanted),
            AlertRow.state == AlertState.FIRING,
            RuleRow.indicator.not_in(hidden_from(reading, viewer=viewer)),
        )
        .order_by(AlertRow.acknowledged_by.is_not(None), RuleRow.severity, AlertRow.fired_at)
    )
    return [_card(reading, as_alert(row, rule)) for row, rule in rows.tuples()]


def alert_card(reading: Reading, *, alert_id: AlertId) -> AlertCard:
    """One alert for whoever has been told of it (a notification, a job). Raises: UnknownAlert.

    A door that serves a person asks `alert_card_for`.
    """
    found = reading.session.execute(_alerts().where(AlertRow.id == alert_id)).tuples().one_or_none()
    if found is None:
        raise UnknownAlert
    return _card(reading, as_alert(*found))


def alert_group(reading: Reading, *, alert_id: AlertId) -> list[AlertId]:
    """The alerts that come in one message with this one, itself among them; the first leads.

    Those of one release in one territory, theme and severity. Of a muted one that nobody was told of it is
    itself alone. Raises: UnknownAlert.
    """
    lead = reading.session.execute(
        select(func.coalesce(AlertRow.lead_id, AlertRow.id)).where(AlertRow.id == alert_id)
    ).scalar_one_or_none()
    if lead is None:
        raise UnknownAlert
    rows = reading.session.execute(
        select(AlertRow.id)
        .where(or_(AlertRow.lead_id == lead, AlertRow.id == lead))
        .order_by(AlertRow.id != lead, AlertRow.fired_at, AlertRow.id)
    ).scalars()
    return [AlertId(row) for row in rows]


def alert_card_for(reading: Reading, *, viewer: Viewer, alert_id: AlertId) -> AlertCard:
    """One alert, if the viewer may handle it. Raises: UnknownAlert."""
    card = alert_card(reading, alert_id=alert_id)
    if card.territory.id not in territories_where(reading, viewer, Action.HANDLE_ALERTS):
        raise UnknownAlert
    if card.indicator.code in hidden_from(reading, viewer=viewer):
        raise UnknownAlert
    return card


def assignees(reading: Reading, *, alert_id: AlertId, assigner_id: PersonId) -> list[Person]:
    """To whom this person can give the alert: those they have given something to lately first, then by name.

    Everybody else who handles alerts there and may know of the indicator. Raises: UnknownAlert.
    """
    alert = alert_card(reading, alert_id=alert_id).alert
    officials = people_who_may(reading, action=Action.HANDLE_ALERTS, territory_id=alert.territory_id)
    readers = readers_of(reading, indicator=alert.rule.indicator)
    lately = _given_lately(reading, assigner_id)
    found = [one for one in officials if one.id != assigner_id and (readers is None or one.id in readers)]
    return sorted(
        found,
        key=lambda one: (lately.index(one.id) if one.id in lately else len(lately), one.display_name),
    )


def _given_lately(reading: Reading, assigner_id: PersonId, *, limit: int = 5) -> list[PersonId]:
    """Whom this person gave alerts to, the last first."""
    last = func.max(EntryRow.at)
    rows = reading.session.execute(
        select(EntryRow.about_id)
        .where(EntryRow.person_id == assigner_id, EntryRow.kind == EntryKind.ASSIGNED)
        .group_by(EntryRow.about_id)
        .order_by(last.desc())
        .limit(limit)
    ).scalars()
    return [PersonId(one) for one in rows if one is not None]


def alert_of_picture(reading: Reading, *, picture: str) -> list[AlertId]:
    """The alerts that show this picture."""
    rows = reading.session.execute(select(AlertRow.id).where(AlertRow.picture == picture)).scalars()
    return [AlertId(row) for row in rows]


def thresholds_of(reading: Reading, *, indicator: str, territory_id: TerritoryId) -> list[AlertRule]:
    """The thresholds that hold for a series, those of the territories above included."""
    rows = reading.session.execute(
        select(RuleRow)
        .where(
            RuleRow.indicator == indicator,
            RuleRow.kind == RuleKind.THRESHOLD,
            RuleRow.deleted_at.is_(None),
            RuleRow.territory_id.in_(ancestry(reading, territory_id=territory_id)),
        )
        .order_by(RuleRow.severity, RuleRow.id)
    ).scalars()
    return [as_rule(row) for row in rows]


def rules_in(reading: Reading, *, territory_ids: Collection[TerritoryId]) -> list[AlertRule]:
    """All rules that hold in these territories, by indicator."""
    rows = reading.session.execute(
        select(RuleRow)
        .where(RuleRow.territory_id.in_(territory_ids), RuleRow.deleted_at.is_(None))
        .order_by(RuleRow.indicator, RuleRow.kind, RuleRow.severity, RuleRow.id)
    ).scalars()
    return [as_rule(row) for row in rows]


def alert_rule_for(reading: Reading, *, viewer: Viewer, rule_id: RuleId) -> AlertRule:
    """One rule that holds, for whoever may change it and know of its indicator. Raises: UnknownRule."""
    row = reading.session.get(RuleRow, rule_id)
    if (
        row is None
        or row.deleted_at is not None
        or row.territory_id not in territories_where(reading, viewer, Action.LOAD_DATA)
        or row.indicator in hidden_from(reading, viewer=viewer)
    ):
        raise UnknownRule
    return as_rule(row)


def open_alerts_of(reading: Reading, *, rule_id: RuleId) -> int:
    """How many alerts of a rule are open, wherever it holds."""
    return reading.session.execute(
        select(func.count()).where(AlertRow.rule_id == rule_id, AlertRow.state == AlertState.FIRING)
    ).scalar_one()


def rule_as_it_stands(reading: Reading, *, rule_id: RuleId) -> AlertRule | None:
    """What the rule asks now, None if it was deleted."""
    row = reading.session.get(RuleRow, rule_id)
    return None if row is None or row.deleted_at is not None else as_rule(row)


def rule_history(reading: Reading, *, rule: AlertRule) -> list[float | None]:
    """What a rule would have seen at each fact of its own territory, for a preview before it is set."""
    code, place = rule.indicator, rule.territory_id
    points = series(reading, indicator=code, territory_id=place)
    if not points:
        return []
    known = Evidence(
        points=points,
        today=reading.now.date(),
        earlier=forecasts_before(
            reading, indicator=code, territory_id=place, vintage=newest_vintage(reading) + 1
        ),
        targets=targets(reading, indicator=code, territory_id=place),
    )
    return history(rule, known, revisions(reading, indicator=code, territory_id=place))


def watched_indicators(reading: Reading) -> set[str]:
    """Codes of the indicators that have a rule anywhere."""
    wanted = select(RuleRow.indicator).where(RuleRow.deleted_at.is_(None)).distinct()
    return set(reading.session.execute(wanted).scalars())


def alerts_of_vintage(reading: Reading, *, vintage: int) -> list[AlertCard]:
    """The alerts that a release fired, for its report."""
    rows = reading.session.execute(_alerts().where(AlertRow.vintage == vintage).order_by(AlertRow.id))
    return [_card(reading, as_alert(row, rule)) for row, rule in rows.tuples()]


def as_rule(row: RuleRow) -> AlertRule:
    """The row as a value that may leave the folder."""
    return AlertRule(
        id=RuleId(row.id),
        indicator=row.indicator,
        territory_id=TerritoryId(row.territory_id),
        bad=row.bad,
        threshold=row.threshold,
        clear_at=row.clear_at,
        severity=Severity(row.severity),
        kind=RuleKind(row.kind),
        hold=row.hold,
        settle=row.settle,
    )


def as_alert(row: AlertRow, rule: RuleRow) -> Alert:
    """The rows as a value that may leave the folder, with the rule as it was when it fired."""
    asked = replace(as_rule(rule), bad=row.bad, threshold=row.threshold, clear_at=row.clear_at, hold=row.hold)
    return Alert(
        id=AlertId(row.id),
        rule=asked,
        territory_id=TerritoryId(row.territory_id),
        state=AlertState(row.state),
        period=row.period,
        value=row.value,
        measure=row.value if row.measure is None else row.measure,
        flapping=row.flapping,
        vintage=row.vintage,
        fired_at=row.fired_at,
        resolved_at=row.resolved_at,
        resolved_value=row.resolved_value,
        acknowledged_by=None if row.acknowledged_by is None else PersonId(row.acknowledged_by),
        acknowledged_at=row.acknowledged_at,
        assigned_to=None if row.assigned_to is None else PersonId(row.assigned_to),
        assigned_by=None if row.assigned_by is None else PersonId(row.assigned_by),
        assigned_due=row.assigned_due,
        snoozed_by=None if row.snoozed_by is None else PersonId(row.snoozed_by),
        snoozed_until=row.snoozed_until,
        picture=row.picture,
        picture_settled=row.picture_settled_at is not None,
    )


def _alerts() -> Select[AlertRow, RuleRow]:
    return select(AlertRow, RuleRow).join(RuleRow, RuleRow.id == AlertRow.rule_id)


def _card(reading: Reading, alert: Alert) -> AlertCard:
    code, place = alert.rule.indicator, alert.territory_id
    return AlertCard(
        alert=alert,
        indicator=indicator(reading, code=code),
        territory=territory(reading, territory_id=place),
        points=series(reading, indicator=code, territory_id=place, as_of=alert.vintage),
        forecast=forecast_of(reading, indicator=code, territory_id=place, vintage=alert.vintage),
        targets=targets(reading, indicator=code, territory_id=place),
        revisions=_revisions(reading, alert),
        acknowledged_by_name=_name(reading, alert.acknowledged_by),
        snoozed_by_name=_name(reading, alert.snoozed_by),
        assigned_to_name=_name(reading, alert.assigned_to),
        entries=entries_of(reading, alert_ids=[alert.id])[alert.id],
        mutes=open_mutes(reading, alert_id=alert.id),
    )


def _revisions(reading: Reading, alert: Alert) -> tuple[Revision, ...]:
    """What the release has changed, for the kind that tells of it."""
    if alert.rule.kind is not RuleKind.REVISION:
        return ()
    found = revisions(reading, indicator=alert.rule.indicator, territory_id=alert.territory_id)
    return tuple(one for one in found if one.vintage == alert.vintage)


def _name(reading: Reading, person_id: PersonId | None) -> str | None:
    return None if person_id is None else person(reading, person_id=person_id).display_name
