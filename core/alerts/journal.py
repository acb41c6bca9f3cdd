"""The journal: each alert from firing to its end, with everything that happened around it."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from core.alerts.entries import Entry, entries_of
from core.alerts.model import AlertRow, EntryRow, RuleRow, StateChangeRow
from core.alerts.mutes import Mute, mutes_of_many
from core.alerts.queries import as_alert
from core.alerts.rules import Alert, AlertState
from core.delivery import Delivery, DeliveryState, deliveries_about_any
from core.identity import Action, Viewer, people
from core.indicators import Indicator, catalogue, hidden_from, indicator
from core.shared.ids import AlertId, PersonId, RuleId, TerritoryId
from core.spaces import territories_where
from core.store import Reading
from core.territories import Territory, territory

PAGE = 20
MOST_EXPORTED = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalFilter:
    """Which alerts are asked for; None is all. Days are those on which they fired, by the clock of the place.

    person_id: whoever took, gave, noted or put off, was given it or called.
    """

    territory_id: TerritoryId | None = None
    rubric: str | None = None
    rule_id: RuleId | None = None
    person_id: PersonId | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StateMoment:
    """The rule changed its state, with the numbers that made it."""

    at: datetime
    before: AlertState
    after: AlertState
    vintage: int
    period: str
    value: float
    measure: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageMoment:
    """A person was told over a carrier: how it ended and when, or when it is due."""

    at: datetime
    kind: str
    person_id: PersonId
    person_name: str
    carrier: str
    state: DeliveryState


@dataclass(frozen=True, slots=True, kw_only=True)
class MuteMoment:
    """Something began to keep the alert from disturbing people, or did so no more."""

    at: datetime
    mute: Mute
    over: bool


Moment = StateMoment | MessageMoment | MuteMoment | Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalAlert:
    """An alert with all that happened, the oldest first."""

    alert: Alert
    indicator: Indicator
    territory: Territory
    acknowledged_by_name: str
    moments: tuple[Moment, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalPage:
    """Some alerts, the newest first; how many there are in all; the last one if more come after it."""

    alerts: list[JournalAlert]
    count: int
    next_before: AlertId | None


def alert_topic(alert_id: str) -> str:
    """The topic of all messages about an alert."""
    return f"alert:{alert_id}"


def alert_journal(
    reading: Reading,
    *,
    viewer: Viewer,
    wanted: JournalFilter,
    before: AlertId | None = None,
    limit: int = PAGE,
) -> JournalPage:
    """Alerts of the places whose alerts the viewer handles, over or not, of indicators they may know of.

    before: the last alert of the page before.
    """
    conditions = _conditions(reading, viewer, wanted)
    count = reading.session.execute(
        select(func.count())
        .select_from(AlertRow)
        .join(RuleRow, RuleRow.id == AlertRow.rule_id)
        .where(*conditions)
    ).scalar_one()
    rows = reading.session.execute(
        _alerts()
        .where(*conditions, *_after(reading, before))
        .order_by(AlertRow.fired_at.desc(), AlertRow.id.desc())
        .limit(limit + 1)
    ).tuples()
    found = [as_alert(row, rule) for row, rule in rows]
    shown = found[:limit]
    return JournalPage(
        alerts=_with_moments(reading, shown),
        count=count,
        next_before=shown[-1].id if len(found) > limit else None,
    )


def _alerts() -> Select[AlertRow, RuleRow]:
    return select(AlertRow, RuleRow).join(RuleRow, RuleRow.id == AlertRow.rule_id)


def _conditions(reading: Reading, viewer: Viewer, wanted: JournalFilter) -> list[ColumnElement[bool]]:
    places = set(territories_where(reading, viewer, Action.HANDLE_ALERTS))
    if wanted.territory_id is not None:
        places &= {wanted.territory_id}
    found: list[ColumnElement[bool]] = [
        AlertRow.territory_id.in_(places),
        RuleRow.indicator.not_in(hidden_from(reading, viewer=viewer)),
    ]
    if wanted.rubric is not None:
        known = [one.code for one in catalogue(reading, viewer=viewer) if one.rubric == wanted.rubric]
        found.append(RuleRow.indicator.in_(known))
    if wanted.rule_id is not None:
        found.append(AlertRow.rule_id == wanted.rule_id)
    if wanted.person_id is not None:
        found.append(_touched_by(wanted.person_id))
    return [*found, *_in_days(reading, sorted(places), wanted)]


def _touched_by(person_id: PersonId) -> ColumnElement[bool]:
    # Alerts of before there were entries know only who has taken them.
    deeds = select(EntryRow.alert_id).where(
        or_(EntryRow.person_id == person_id, EntryRow.about_id == person_id)
    )
    return or_(AlertRow.acknowledged_by == person_id, AlertRow.id.in_(deeds))


def _in_days(
    reading: Reading, places: Sequence[TerritoryId], wanted: JournalFilter
) -> list[ColumnElement[bool]]:
    zone = ZoneInfo(territory(reading, territory_id=places[0]).time_zone if places else "Europe/Moscow")
    found: list[ColumnElement[bool]] = []
    if wanted.since is not None:
        found.append(AlertRow.fired_at >= datetime.combine(wanted.since, time(), tzinfo=zone))
    if wanted.until is not None:
        end = datetime.combine(wanted.until + timedelta(days=1), time(), tzinfo=zone)
        found.append(AlertRow.fired_at < end)
    return found


def _after(reading: Reading, before: AlertId | None) -> list[ColumnElement[bool]]:
    row = None if before is None else reading.session.get(AlertRow, before)
    if row is None:
        return []
    same = and_(AlertRow.fired_at == row.fired_at, AlertRow.id < row.id)
    return [or_(AlertRow.fired_at < row.fired_at, same)]


def _with_moments(reading: Reading, alerts: Sequence[Alert]) -> list[JournalAlert]:
    """A few questions for all of them together, whatever their number."""
    ids = [one.id for one in alerts]
    deeds = entries_of(reading, alert_ids=ids)
    states = _states(reading, ids)
    told = _told(reading, alerts)
    mutes = mutes_of_many(reading, alert_ids=ids)
    holders = people(reading, person_ids={one.acknowledged_by for one in alerts if one.acknowledged_by})
    return [
        JournalAlert(
            alert=one,
            indicator=indicator(reading, code=one.rule.indicator),
            territory=territory(reading, territory_id=one.territory_id),
            acknowledged_by_name=holders[one.acknowledged_by].display_name if one.acknowledged_by else "",
            moments=tuple(
                sorted(
                    [*states[one.id], *_muted(mutes[one.id]), *told[one.id], *deeds[one.id]],
                    key=lambda moment: moment.at,
                )
            ),
        )
        for one in alerts
    ]


def _states(reading: Reading, ids: Collection[AlertId]) -> dict[AlertId, list[StateMoment]]:
    found: defaultdict[AlertId, list[StateMoment]] = defaultdict(list)
    rows = reading.session.execute(
        select(StateChangeRow)
        .where(StateChangeRow.alert_id.in_(ids))
        .order_by(StateChangeRow.vintage, StateChangeRow.at)
    ).scalars()
    for row in rows:
        found[AlertId(str(row.alert_id))].append(
            StateMoment(
                at=row.at,
                before=AlertState(row.before),
                after=AlertState(row.after),
                vintage=row.vintage,
                period=row.period,
                value=row.value,
                measure=row.measure,
            )
        )
    return found


def _told(reading: Reading, alerts: Sequence[Alert]) -> dict[AlertId, list[MessageMoment]]:
    """The messages of each alert, which in a group are those of its first; edits of them are left out."""
    leads = _leads(reading, alerts)
    every = deliveries_about_any(reading, topics=[alert_topic(lead) for lead in set(leads.values())])
    new = [one for one in every if ":" not in one.kind]
    names = people(reading, person_ids={one.person_id for one in new})
    by_topic: defaultdict[str, list[MessageMoment]] = defaultdict(list)
    for one in new:
        by_topic[one.topic].append(_as_moment(one, names[one.person_id].display_name))
    return {alert_id: by_topic[alert_topic(lead)] for alert_id, lead in leads.items()}


def _as_moment(one: Delivery, name: str) -> MessageMoment:
    return MessageMoment(
        at=one.finished_at or one.due_at,
        kind=one.kind,
        person_id=one.person_id,
        person_name=name,
        carrier=one.carrier,
        state=one.state,
    )


def _leads(reading: Reading, alerts: Sequence[Alert]) -> dict[AlertId, AlertId]:
    """For each alert the one whose message shows it."""
    rows = reading.session.execute(
        select(AlertRow.id, AlertRow.lead_id).where(AlertRow.id.in_([one.id for one in alerts]))
    ).tuples()
    return {AlertId(alert_id): AlertId(lead_id or alert_id) for alert_id, lead_id in rows}


def _muted(mutes: Sequence[Mute]) -> Iterator[MuteMoment]:
    for mute in mutes:
        yield MuteMoment(at=mute.since, mute=mute, over=False)
        if mute.ended_at is not None:
            yield MuteMoment(at=mute.ended_at, mute=mute, over=True)
