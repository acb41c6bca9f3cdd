"""Which fact is told to whom. Idempotent by the fact's id, so the relay may repeat itself."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from core.alerts import (
    AlertAcknowledged,
    AlertAssigned,
    AlertEscalated,
    AlertFired,
    AlertIllustrated,
    AlertMuted,
    AlertNoted,
    AlertRepeated,
    AlertResolved,
    AlertReturned,
    AlertSnoozed,
    AlertSnoozeEnded,
    AlertUnmuted,
    AlertWeekEnded,
    AssignmentDue,
    MuteCause,
    Severity,
    alert_card,
    alert_topic,
    mutes_of,
    readers_of_week,
)
from core.briefs import BriefDue, heads_of
from core.charts import DrawingSettled
from core.commitments import CommitmentDue, CommitmentEnded, CommitmentMade
from core.contact import ConversationResolved, OfficialAnswered
from core.cycles import StepReminded
from core.delivery import (
    EventKind,
    Urgency,
    hasten,
    preferences_of_many,
    told_already,
)
from core.duty import next_working_moment, working_calendar
from core.effects import EffectCardAttached, proposals_about
from core.identity import Action, people_who_may
from core.indicators import AccessLevel, indicator, readers_of
from core.rooms import stream_of
from core.scenarios import RunEnded, RunFollowed, RunProgressed
from core.shared.facts import Fact, RecordedFact
from core.shared.ids import AlertId, PersonId, RoomId, TerritoryId
from core.store import Database, UnitOfWork, last_events
from core.territories import territory
from messengers import Policies
from notifications.alert_copies import edit_copies, lead_of, speaker_of
from notifications.budget import beyond_budget
from notifications.channels import addresses_of
from notifications.kinds import Kind, commitment_topic, conversation_topic, step_topic
from notifications.notices import Notice, tell
from notifications.runs import edit_runs, run_ended, run_followed
from notifications.timing import PICTURE_WAIT

STILL_AWAKE = timedelta(hours=1)
RECENT_EVENTS = 20
WEEK_ZONE = "Europe/Moscow"


def handle(database: Database, recorded: RecordedFact, *, policies: Policies) -> int:
    """Ask for the messages that a fact calls for; how many are new."""
    route = _ROUTES.get(type(recorded.fact))
    if route is None:
        return 0
    return database.run(_enqueue, recorded=recorded, route=route, policies=policies)


def _enqueue(uow: UnitOfWork, *, recorded: RecordedFact, route: "Route", policies: Policies) -> int:
    asked = 0
    for notice in route(uow, recorded.fact):
        wanted = preferences_of_many(uow, person_ids=notice.people)
        told = told_already(uow, fact_id=recorded.id, kind=notice.kind, person_ids=notice.people)
        ways = {
            person_id: addresses_of(uow, person_id=person_id, policies=policies)
            for person_id in notice.people
            if person_id not in told
        }
        spared = beyond_budget(uow, notice)
        asked += tell(uow, notice, fact_id=recorded.id, ways=ways, wanted=wanted, spared=spared)
    return asked + edit_copies(uow, recorded) + edit_runs(uow, recorded)


def _alert_fired(uow: UnitOfWork, fact: AlertFired) -> list[Notice]:
    if fact.muted:
        return _spoken_for(uow, fact)
    if lead_of(uow, fact.alert_id) != fact.alert_id:
        # It stands in the message of the first one; the copies that are out already are edited.
        return []
    quiet_until = _alert_moment(uow, fact.severity, fact.territory_id)
    alert = alert_card(uow, alert_id=AlertId(fact.alert_id)).alert
    due_at = quiet_until if alert.picture_settled else max(quiet_until, alert.fired_at + PICTURE_WAIT)
    return [_alert_notice(uow, fact.alert_id, fact.severity, due_at)]


def _spoken_for(uow: UnitOfWork, fact: AlertFired) -> list[Notice]:
    """What goes on in a whole region or country comes as a line of the digest of those below it."""
    causes = {mute.cause for mute in mutes_of(uow, alert_id=AlertId(fact.alert_id))}
    if causes != {MuteCause.ABOVE}:
        return []
    return [replace(_alert_notice(uow, fact.alert_id, fact.severity, uow.now), only_in_digest=True)]


def _alert_unmuted(uow: UnitOfWork, fact: AlertUnmuted) -> list[Notice]:
    severity = alert_card(uow, alert_id=AlertId(fact.alert_id)).alert.rule.severity
    due_at = _alert_moment(uow, severity, fact.territory_id)
    lead = lead_of(uow, fact.alert_id)
    if fact.first and lead == fact.alert_id:
        return [_alert_notice(uow, fact.alert_id, severity, due_at)]
    hasten(uow, topic=alert_topic(lead), due_at=due_at)
    return []


def _alert_illustrated(uow: UnitOfWork, fact: AlertIllustrated) -> list[Notice]:
    severity = alert_card(uow, alert_id=AlertId(fact.alert_id)).alert.rule.severity
    hasten(uow, topic=alert_topic(fact.alert_id), due_at=_alert_moment(uow, severity, fact.territory_id))
    return []


def _alert_reminded(uow: UnitOfWork, fact: AlertSnoozeEnded) -> list[Notice]:
    lead = speaker_of(uow, fact.alert_id)
    if lead is None:
        return []
    severity = alert_card(uow, alert_id=AlertId(fact.alert_id)).alert.rule.severity
    due_at = _alert_moment(uow, severity, fact.territory_id)
    return [_alert_notice(uow, lead, severity, due_at)]


def _alert_assigned(uow: UnitOfWork, fact: AlertAssigned) -> list[Notice]:
    lead = speaker_of(uow, fact.alert_id)
    return [] if lead is None else [_to_one(uow, lead, Kind.ASSIGNED, fact.assignee_id)]


def _alert_returned(uow: UnitOfWork, fact: AlertReturned) -> list[Notice]:
    lead = speaker_of(uow, fact.alert_id)
    return [] if lead is None else [_to_one(uow, lead, Kind.RETURNED, fact.assigner_id)]


def _assignment_due(uow: UnitOfWork, fact: AssignmentDue) -> list[Notice]:
    """Whoever has it is told; that it has passed, whoever gave it as well. One message shows a group."""
    lead = speaker_of(uow, fact.alert_id)
    if lead is None:
        return []
    kind = Kind.OVERDUE if fact.passed else Kind.DUE
    told = {fact.assignee_id, fact.assigner_id} if fact.passed else {fact.assignee_id}
    notices = [_to_one(uow, lead, kind, one) for one in sorted(told)]
    # Rights may have gone since it was given.
    still = set(_alert_notice(uow, lead, "", uow.now).people)
    return [one for one in notices if still.issuperset(one.people)]


def _alert_escalated(uow: UnitOfWork, fact: AlertEscalated) -> list[Notice]:
    call = _to_one(uow, lead_of(uow, fact.alert_id), Kind.ESCALATED, fact.person_id)
    # Calls are made in working hours, so no night is broken; over every way, lest one be overlooked.
    return [replace(call, zone=None, everywhere=True)]


def _to_one(uow: UnitOfWork, lead: str, kind: Kind, person_id: str) -> Notice:
    """A person is told of an alert that is theirs to deal with, whatever they want to be told of."""
    card = alert_card(uow, alert_id=AlertId(lead))
    notice = _alert_notice(uow, lead, card.alert.rule.severity, uow.now)
    return replace(
        notice, kind=kind, event=EventKind.OWN, people=[PersonId(person_id)], zone=card.territory.time_zone
    )


def _alert_repeated(uow: UnitOfWork, fact: AlertRepeated) -> list[Notice]:
    severity = alert_card(uow, alert_id=AlertId(fact.alert_id)).alert.rule.severity
    notice = _alert_notice(uow, fact.alert_id, severity, _alert_moment(uow, severity, fact.territory_id))
    return [replace(notice, details=notice.details | {"again": True})]


def _week_ended(uow: UnitOfWork, fact: AlertWeekEnded) -> list[Notice]:
    return [
        Notice(
            kind=Kind.NOISE,
            event=EventKind.ALERTS,
            topic=f"alert_week:{fact.week}",
            people=readers_of_week(uow, week=fact.week),
            urgency=Urgency.PERSONAL,
            due_at=next_working_moment(uow.now, WEEK_ZONE, working_calendar(uow)),
            details={"week": fact.week},
        )
    ]


def _alert_notice(uow: UnitOfWork, alert_id: str, severity: str, due_at: datetime) -> Notice:
    alert = alert_card(uow, alert_id=AlertId(alert_id)).alert
    officials = people_who_may(uow, action=Action.HANDLE_ALERTS, territory_id=alert.territory_id)
    readers = readers_of(uow, indicator=alert.rule.indicator)
    return Notice(
        kind=Kind.ALERT,
        event=EventKind.ALERTS,
        topic=alert_topic(alert_id),
        people=[one.id for one in officials if readers is None or one.id in readers],
        urgency=Urgency.CRITICAL if severity == Severity.CRITICAL else Urgency.PERSONAL,
        due_at=due_at,
        zone=_zone(uow, alert.territory_id),
        details={"alert_id": alert_id},
    )


def _alert_moment(uow: UnitOfWork, severity: str, territory_id: str) -> datetime:
    if severity == Severity.CRITICAL:
        return uow.now
    return next_working_moment(uow.now, _zone(uow, territory_id), working_calendar(uow))


def _answered(uow: UnitOfWork, fact: OfficialAnswered) -> list[Notice]:
    details = {"conversation_id": fact.conversation_id, "room_id": fact.room_id, "seq": fact.seq}
    # Somebody waits for it, as for a bot's own words.
    return [
        replace(
            _to_citizen(uow, Kind.ANSWER, fact, details),
            urgency=Urgency.REPLY,
            awake=_wrote_just_now(uow, fact.room_id, fact.citizen_id),
        )
    ]


def _resolved(uow: UnitOfWork, fact: ConversationResolved) -> list[Notice]:
    return [_to_citizen(uow, Kind.RESOLVED, fact, {"conversation_id": fact.conversation_id})]


def _effect_attached(uow: UnitOfWork, fact: EffectCardAttached) -> list[Notice]:
    details = {"conversation_id": fact.conversation_id, "room_id": fact.room_id, "seq": fact.seq}
    return [_to_citizen(uow, Kind.EFFECT, fact, details)]


def _commitment_made(uow: UnitOfWork, fact: CommitmentMade) -> list[Notice]:
    return [_of_commitment(uow, fact, Kind.COMMITMENT, _authors(uow, fact))]


def _commitment_due(uow: UnitOfWork, fact: CommitmentDue) -> list[Notice]:
    return [_of_commitment(uow, fact, Kind.COMMITMENT_DUE, {PersonId(fact.person_id)})]


def _commitment_ended(uow: UnitOfWork, fact: CommitmentEnded) -> list[Notice]:
    people = {*_authors(uow, fact), PersonId(fact.person_id)}
    return [_of_commitment(uow, fact, Kind.COMMITMENT_ENDED, people)]


def _authors(uow: UnitOfWork, fact: CommitmentMade | CommitmentEnded) -> set[PersonId]:
    """Those whose proposals would change the indicator, if they may see it at all."""
    if indicator(uow, code=fact.indicator).access_level is not AccessLevel.PUBLIC:
        return set()
    place = TerritoryId(fact.territory_id)
    return {one.citizen_id for one in proposals_about(uow, indicator=fact.indicator, territory_id=place)}


def _brief_due(uow: UnitOfWork, fact: BriefDue) -> list[Notice]:
    notice = Notice(
        kind=Kind.BRIEF,
        event=EventKind.BRIEF,
        topic=f"brief:{fact.territory_id}",
        people=heads_of(uow, territory_id=TerritoryId(fact.territory_id)),
        urgency=Urgency.PERSONAL,
        due_at=uow.now,
        zone=_zone(uow, fact.territory_id),
        details={"territory_id": fact.territory_id, "week": fact.week.isoformat()},
    )
    return [notice]


def _of_commitment(
    uow: UnitOfWork,
    fact: CommitmentMade | CommitmentDue | CommitmentEnded,
    kind: Kind,
    people: set[PersonId],
) -> Notice:
    return Notice(
        kind=kind,
        event=EventKind.OWN,
        topic=commitment_topic(fact.commitment_id),
        people=sorted(people),
        urgency=Urgency.PERSONAL,
        due_at=uow.now,
        zone=_zone(uow, fact.territory_id),
        everywhere=True,
        details={"commitment_id": fact.commitment_id},
    )


def _drawing_settled(uow: UnitOfWork, fact: DrawingSettled) -> list[Notice]:
    hasten(uow, topic=f"drawing:{fact.drawing}", due_at=uow.now)
    return []


def _step_reminded(uow: UnitOfWork, fact: StepReminded) -> list[Notice]:
    notice = Notice(
        kind=Kind.STEP,
        event=EventKind.TERMS,
        topic=step_topic(fact.cycle_id, fact.step),
        people=[PersonId(fact.owner)],
        urgency=Urgency.PERSONAL,
        due_at=next_working_moment(uow.now, _zone(uow, fact.territory_id), working_calendar(uow)),
        details={"cycle_id": fact.cycle_id, "step": fact.step, "occasion": fact.occasion},
    )
    return [notice]


def _to_citizen(
    uow: UnitOfWork,
    kind: Kind,
    fact: OfficialAnswered | ConversationResolved | EffectCardAttached,
    details: dict[str, Any],
) -> Notice:
    return Notice(
        kind=kind,
        event=EventKind.OWN,
        topic=conversation_topic(fact.conversation_id),
        people=[PersonId(fact.citizen_id)],
        urgency=Urgency.PERSONAL,
        due_at=uow.now,
        zone=_zone(uow, fact.territory_id),
        everywhere=True,
        details=details,
    )


def _wrote_just_now(uow: UnitOfWork, room_id: str, citizen_id: str) -> bool:
    """Whoever wrote within the hour is awake, and the conversation goes on at night too."""
    said = last_events(uow, stream=stream_of(RoomId(room_id)), limit=RECENT_EVENTS)
    return any(event.author == citizen_id and uow.now - event.at < STILL_AWAKE for event in said)


def _zone(uow: UnitOfWork, territory_id: str) -> str:
    return territory(uow, territory_id=TerritoryId(territory_id)).time_zone


def _nobody_new(_uow: UnitOfWork, _fact: Fact) -> list[Notice]:
    return []


Route = Callable[[UnitOfWork, Any], list[Notice]]

# Any in Route: the table says which fact each of them takes.
_ROUTES: Mapping[type[Fact], Route] = {
    AlertFired: _alert_fired,
    AlertIllustrated: _alert_illustrated,
    AlertSnoozeEnded: _alert_reminded,
    AlertMuted: _nobody_new,
    AlertRepeated: _alert_repeated,
    AlertWeekEnded: _week_ended,
    AlertUnmuted: _alert_unmuted,
    AlertAcknowledged: _nobody_new,
    AlertSnoozed: _nobody_new,
    AlertNoted: _nobody_new,
    AlertAssigned: _alert_assigned,
    AlertReturned: _alert_returned,
    AssignmentDue: _assignment_due,
    AlertEscalated: _alert_escalated,
    AlertResolved: _nobody_new,
    BriefDue: _brief_due,
    CommitmentMade: _commitment_made,
    CommitmentDue: _commitment_due,
    CommitmentEnded: _commitment_ended,
    EffectCardAttached: _effect_attached,
    DrawingSettled: _drawing_settled,
    RunFollowed: run_followed,
    RunProgressed: _nobody_new,
    RunEnded: run_ended,
    StepReminded: _step_reminded,
    OfficialAnswered: _answered,
    ConversationResolved: _resolved,
}

HANDLED_FACTS: tuple[str, ...] = tuple(fact.__name__ for fact in _ROUTES)
