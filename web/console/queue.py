"""The left pane of the console: what waits, longest first."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.utils.translation import gettext

from core.alerts import AlertCard, Severity, alert_headline, open_alerts
from core.contact import ANSWER_WITHIN, QUEUE_SHOWN, ConversationCard, ConversationStatus
from core.contact import queue as conversations_waiting
from core.dashboards import Dashboard, DashboardState, own_dashboards
from core.delivery import Broadcast, BroadcastState, broadcasts_in
from core.files import FILE_SIGNS
from core.indicators import count_held
from core.polls import Poll, Tally, recent_polls, tally
from core.scenarios import RunState, ScenarioRun, run_state_words, run_title, runs_in
from core.shared.ids import TerritoryId
from core.shared.language import Language
from core.store import Reading
from core.territories import Territory, territories
from core.uploads import Upload, UploadState, uploads_of
from web.console.desk import Desk, Tab
from web.public.poll_views import poll_clock
from web.view_models import Countdown, Mood, voted_words
from web.words import short_moment, time_left

# Of the norm of a day: when a sign of haste is due.
HURRY_AFTER = timedelta(hours=4)
ICONS: dict[Tab, str] = {
    "conversations": "message-circle",
    "polls": "vote",
    "alerts": "bell-ring",
    "broadcasts": "send-horizontal",
    "scenarios": "chart-line",
    "data": "table",
    "dashboards": "layout-grid",
}
# So many names of sections fit beside one another at 390 px.
FEW_SECTIONS = 3


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
class Place:
    """A page with its address and name. ``count``: what waits there; ``more``: at least so many."""

    address: str
    title: str
    icon: str = ""
    count: int = 0
    more: bool = False
    current: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueView:
    """The sections of the console and the left pane with the queue of one of them.

    ``new``: where the tab's next thing is made; ``places``: what else belongs to the tab; ``cut``: only the
    first are in the rows.
    """

    tab: Tab
    sections: tuple[Place, ...]
    new: Place | None
    places: tuple[Place, ...]
    rows: tuple[Row, ...]
    cut: bool

    @property
    def few(self) -> bool:
        """Whether the sections stand beside one another even on a phone."""
        return len(self.sections) <= FEW_SECTIONS

    @property
    def here(self) -> Place | None:
        """The section that is open."""
        return next((one for one in self.sections if one.current), None)

    @property
    def elsewhere(self) -> Place:
        """The other sections together: what waits in them."""
        others = [one for one in self.sections if not one.current]
        count, more = sum(one.count for one in others), any(one.more for one in others)
        return Place(address="", title=gettext("Other sections"), count=count, more=more)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What waits, by kind, from one consistent view."""

    conversations: list[ConversationCard]
    polls: list[tuple[Poll, Tally]]
    alerts: list[AlertCard]
    broadcasts: list[Broadcast]
    runs: list[tuple[ScenarioRun, Territory]]
    dashboards: list[Dashboard]
    uploads: list[Upload]
    held: int


def waiting_for(reading: Reading, *, desk: Desk) -> Waiting:
    """Everything that the tabs of this desk show."""
    places = desk.places
    polls = recent_polls(reading, territory_ids=places["polls"]) if places["polls"] else []
    return Waiting(
        conversations=conversations_waiting(reading, viewer=desk.viewer) if places["conversations"] else [],
        polls=[(poll, tally(reading, poll_id=poll.id)) for poll in polls],
        alerts=open_alerts(reading, viewer=desk.viewer) if places["alerts"] else [],
        broadcasts=broadcasts_in(reading, territory_ids=places["broadcasts"]) if places["broadcasts"] else [],
        runs=_runs(reading, places["scenarios"]) if places["scenarios"] else [],
        dashboards=_dashboards(reading, desk),
        uploads=uploads_of(reading, person_id=desk.person_id) if places["data"] else [],
        held=count_held(reading, territory_ids=places["data"]) if places["data"] else 0,
    )


def _dashboards(reading: Reading, desk: Desk) -> list[Dashboard]:
    places = desk.places["dashboards"]
    return own_dashboards(reading, viewer=desk.viewer, territory_ids=places) if places else []


def _runs(reading: Reading, places: Sequence[TerritoryId]) -> list[tuple[ScenarioRun, Territory]]:
    named = {place.id: place for place in territories(reading)}
    return [(run, named[run.territory_id]) for run in runs_in(reading, territory_ids=places)]


def queue_view(
    waiting: Waiting, *, desk: Desk, tab: Tab, path: str, current: str, now: datetime, language: Language
) -> QueueView:
    """The left pane with one tab open and one row lit. ``path``: of the page that it is a part of."""
    counts: dict[Tab, int] = {
        "conversations": sum(_waits(card) for card in waiting.conversations),
        "polls": sum(poll.takes_votes for poll, _ in waiting.polls),
        "alerts": sum(_untaken(card, now) for card in waiting.alerts),
        "broadcasts": sum(one.state is BroadcastState.WAITING for one in waiting.broadcasts),
        "scenarios": sum(not run.state.is_over for run, _ in waiting.runs),
        "data": waiting.held,
        "dashboards": 0,
    }
    rows: dict[Tab, Sequence[Row]] = {
        "conversations": [_conversation_row(card, current, now) for card in waiting.conversations],
        "polls": [_poll_row(poll, votes, current, now) for poll, votes in waiting.polls],
        "alerts": [_alert_row(card, current, now, language) for card in waiting.alerts],
        "broadcasts": [_broadcast_row(one, current, now) for one in waiting.broadcasts],
        "scenarios": [_run_row(run, place, current, now, language) for run, place in waiting.runs],
        "data": [_upload_row(one, current, now) for one in waiting.uploads],
        "dashboards": [_dashboard_row(one, current, now) for one in waiting.dashboards],
    }
    all_wait = counts["conversations"] >= QUEUE_SHOWN
    of_everywhere = _places_of_everywhere(desk, path)
    beside = any(place.current for place in of_everywhere)
    return QueueView(
        tab=tab,
        sections=(
            *(
                Place(
                    address=f"/console/{code}",
                    title=_title(code),
                    icon=ICONS[code],
                    count=counts[code],
                    more=code == "conversations" and all_wait,
                    current=code == tab and not beside,
                )
                for code in desk.tabs
            ),
            *of_everywhere,
        ),
        new=_new(tab),
        places=_places(tab, waiting, path),
        rows=tuple(rows[tab]),
        cut=tab == "conversations" and len(waiting.conversations) >= QUEUE_SHOWN,
    )


def _new(tab: Tab) -> Place | None:
    return {
        "polls": Place(address="/console/polls/new", title=gettext("New poll")),
        "broadcasts": Place(address="/console/broadcasts/new", title=gettext("New mailing")),
        "scenarios": Place(address="/console/scenarios/new", title=gettext("New run")),
        "data": Place(address="/console/data/new", title=gettext("Load a file")),
        "dashboards": Place(address="/console/dashboards/new", title=gettext("New dashboard")),
    }.get(tab)


def _places(tab: Tab, waiting: Waiting, path: str) -> tuple[Place, ...]:
    """What whoever has this tab may open."""
    found: dict[Tab, tuple[tuple[str, str], ...]] = {
        "alerts": (
            ("/console/alerts/journal", gettext("Journal")),
            ("/console/silences", gettext("Silenced alerts")),
            ("/console/duty", gettext("On duty")),
        ),
        "scenarios": (("/console/scenarios/models", gettext("Models")),),
        "data": (
            ("/console/data/held", gettext("To decide")),
            ("/console/cycle", gettext("Cycle")),
            ("/console/data/passports", gettext("Passports")),
            ("/console/alert-rules", gettext("Rules")),
        ),
    }
    return tuple(
        Place(
            address=address,
            title=title,
            count=waiting.held if address == "/console/data/held" else 0,
            current=_within(path, address),
        )
        for address, title in found.get(tab, ())
    )


def _places_of_everywhere(desk: Desk, path: str) -> tuple[Place, ...]:
    """What belongs to the person and to no tab."""
    found: list[Place] = []
    if desk.reads_brief:
        found.append(Place(address="/console/brief", title=gettext("The week"), icon="calendar"))
    if desk.gives_roles:
        found.append(Place(address="/console/people", title=gettext("People"), icon="users"))
    if desk.preparations is not None:
        left = desk.preparations.left
        found.append(Place(address="/console/setup", title=gettext("Set-up"), icon="check-check", count=left))
    return tuple(replace(place, current=_within(path, place.address)) for place in found)


def _within(path: str, address: str) -> bool:
    return path == address or path.startswith(f"{address}/")


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
        "scenarios": gettext("Scenarios"),
        "data": gettext("Data"),
        "dashboards": gettext("Dashboards"),
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
        line=prefix + _in_words(card.last_text),
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
        icon=ICONS["polls"],
        clock=poll_clock(poll, now),
        current=poll.id == current,
    )


def _untaken(card: AlertCard, now: datetime) -> bool:
    alert = card.alert
    snoozed = alert.snoozed_until is not None and alert.snoozed_until > now
    return alert.acknowledged_by is None and not snoozed and not card.mutes


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
        icon=ICONS["broadcasts"],
        mood="warn" if waits else "muted",
        current=broadcast.id == current,
    )


def _run_row(run: ScenarioRun, place: Territory, current: str, now: datetime, language: Language) -> Row:
    failed = run.state in {RunState.FAILED, RunState.REFUSED}
    return Row(
        id=run.id,
        address=f"/console/scenarios/{run.id}",
        title=run_title(run, place.name(language)),
        line=run_state_words(language, run),
        note=short_moment(run.asked_at, now=now),
        icon=ICONS["scenarios"],
        mood="bad" if failed else "muted" if run.state.is_over else "warn",
        current=run.id == current,
    )


def _upload_row(upload: Upload, current: str, now: datetime) -> Row:
    wrong = upload.state in {UploadState.REFUSED, UploadState.FAILED}
    waits = upload.state.is_under_way or upload.state is UploadState.CHECKED
    return Row(
        id=upload.id,
        address=f"/console/data/uploads/{upload.id}",
        title=upload.file_name,
        line=upload_state_words(upload.state),
        note=short_moment(upload.created_at, now=now),
        icon=ICONS["data"],
        mood="bad" if wrong else "warn" if waits else "muted",
        current=upload.id == current,
    )


def upload_state_words(state: UploadState) -> str:
    """Where an upload stands, in words."""
    return {
        UploadState.CHECKING: gettext("is being checked"),
        UploadState.CHECKED: gettext("is checked, not loaded yet"),
        UploadState.LOADING: gettext("is being loaded"),
        UploadState.LOADED: gettext("is loaded"),
        UploadState.REFUSED: gettext("could not be read"),
        UploadState.CANCELLED: gettext("was cancelled"),
        UploadState.FAILED: gettext("has failed"),
    }[state]


def _dashboard_row(dashboard: Dashboard, current: str, now: datetime) -> Row:
    return Row(
        id=dashboard.id,
        address=f"/console/dashboards/{dashboard.id}",
        title=dashboard.title,
        line=dashboard_state_words(dashboard.state),
        note=short_moment(dashboard.changed_at, now=now),
        icon=ICONS["dashboards"],
        done=dashboard.state is DashboardState.ARCHIVED,
        current=dashboard.id == current,
    )


def dashboard_state_words(state: DashboardState) -> str:
    """Where a dashboard stands."""
    return {
        DashboardState.DRAFT: gettext("a draft"),
        DashboardState.PUBLISHED: gettext("is shown"),
        DashboardState.ARCHIVED: gettext("is put away"),
    }[state]


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
    if card.assigned_to_name is not None and card.acknowledged_by_name is None:
        return gettext("assigned: %(name)s") % {"name": card.assigned_to_name}
    if card.acknowledged_by_name is not None:
        return gettext("taken: %(name)s") % {"name": card.acknowledged_by_name}
    if alert.snoozed_until is not None and alert.snoozed_until > now:
        return gettext("put off: %(moment)s") % {"moment": short_moment(alert.snoozed_until, now=now)}
    if card.mutes:
        return gettext("quiet, since %(moment)s") % {"moment": short_moment(alert.fired_at, now=now)}
    return gettext("since %(moment)s") % {"moment": short_moment(alert.fired_at, now=now)}


def _in_words(text: str) -> str:
    """A file without words is named: a line of text has no room for a sign of a messenger."""
    photo, document = FILE_SIGNS
    return {photo: gettext("Photo"), document: gettext("Document")}.get(text, text)
