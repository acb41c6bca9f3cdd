"""Rooms: live places to talk, each with one gapless order of messages."""

from core.rooms.commands import create_room, mark_read, post_message
from core.rooms.errors import UnknownRoom
from core.rooms.queries import read_up_to, room_for
from core.rooms.rules import MESSAGE_LIMIT, Room, room_of, stream_of

__all__ = [
    "MESSAGE_LIMIT",
    "Room",
    "UnknownRoom",
    "create_room",
    "mark_read",
    "post_message",
    "read_up_to",
    "room_for",
    "room_of",
    "stream_of",
]
