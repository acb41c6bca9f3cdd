"""Slow mode: the pause between two messages of one citizen that a moderator sets for a room."""

import math
from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import select, update

from core.rooms.errors import SlowMode, WrongSlowMode
from core.rooms.model import RoomRow, TurnRow
from core.rooms.queries import place_of
from core.rooms.rules import SLOW_MODE_STEPS_S, stream_of
from core.shared.doors import BY_SOCKET, IN_A_ROOM, Actor, Door, reached
from core.shared.errors import Forbidden
from core.shared.ids import PersonId, RoomId
from core.store import Reading, UnitOfWork, append, sent_before


@reached(
    Actor.OFFICIAL,
    Door.WEB,
    closed={
        Door.CONSOLE: "it is set in the room that is to slow down",
        Door.BOT: IN_A_ROOM,
        Door.API: BY_SOCKET,
    },
)
def set_slow_mode(uow: UnitOfWork, *, person_id: PersonId, room_id: RoomId, pause_s: int) -> None:
    """Let citizens speak once in ``pause_s`` seconds; 0 lets everybody speak at any time.

    Told to the room as an event ``settings``. Raises: UnknownRoom, Forbidden, WrongSlowMode.
    """
    place = place_of(uow, person_id=person_id, room_id=room_id)
    if not place.may_moderate:
        raise Forbidden
    if pause_s not in SLOW_MODE_STEPS_S:
        raise WrongSlowMode
    changed = update(RoomRow).where(RoomRow.id == room_id, RoomRow.slow_mode_s != pause_s)
    if not uow.changed(changed.values(slow_mode_s=pause_s)):
        return
    append(uow, stream=stream_of(room_id), kind="settings", body={"slow_mode_s": pause_s}, author=person_id)
    uow.audit("slow_mode_set", actor=person_id, subject=f"room:{room_id}", digest=str(pause_s))


def pauses_in(reading: Reading, *, room_ids: Collection[RoomId]) -> dict[RoomId, int]:
    """The pause in seconds of those of the rooms that are in slow mode."""
    rows = reading.session.execute(
        select(RoomRow.id, RoomRow.slow_mode_s).where(RoomRow.id.in_(room_ids), RoomRow.slow_mode_s > 0)
    ).tuples()
    return {RoomId(room_id): pause_s for room_id, pause_s in rows}


def take_turn(uow: UnitOfWork, *, room_id: RoomId, person_id: PersonId, pause_s: int, client_id: str) -> None:
    """Note that the person speaks now. A message that is only sent again needs no turn. Raises: SlowMode.

    The row decides, not a reading of the last message: two doors may bring two messages at once.
    """
    pause = timedelta(seconds=pause_s)
    row = (TurnRow.room_id == room_id, TurnRow.person_id == person_id)
    values = {"room_id": room_id, "person_id": person_id, "spoke_at": uow.now}
    if uow.insert_new(TurnRow, values, conflict=("room_id", "person_id")):
        return
    turn = update(TurnRow).where(*row, TurnRow.spoke_at <= uow.now - pause).values(spoke_at=uow.now)
    if uow.changed(turn):
        return
    if sent_before(uow, stream=stream_of(room_id), author=person_id, client_id=client_id) is None:
        spoke_at = uow.session.execute(select(TurnRow.spoke_at).where(*row)).scalar_one()
        raise SlowMode(wait_s=max(1, math.ceil((spoke_at + pause - uow.now).total_seconds())))
