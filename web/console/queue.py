"""The left pane of the console: what waits, longest first."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from django.utils.translation import gettext

from core.alerts import AlertCard, Severity, alert_headline, open_alerts
from core.contact import ANSWER_WITHIN, ConversationCard, ConversationStatus, count_waiting
from core.contact import queue as conversations_waiting
from core.dashboards import Dashboard, DashboardState, own_dashboards
from core.delivery import Broadcast, BroadcastState, broadcasts_in, count_undecided
from core.files import FILE_SIGNS
from core.indicators import count_held
from core.polls import Poll, Tally, count_open_polls, recent_polls, tally
from core.scenarios import RunState, ScenarioRun, count_runs_under_way, run_state_words, run_title, runs_in
from core.shared.language import Language
from core.store import Part, Reading
from core.territories import Territory, territories
from core.uploads import Upload, UploadState, uploads_of
from web.console.desk import Desk, Tab
from web.paging import Pages, pages_of
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
    """A page with its address and name. ``count``: what waits there."""

    address: str
    title: str
    icon: str = ""
    count: int = 0
    current: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueView:
    """The sections of the console and the left pane with the queue of one of them.

    ``new``: where the tab's next thing is made; ``places``: what else belongs to the tab.
    """

    tab: Tab
    sections: tuple[Place, ...]
    new: Place | None
    places: tuple[Place, ...]
    rows: tuple[Row, ...]
    pages: Pages

    @property
    def address(self) -> str:
        """Where the list stands alone, at the part that is shown: the way back on a phone."""
        return f"/console/{self.tab}{_part(self.pages.first)}"

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
        count = sum(one.count for one in self.sections if not one.current)
        return Place(address="", title=gettext("Other sections"), count=count)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Who looks at the queue: which item is open, when, in which language."""

    current: str
    now: datetime
    language: Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """How much waits in each tab, and a part of the list of one, each line yet to be put in words."""

    tab: Tab
    counts: dict[Tab, int]
    lines: Part[Callable[[Look], Row]]


def waiting_for(reading: Reading, *, desk: Desk, tab: Tab, first: int) -> Waiting:
    """What waits in the tabs of this desk, and a part of the list of one of them."""
    places = desk.places
    waits: dict[Tab, Callable[[], int]] = {
        "conversations": lambda: count_waiting(reading, viewer=desk.viewer),
        "polls": lambda: count_open_polls(reading, territory_ids=places["polls"]),
        "alerts": lambda: sum(
            _untaken(card, reading.now) for card in open_alerts(reading, viewer=desk.viewer)
        ),
        "broadcasts": lambda: count_undecided(reading, territory_ids=places["broadcasts"]),
        "scenarios": lambda: count_runs_under_way(reading, territory_ids=places["scenarios"]),
        "data": lambda: count_held(reading, territory_ids=places["data"]),
        "dashboards": lambda: 0,
    }
    return Waiting(
        tab=tab,
        counts={code: waits[code]() if places[code] else 0 for code in waits},
        lines=_lines(reading, desk, tab, first) if places[tab] else Part.of([]),
    )


def _lines(reading: Reading, desk: Desk, tab: Tab, first: int) -> Part[Callable[[Look], Row]]:
    places, viewer = desk.places[tab], desk.viewer
    match tab:
        case "conversations":
            cards = conversations_waiting(reading, viewer=viewer, first=first)
            return cards.map(lambda card: partial(_conversation_row, card))
        case "polls":
            polls = recent_polls(reading, territory_ids=places, first=first)
            return polls.map(lambda one: partial(_poll_row, one, tally(reading, poll_id=one.id)))
        case "alerts":
            alerts = Part.of(open_alerts(reading, viewer=viewer), first=first)
            return alerts.map(lambda card: partial(_alert_row, card))
        case "broadcasts":
            broadcasts = broadcasts_in(reading, territory_ids=places, first=first)
            return broadcasts.map(lambda one: partial(_broadcast_row, one))
        case "scenarios":
            named = {place.id: place for place in territories(reading)}
            runs = runs_in(reading, territory_ids=places, first=first)
            return runs.map(lambda run: partial(_run_row, run, named[run.territory_id]))
        case "data":
            uploads = uploads_of(reading, person_id=desk.person_id, first=first)
            return uploads.map(lambda one: partial(_upload_row, one))
        case "dashboards":
            dashboards = own_dashboards(reading, viewer=viewer, territory_ids=places)
            return Part.of(dashboards, first=first).map(lambda one: partial(_dashboard_row, one))


def queue_view(waiting: Waiting, *, desk: Desk, path: str, look: Look) -> QueueView:
    """The left pane with one tab open and one row lit. ``path``: of the page that it is a part of."""
    tab, counts, lines = waiting.tab, waiting.counts, waiting.lines
    pages = pages_of(lines, address=f"/console/{tab}")
    rows = [draw(look) for draw in lines.items]
    # Whoever opens one of them still sees this part of the list beside it.
    rows = [replace(row, address=row.address + _part(lines.before)) for row in rows]
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
                    current=code == tab and not beside,
                )
                for code in desk.tabs
            ),
            *of_everywhere,
        ),
        new=_new(tab),
        places=_places(tab, counts["data"], path),
        rows=tuple(rows),
        pages=pages,
    )


def _part(first: int) -> str:
    return f"?from={first}" if first else ""


def _new(tab: Tab) -> Place | None:
    return {
        "polls": Place(address="/console/polls/new", title=gettext("New poll")),
        "broadcasts": Place(address="/console/broadcasts/new", title=gettext("New mailing")),
        "scenarios": Place(address="/console/scenarios/new", title=gettext("New run")),
        "data": Place(address="/console/data/new", title=gettext("Load a file")),
        "dashboards": Place(address="/console/dashboards/new", title=gettext("New dashboard")),
    }.get(tab)


def _places(tab: Tab, held: int, path: str) -> tuple[Place, ...]:
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
            count=held if address == "/console/data/held" else 0,
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


def _conversation_row(card: ConversationCard, look: Look) -> Row:
    conversation = card.conversation
    prefix = gettext("You: ") if card.last_side == "official" else ""
    since = conversation.waiting_since
    return Row(
        id=conversation.id,
        address=f"/console/conversations/{conversation.id}",
        title=card.citizen_name,
        line=prefix + _in_words(card.last_text),
        note=conversation.number,
        fresh=card.unread if _waits(card) and conversation.id != look.current else 0,
        clock=None if since is None else waiting_clock(since, look.now),
        avatar=initials(card.citizen_name),
        done=since is None,
        current=conversation.id == look.current,
    )


def _poll_row(poll: Poll, votes: Tally, look: Look) -> Row:
    return Row(
        id=poll.id,
        address=f"/console/polls/{poll.id}",
        title=poll.question,
        line=voted_words(votes.total, takes_votes=poll.takes_votes),
        icon=ICONS["polls"],
        clock=poll_clock(poll, look.now),
        current=poll.id == look.current,
    )


def _untaken(card: AlertCard, now: datetime) -> bool:
    alert = card.alert
    snoozed = alert.snoozed_until is not None and alert.snoozed_until > now
    return alert.acknowledged_by is None and not snoozed and not card.mutes


def _alert_row(card: AlertCard, look: Look) -> Row:
    alert = card.alert
    critical = alert.rule.severity is Severity.CRITICAL
    return Row(
        id=alert.id,
        address=f"/console/alerts/{alert.id}",
        title=alert_headline(look.language, card).split(" ", 1)[-1],
        line=card.territory.name(look.language),
        note=_alert_standing(card, look.now),
        icon="circle-alert" if critical else "bell-ring",
        mood="bad" if critical else "warn",
        done=not _untaken(card, look.now),
        current=alert.id == look.current,
    )


def _broadcast_row(broadcast: Broadcast, look: Look) -> Row:
    waits = broadcast.state is BroadcastState.WAITING
    return Row(
        id=broadcast.id,
        address=f"/console/broadcasts/{broadcast.id}",
        title=broadcast.title,
        line=state_words(broadcast.state),
        note=short_moment(broadcast.created_at, now=look.now),
        icon=ICONS["broadcasts"],
        mood="warn" if waits else "muted",
        current=broadcast.id == look.current,
    )


def _run_row(run: ScenarioRun, place: Territory, look: Look) -> Row:
    failed = run.state in {RunState.FAILED, RunState.REFUSED}
    return Row(
        id=run.id,
        address=f"/console/scenarios/{run.id}",
        title=run_title(run, place.name(look.language)),
        line=run_state_words(look.language, run),
        note=short_moment(run.asked_at, now=look.now),
        icon=ICONS["scenarios"],
        mood="bad" if failed else "muted" if run.state.is_over else "warn",
        current=run.id == look.current,
    )


def _upload_row(upload: Upload, look: Look) -> Row:
    wrong = upload.state in {UploadState.REFUSED, UploadState.FAILED}
    waits = upload.state.is_under_way or upload.state is UploadState.CHECKED
    return Row(
        id=upload.id,
        address=f"/console/data/uploads/{upload.id}",
        title=upload.file_name,
        line=upload_state_words(upload.state),
        note=short_moment(upload.created_at, now=look.now),
        icon=ICONS["data"],
        mood="bad" if wrong else "warn" if waits else "muted",
        current=upload.id == look.current,
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


def _dashboard_row(dashboard: Dashboard, look: Look) -> Row:
    return Row(
        id=dashboard.id,
        address=f"/console/dashboards/{dashboard.id}",
        title=dashboard.title,
        line=dashboard_state_words(dashboard.state),
        note=short_moment(dashboard.changed_at, now=look.now),
        icon=ICONS["dashboards"],
        done=dashboard.state is DashboardState.ARCHIVED,
        current=dashboard.id == look.current,
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
