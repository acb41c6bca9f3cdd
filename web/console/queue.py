"""The left pane of the console: what waits, longest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext

from core.alerts import AlertCard, Severity, alert_headline, open_alerts
from core.contact import ConversationCard, ConversationStatus
from core.contact import queue as conversations_waiting
from core.delivery import Broadcast, BroadcastState, broadcasts_in
from core.polls import Poll, Tally, recent_polls, tally
from core.shared.language import Language
from core.store import Reading
from web.console.desk import Desk, Tab
from web.public.poll_views import poll_clock
from web.view_models import Countdown, Mood, voted_words
from web.words import short_moment, time_left

# Our own norm until services carry theirs: a first answer within a day, a sign of haste after four hours.
ANSWER_WITHIN = timedelta(hours=24)
HURRY_AFTER = timedelta(hours=4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of the queue. ``fresh`` counts what the viewer has not read."""

    id: str
    address: str
    title: str
    line: str
    note: str = ""
    fresh: int = 0
    clock: Countdown | None = None
    avatar: str = ""
    icon: str = ""
    mood: Mood = "muted"
    done: bool = False
    current: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TabView:
    """A tab with the number of things that wait in it."""

    code: Tab
    title: str
    count: int
    current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueView:
    """The left pane."""

    tab: Tab
    tabs: tuple[TabView, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What waits, by kind, from one consistent view."""

    conversations: list[ConversationCard]
    polls: list[tuple[Poll, Tally]]
    alerts: list[AlertCard]
    broadcasts: list[Broadcast]


def waiting_for(reading: Reading, *, desk: Desk) -> Waiting:
    """Everything that the tabs of this desk show."""
    places = desk.places
    polls = recent_polls(reading, territory_ids=places["polls"]) if places["polls"] else []
    return Waiting(
        conversations=conversations_waiting(reading, viewer=desk.viewer) if places["conversations"] else [],
        polls=[(poll, tally(reading, poll_id=poll.id)) for poll in polls],
        alerts=open_alerts(reading, viewer=desk.viewer) if places["alerts"] else [],
        broadcasts=broadcasts_in(reading, territory_ids=places["broadcasts"]) if places["broadcasts"] else [],
    )


def queue_view(
    waiting: Waiting, *, desk: Desk, tab: Tab, current: str, now: datetime, language: Language
) -> QueueView:
    """The left pane with one tab open and one row lit."""
    counts: dict[Tab, int] = {
        "conversations": sum(_waits(card) for card in waiting.conversations),
        "polls": sum(poll.takes_votes for poll, _ in waiting.polls),
        "alerts": sum(_untaken(card, now) for card in waiting.alerts),
        "broadcasts": sum(one.state is BroadcastState.WAITING for one in waiting.broadcasts),
    }
    rows: dict[Tab, Sequence[Row]] = {
        "conversations": [_conversation_row(card, current, now) for card in waiting.conversations],
        "polls": [_poll_row(poll, votes, current, now) for poll, votes in waiting.polls],
        "alerts": [_alert_row(card, current, now, language) for card in waiting.alerts],
        "broadcasts": [_broadcast_row(one, current, now) for one in waiting.broadcasts],
    }
    return QueueView(
        tab=tab,
        tabs=tuple(
            TabView(code=code, title=_title(code), count=counts[code], current=code == tab)
            for code in desk.tabs
        ),
        rows=tuple(rows[tab]),
    )


def initials(name: str) -> str:
    """Up to two first letters of a name.

    >>> initials("Анна Петрова"), initials("Гость")
    ('АП', 'Г')
    """
    return "".join(word[0] for word in name.split()[:2]).upper()


def waiting_clock(since: datetime, now: datetime) -> Countdown:
    """How long somebody has waited, and how much of the norm is left."""
    waited = now - since
    left = max(ANSWER_WITHIN - waited, timedelta(0)) / ANSWER_WITHIN
    words = gettext("waits %(time)s") % {"time": time_left(waited)}
    if waited > ANSWER_WITHIN:
        return Countdown(words=words, mood="over", percent_left=0)
    return Countdown(
        words=words, mood="soon" if waited > HURRY_AFTER else "calm", percent_left=round(left * 100)
    )


def _title(tab: Tab) -> str:
    return {
        "conversations": gettext("Citizens"),
        "polls": gettext("Polls"),
        "alerts": gettext("Alerts"),
        "broadcasts": gettext("Mailings"),
    }[tab]


def _waits(card: ConversationCard) -> bool:
    return card.conversation.status is ConversationStatus.WAITING


def _conversation_row(card: ConversationCard, current: str, now: datetime) -> Row:
    conversation = card.conversation
    prefix = gettext("You: ") if card.last_side == "official" else ""
    since = conversation.waiting_since
    return Row(
        id=conversation.id,
        address=f"/console/conversations/{conversation.id}",
        title=card.citizen_name,
        line=prefix + card.last_text,
        note=conversation.number,
        fresh=card.unread if _waits(card) and conversation.id != current else 0,
        clock=None if since is None else waiting_clock(since, now),
        avatar=initials(card.citizen_name),
        done=since is None,
        current=conversation.id == current,
    )


def _poll_row(poll: Poll, votes: Tally, current: str, now: datetime) -> Row:
    return Row(
        id=poll.id,
        address=f"/console/polls/{poll.id}",
        title=poll.question,
        line=voted_words(votes.total, takes_votes=poll.takes_votes),
        icon="vote",
        clock=poll_clock(poll, now),
        current=poll.id == current,
    )


def _untaken(card: AlertCard, now: datetime) -> bool:
    alert = card.alert
    snoozed = alert.snoozed_until is not None and alert.snoozed_until > now
    return alert.acknowledged_by is None and not snoozed


def _alert_row(card: AlertCard, current: str, now: datetime, language: Language) -> Row:
    alert = card.alert
    critical = alert.rule.severity is Severity.CRITICAL
    return Row(
        id=alert.id,
        address=f"/console/alerts/{alert.id}",
        title=alert_headline(language, card).split(" ", 1)[-1],
        line=card.territory.name(language),
        note=_alert_standing(card, now),
        icon="circle-alert" if critical else "bell-ring",
        mood="bad" if critical else "warn",
        done=not _untaken(card, now),
        current=alert.id == current,
    )


def _broadcast_row(broadcast: Broadcast, current: str, now: datetime) -> Row:
    waits = broadcast.state is BroadcastState.WAITING
    return Row(
        id=broadcast.id,
        address=f"/console/broadcasts/{broadcast.id}",
        title=broadcast.title,
        line=state_words(broadcast.state),
        note=short_moment(broadcast.created_at, now=now),
        icon="send-horizontal",
        mood="warn" if waits else "muted",
        current=broadcast.id == current,
    )


def state_words(state: BroadcastState) -> str:
    """Where a broadcast stands, in words."""
    return {
        BroadcastState.WAITING: gettext("waits for a second person"),
        BroadcastState.SENDING: gettext("is being sent"),
        BroadcastState.DONE: gettext("has been sent"),
        BroadcastState.STOPPED: gettext("was stopped"),
        BroadcastState.REJECTED: gettext("was not let out"),
    }[state]


def _alert_standing(card: AlertCard, now: datetime) -> str:
    alert = card.alert
    if card.acknowledged_by_name is not None:
        return gettext("taken: %(name)s") % {"name": card.acknowledged_by_name}
    if alert.snoozed_until is not None and alert.snoozed_until > now:
        return gettext("put off: %(moment)s") % {"moment": short_moment(alert.snoozed_until, now=now)}
    return gettext("since %(moment)s") % {"moment": short_moment(alert.fired_at, now=now)}
