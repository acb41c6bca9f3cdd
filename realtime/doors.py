"""Who may follow which stream. One answer for what is not there and for what must not be seen."""

from collections.abc import Callable, Mapping
from typing import Final

from core.chats import UnknownChat, chat
from core.identity import Action, Viewer, may
from core.polls import UnknownPoll, poll
from core.rooms import UnknownRoom, room_for
from core.shared.ids import ChatId, PollId, RoomId, TerritoryId
from core.store import Head, Reading, head
from core.territories import ancestry
from realtime.protocol import NoSuchStream

Door = Callable[[Reading, Viewer, str], bool]
SEQUENCED: Final = ("room", "chat")


def enter(reading: Reading, *, viewer: Viewer, stream: str) -> Head | None:
    """How far the stream has got, None for a stream of states, if the viewer may follow it.

    Raises: NoSuchStream if there is none or the viewer must not learn of it.
    """
    kind, _, thing_id = stream.partition(":")
    if not DOORS[kind](reading, viewer, thing_id):
        raise NoSuchStream
    return head(reading, stream=stream) if kind in SEQUENCED else None


def _room(reading: Reading, viewer: Viewer, room_id: str) -> bool:
    try:
        room_for(reading, viewer=viewer, room_id=RoomId(room_id))
    except UnknownRoom:
        return False
    return True


def _chat(reading: Reading, viewer: Viewer, chat_id: str) -> bool:
    """A chat with the bot is nobody's but its person's, officials included."""
    try:
        return chat(reading, chat_id=ChatId(chat_id)).person_id == viewer.person_id
    except UnknownChat:
        return False


def _poll(reading: Reading, _viewer: Viewer, poll_id: str) -> bool:
    """Polls belong to territories, and a territory hides nothing: anybody may watch the tally."""
    try:
        poll(reading, poll_id=PollId(poll_id))
    except UnknownPoll:
        return False
    return True


def _queue(reading: Reading, viewer: Viewer, territory_id: str) -> bool:
    within = ancestry(reading, territory_id=TerritoryId(territory_id))
    return may(viewer, Action.SEE_CONSOLE, within=within)


def _me(_reading: Reading, viewer: Viewer, _thing_id: str) -> bool:
    return viewer.person is not None


DOORS: Final[Mapping[str, Door]] = {
    "room": _room,
    "chat": _chat,
    "poll": _poll,
    "queue": _queue,
    "me": _me,
}
