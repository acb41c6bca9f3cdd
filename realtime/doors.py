"""Who may follow which stream. One answer for what is not there and for what must not be seen."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from core.chats import UnknownChat, chat
from core.identity import Action, Viewer, may
from core.polls import UnknownPoll, poll
from core.rooms import rooms_visible
from core.shared.ids import ChatId, PollId, RoomId, TerritoryId
from core.store import NOTHING_YET, Head, Reading, heads
from core.territories import ancestry
from realtime.protocol import NoSuchStream

SEQUENCED: Final = ("room", "chat")


@dataclass(frozen=True, slots=True)
class Knock:
    """Somebody wants to follow a stream."""

    viewer: Viewer
    stream: str

    @property
    def kind(self) -> str:
        """Which door it is at."""
        return self.stream.partition(":")[0]

    @property
    def thing_id(self) -> str:
        """What lies behind the door."""
        return self.stream.partition(":")[2]


Door = Callable[[Reading, Collection[Knock]], Collection[Knock]]


def enter(reading: Reading, *, viewer: Viewer, stream: str) -> Head | None:
    """How far the stream has got, None for a stream of states, if the viewer may follow it.

    Raises: NoSuchStream if there is none or the viewer must not learn of it.
    """
    (answer,) = enter_all(reading, knocks=[Knock(viewer, stream)])
    if isinstance(answer, NoSuchStream):
        raise answer
    return answer


def enter_all(reading: Reading, *, knocks: Sequence[Knock]) -> list[Head | NoSuchStream | None]:
    """The answer of ``enter`` to each; a crowd before one public room costs what one person does."""
    let_in: set[Knock] = set()
    for kind in {knock.kind for knock in knocks}:
        let_in.update(DOORS[kind](reading, {knock for knock in knocks if knock.kind == kind}))
    sequenced = {knock.stream for knock in let_in if knock.kind in SEQUENCED}
    stand = heads(reading, streams=list(sequenced)) if sequenced else {}
    return [
        NoSuchStream()
        if knock not in let_in
        else stand.get(knock.stream, NOTHING_YET)
        if knock.kind in SEQUENCED
        else None
        for knock in knocks
    ]


def _rooms(reading: Reading, knocks: Collection[Knock]) -> Collection[Knock]:
    viewers: dict[Viewer, set[RoomId]] = {}
    for knock in knocks:
        viewers.setdefault(knock.viewer, set()).add(RoomId(knock.thing_id))
    visible = rooms_visible(reading, viewers=viewers)
    return [knock for knock in knocks if knock.thing_id in visible[knock.viewer]]


def _one_by_one(may_enter: Callable[[Reading, Viewer, str], bool]) -> Door:
    return lambda reading, knocks: [
        knock for knock in knocks if may_enter(reading, knock.viewer, knock.thing_id)
    ]


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
    "room": _rooms,
    "signs": _rooms,
    "chat": _one_by_one(_chat),
    "poll": _one_by_one(_poll),
    "queue": _one_by_one(_queue),
    "me": _one_by_one(_me),
}
