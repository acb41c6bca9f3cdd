"""Nobody takes an alert: those on duty are called one after the other, in working minutes.

What was done is read from the entries of the alert, under the lock of its row: two clocks at once, a restart
in between or a chain that was changed meanwhile call everybody in turn and nobody twice.
"""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from core.alerts.entries import Entry, EntryKind, enter
from core.alerts.events import AlertEscalated
from core.alerts.model import AlertRow, MuteRow, RuleRow
from core.alerts.mutes import mutes_of, still_open
from core.alerts.queries import AlertCard, alert_card, alert_group
from core.alerts.rules import Alert, AlertState, Severity
from core.duty import Step, acting_for, after_working_minutes, chain_for, working_calendar
from core.identity import Action, people_who_may
from core.indicators import readers_of
from core.shared.ids import AlertId, PersonId
from core.store import Reading, UnitOfWork

CALLS = (EntryKind.ESCALATED, EntryKind.SKIPPED)
_BEGINNINGS = (EntryKind.ASSIGNED, EntryKind.RETURNED, EntryKind.SNOOZE_ENDED)


@dataclass(frozen=True, slots=True)
class NextCall:
    """Whose turn it is, and from when on."""

    step: Step
    due_at: datetime


def due_escalations(reading: Reading) -> list[AlertId]:
    """Alerts on which somebody is to be called now."""
    return [alert_id for alert_id in _waiting(reading) if _is_due(reading, alert_id)]


def escalate(uow: UnitOfWork, *, alert_id: AlertId) -> int:
    """Call whoever's turn it is, if it still is; how many were called, 0 or 1.

    A step whose person may not act there any more is passed over at once and written down.
    """
    locked = select(AlertRow.id).where(AlertRow.id == alert_id).with_for_update()
    if uow.session.execute(locked).first() is None or alert_id not in _waiting(uow):
        return 0
    card = alert_card(uow, alert_id=alert_id)
    call = next_call(uow, card)
    while call is not None and call.due_at <= uow.now:
        if _call(uow, card, call.step):
            return 1
        card = alert_card(uow, alert_id=alert_id)
        call = next_call(uow, card)
    return 0


def next_call(reading: Reading, card: AlertCard) -> NextCall | None:
    """Who is called next on an alert that waits, and when; None if nobody is left to call."""
    chain = chain_for(reading, territory_id=card.territory.id)
    made = calls_made(card)
    if chain is None or len(made) >= chain.calls:
        return None
    step = chain.steps[len(made) % len(chain.steps)]
    told = [entry.at for entry in made if entry.kind is EntryKind.ESCALATED]
    waited = _since_it_waits(card)
    begun = waited[0].at if waited and waited[0].kind in _BEGINNINGS else _heard_at(reading, card.alert)
    since = told[-1] if told else begun
    due_at = after_working_minutes(
        since, step.after_minutes, card.territory.time_zone, working_calendar(reading)
    )
    return NextCall(step, due_at)


def _heard_at(reading: Reading, alert: Alert) -> datetime:
    """When people could first hear of it: at the firing, or when nothing muted it any more."""
    ends = [mute.ended_at for mute in mutes_of(reading, alert_id=alert.id) if mute.ended_at is not None]
    return max([alert.fired_at, *ends])


def calls_made(card: AlertCard) -> list[Entry]:
    """Who has been called since the alert waits for somebody, the first first."""
    return [entry for entry in _since_it_waits(card) if entry.kind in CALLS]


def _since_it_waits(card: AlertCard) -> list[Entry]:
    """The entries from the last one on after which it waited anew: it was given, came back, was due again."""
    begun = [place for place, entry in enumerate(card.entries) if entry.kind in _BEGINNINGS]
    return list(card.entries[begun[-1] :]) if begun else list(card.entries)


def _call(uow: UnitOfWork, card: AlertCard, step: Step) -> bool:
    """Call the person or who stands in for them; False if they may not act there."""
    today = uow.now.astimezone(ZoneInfo(card.territory.time_zone)).date()
    called = acting_for(uow, person_id=step.person_id, day=today)
    fits = called in _who_may(uow, card)
    kind = EntryKind.ESCALATED if fits else EntryKind.SKIPPED
    enter(uow, kind, alert_id=card.alert.id, person_id=step.person_id, about_id=called)
    if fits:
        uow.record(AlertEscalated(alert_id=card.alert.id, territory_id=card.territory.id, person_id=called))
    return fits


def _who_may(reading: Reading, card: AlertCard) -> set[PersonId]:
    officials = people_who_may(reading, action=Action.HANDLE_ALERTS, territory_id=card.territory.id)
    readers = readers_of(reading, indicator=card.indicator.code)
    return {one.id for one in officials if readers is None or one.id in readers}


def _waiting(reading: Reading) -> list[AlertId]:
    """Alerts that nobody has taken, put off or muted, one a message. What is for information calls nobody."""
    rows = reading.session.execute(
        select(AlertRow.id)
        .join(RuleRow, RuleRow.id == AlertRow.rule_id)
        .where(
            AlertRow.state == AlertState.FIRING,
            AlertRow.acknowledged_by.is_(None),
            AlertRow.snoozed_until.is_(None),
            AlertRow.id.not_in(select(MuteRow.alert_id).where(still_open())),
            RuleRow.severity != Severity.INFO,
        )
        .order_by(AlertRow.fired_at, AlertRow.id)
    ).scalars()
    found: list[AlertId] = []
    spoken_for: set[AlertId] = set()
    for alert_id in map(AlertId, rows):
        if alert_id not in spoken_for:
            found.append(alert_id)
            spoken_for |= set(alert_group(reading, alert_id=alert_id))
    return found


def _is_due(reading: Reading, alert_id: AlertId) -> bool:
    call = next_call(reading, alert_card(reading, alert_id=alert_id))
    return call is not None and call.due_at <= reading.now
