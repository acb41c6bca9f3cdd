"""What the page of a room shows, read from one consistent view."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.identity import Viewer
from core.polls import ballot_of, open_polls, poll, tally
from core.rooms import (
    Place,
    last_poll,
    place_for,
    read_up_to,
    said_before,
    said_since,
    signs_under,
    stream_of,
    unread_in,
)
from core.shared.ids import PollId, RoomId
from core.store import Head, Reading, StreamEvent, events_at, head
from core.territories import Territory, ancestry, territory
from web.public.poll_views import PollView, poll_view
from web.rooms.lines import Said

PAGE = 50
ON_SCREEN = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Which part of what was said is wanted: the newest, what is older than a number, or what follows one."""

    before: int | None = None
    since: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomPage:
    """A room and a part of what was said in it.

    ``newer``: there is more after this part. ``catch_up``: the first unread number, if it lies before it.
    """

    place: Place
    territory: Territory
    said: Said
    head: Head
    older: bool
    newer: bool
    unread: int
    catch_up: int | None = None

    @property
    def position(self) -> int:
        """From where the page goes on live: its last event, or the end if nothing was left out."""
        return self.said.events[-1].seq if self.newer else self.head.seq


def room_page(
    reading: Reading, *, viewer: Viewer, room_id: RoomId, window: Window, limit: int = PAGE
) -> RoomPage:
    """A part of a room. Raises: UnknownRoom."""
    place = place_for(reading, viewer=viewer, room_id=room_id)
    now = head(reading, stream=stream_of(room_id))
    if window.since is not None:
        events = said_since(reading, room_id=room_id, since=window.since, limit=limit)
    else:
        events = said_before(reading, room_id=room_id, before=window.before, limit=limit)
    older = bool(events) and bool(said_before(reading, room_id=room_id, before=events[0].seq, limit=1))
    newer = bool(events) and bool(said_since(reading, room_id=room_id, since=events[-1].seq + 1, limit=1))
    person_id = viewer.person_id
    read_to = 0 if person_id is None else read_up_to(reading, room_id=room_id, person_id=person_id)
    # The line between read and unread stands in this part, or a link leads to where it stands.
    elsewhere = window.since is None and bool(events) and 0 < read_to < events[0].seq
    return RoomPage(
        place=place,
        territory=territory(reading, territory_id=place.territory_id),
        said=_said(
            reading, viewer=viewer, room_id=room_id, events=events, read_to=0 if elsewhere else read_to
        ),
        head=now,
        older=older,
        newer=newer,
        unread=0 if person_id is None else unread_in(reading, room_id=room_id, person_id=person_id),
        catch_up=read_to + 1 if elsewhere else None,
    )


def one_message(reading: Reading, *, viewer: Viewer, room_id: RoomId, seq: int) -> StreamEvent | None:
    """A message that somebody answers or changes, None if there is none. Raises: UnknownRoom."""
    place_for(reading, viewer=viewer, room_id=room_id)
    stream = stream_of(room_id)
    return events_at(reading, places=[(stream, seq)]).get((stream, seq))


def polls_to_show(reading: Reading, *, viewer: Viewer, room_id: RoomId) -> list[tuple[PollId, str]]:
    """Open polls that a moderator may put into the room, by id and question. Raises: UnknownRoom."""
    place = place_for(reading, viewer=viewer, room_id=room_id)
    found = open_polls(reading, territory_ids=ancestry(reading, territory_id=place.territory_id))
    return [(one.id, one.question) for one in found]


def hall_poll(reading: Reading, *, room_id: RoomId) -> PollView | None:
    """The poll that the screen of a hall shows: the one put into the room last, if it stands."""
    event = last_poll(reading, room_id=room_id)
    if event is None or "poll_id" not in event.body:
        return None
    return _poll(reading, PollId(str(event.body["poll_id"])), viewer=None)


def _said(
    reading: Reading, *, viewer: Viewer, room_id: RoomId, events: Sequence[StreamEvent], read_to: int
) -> Said:
    if not events:
        return Said(events=events)
    stream = stream_of(room_id)
    answered = {(stream, int(one.body["reply_to"])) for one in events if "reply_to" in one.body}
    polls = {str(one.body["poll_id"]) for one in events if "poll_id" in one.body}
    return Said(
        events=events,
        answered={seq: one for (_, seq), one in events_at(reading, places=answered).items()},
        signs=signs_under(
            reading,
            room_id=room_id,
            first=events[0].seq,
            last=events[-1].seq,
            viewer_id=viewer.person_id,
        ),
        polls={poll_id: _poll(reading, PollId(poll_id), viewer=viewer) for poll_id in polls},
        read_to=read_to,
    )


def _poll(reading: Reading, poll_id: PollId, *, viewer: Viewer | None) -> PollView:
    found = poll(reading, poll_id=poll_id)
    person_id = None if viewer is None else viewer.person_id
    chosen = None if person_id is None else ballot_of(reading, poll_id=poll_id, person_id=person_id)
    return poll_view(found, tally(reading, poll_id=poll_id), chosen=chosen, now=reading.now)
