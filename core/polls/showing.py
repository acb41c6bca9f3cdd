"""A poll put into a room: the same poll as everywhere, voted in where people talk about it."""

from core.identity import Action, require_right
from core.polls.errors import UnknownPoll
from core.polls.queries import poll
from core.rooms import place_of, stream_of
from core.shared.doors import BY_SOCKET, IN_A_ROOM, Actor, Door, reached
from core.shared.ids import PersonId, PollId, RoomId
from core.store import StreamEvent, UnitOfWork, append
from core.territories import ancestry


@reached(
    Actor.OFFICIAL,
    Door.WEB,
    closed={
        Door.CONSOLE: "it is done in the room where the poll is to appear",
        Door.BOT: IN_A_ROOM,
        Door.API: BY_SOCKET,
    },
)
def show_in_room(
    uow: UnitOfWork, *, person_id: PersonId, room_id: RoomId, poll_id: PollId, client_id: str
) -> StreamEvent:
    """Put a poll of the room's territory, or of one above it, into the room as an event ``poll``.

    The event carries the words, which never change, so that ten thousand readers need not ask for them;
    the votes are followed in the poll's own stream. The same client id is the same event.
    Raises: UnknownRoom, UnknownPoll, Forbidden without the right to run polls here.
    """
    place = place_of(uow, person_id=person_id, room_id=room_id)
    person = require_right(uow, person_id=person_id, action=Action.RUN_POLLS, territory_id=place.territory_id)
    found = poll(uow, poll_id=poll_id)
    if found.territory_id not in ancestry(uow, territory_id=place.territory_id):
        raise UnknownPoll
    body = {
        "poll_id": found.id,
        "question": found.question,
        "options": [{"id": option.id, "text": option.text} for option in found.options],
        "closes_at": found.closes_at.isoformat(),
        "name": person.display_name,
        "side": place.side,
    }
    event = append(
        uow, stream=stream_of(room_id), kind="poll", body=body, author=person_id, client_id=client_id
    )
    if not event.duplicate:
        uow.audit("poll_shown", actor=person_id, subject=f"room:{room_id}", digest=poll_id)
    return event
