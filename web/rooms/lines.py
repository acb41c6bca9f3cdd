"""From events of a room to the lines of its page."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from django.utils.translation import gettext

from core.identity import Person
from core.rooms import Place, Reaction, Signs, in_term, is_deleted
from core.store import StreamEvent
from web.public.poll_views import PollView
from web.words import short_date

QUOTED = 120
MINUTE_S = 60
# The icon of each sign; its words are in ``sign_words``.
ICONS: dict[Reaction, str] = {
    Reaction.SUPPORT: "thumbs-up",
    Reaction.AGAINST: "thumbs-down",
    Reaction.THANKS: "heart",
    Reaction.IDEA: "lightbulb",
    Reaction.UNCLEAR: "circle-question-mark",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """One of the signs under a message."""

    reaction: str
    icon: str
    words: str
    count: int = 0
    own: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """The message that is answered. ``text`` is empty when it was deleted."""

    seq: int
    name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Something said in a room. ``kind`` is the event's; ``words`` stand in place of a text."""

    kind: str
    seq: int
    at: datetime
    text: str = ""
    words: str = ""
    own: bool = False
    name: str = ""
    author: str = ""
    side: str = "citizen"
    day: str = ""
    client_id: str = ""
    edited: bool = False
    deleted: bool = False
    quote: Quote | None = None
    signs: tuple[Sign, ...] = ()
    poll: PollView | None = None
    may_edit: bool = False
    may_delete: bool = False
    first_unread: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What the lines are made of, from one consistent view."""

    events: Sequence[StreamEvent]
    answered: Mapping[int, StreamEvent] = field(default_factory=dict)
    signs: Mapping[int, Signs] = field(default_factory=dict)
    polls: Mapping[str, PollView] = field(default_factory=dict)
    read_to: int = 0


def lines_of(said: Said, *, place: Place, person: Person | None, now: datetime) -> list[Line]:
    """The lines, each as it stands now and with what the viewer may do with it."""
    return list(_lines(said, place, person, now))


def sign_words(reaction: Reaction) -> str:
    """What a sign says."""
    return {
        Reaction.SUPPORT: gettext("I support this"),
        Reaction.AGAINST: gettext("I am against"),
        Reaction.THANKS: gettext("Thank you"),
        Reaction.IDEA: gettext("A good thought"),
        Reaction.UNCLEAR: gettext("I do not understand"),
    }[reaction]


def all_signs() -> tuple[Sign, ...]:
    """The signs to choose from."""
    return tuple(Sign(reaction=one, icon=ICONS[one], words=sign_words(one)) for one in Reaction)


def slow_mode_words(pause_s: int) -> str:
    """What everybody is told of the pace."""
    if pause_s == 0:
        return gettext("Slow mode is off: write whenever you like")
    pause = (
        gettext("%(seconds)d s") % {"seconds": pause_s}
        if pause_s < MINUTE_S
        else gettext("%(minutes)d min") % {"minutes": pause_s // MINUTE_S}
    )
    return gettext("Slow mode: one message in %(time)s") % {"time": pause}


def deleted_words(by: str) -> str:
    """What stands in place of a deleted message."""
    return gettext("Deleted by a moderator") if by == "moderator" else gettext("Deleted by the author")


def _lines(said: Said, place: Place, person: Person | None, now: datetime) -> Iterator[Line]:
    day = said_by = ""
    unread_shown = said.read_to == 0
    for event in said.events:
        today = short_date(event.at)
        name = str(event.body.get("name", ""))
        own = person is not None and event.author == person.id
        first_unread = not unread_shown and event.seq > said.read_to and not own
        unread_shown = unread_shown or first_unread
        yield Line(
            kind=event.kind,
            seq=event.seq,
            at=event.at,
            text=str(event.body.get("text", "")),
            words=_words(event),
            own=own,
            name=name,
            # Said once above a run of messages of one person.
            author="" if own or (name == said_by and today == day and not first_unread) else name,
            side=str(event.body.get("side", "citizen")),
            day=today if today != day else "",
            client_id=event.client_id or "",
            edited="edited" in event.body,
            deleted=is_deleted(event.body),
            quote=_quote(event, said.answered),
            signs=_signs(said.signs.get(event.seq)),
            poll=said.polls.get(str(event.body.get("poll_id", ""))),
            first_unread=first_unread,
            **_rights(event, own=own, place=place, now=now),
        )
        day, said_by = today, name if event.kind == "message" else ""


def _words(event: StreamEvent) -> str:
    if is_deleted(event.body):
        return deleted_words(str(event.body["deleted"]))
    return slow_mode_words(int(event.body["slow_mode_s"])) if event.kind == "settings" else ""


def _rights(
    event: StreamEvent, *, own: bool, place: Place, now: datetime
) -> dict[Literal["may_edit", "may_delete"], bool]:
    stands = event.kind in ("message", "poll") and not is_deleted(event.body)
    in_time = own and in_term(event.at, now)
    return {
        "may_edit": stands and in_time and event.kind == "message",
        "may_delete": stands and (in_time or place.may_moderate),
    }


def _quote(event: StreamEvent, answered: Mapping[int, StreamEvent]) -> Quote | None:
    seq = event.body.get("reply_to")
    found = answered.get(int(seq)) if seq is not None else None
    return None if found is None else quote_of(found)


def quote_of(event: StreamEvent) -> Quote:
    """A message as it is quoted above its answer."""
    text = str(event.body.get("text") or event.body.get("question") or "")
    shown = text if len(text) <= QUOTED else f"{text[:QUOTED].rstrip()}…"
    return Quote(seq=event.seq, name=str(event.body.get("name", "")), text=shown)


def _signs(found: Signs | None) -> tuple[Sign, ...]:
    if found is None:
        return ()
    return tuple(
        Sign(
            reaction=one,
            icon=ICONS[one],
            words=sign_words(one),
            count=found.counts[one],
            own=one in found.own,
        )
        for one in Reaction
        if one in found.counts
    )
