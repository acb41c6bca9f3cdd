"""Rooms: live places to talk, each with one gapless order of messages."""

from core.rooms.commands import create_room, mark_read
from core.rooms.errors import UnknownReply, UnknownRoom
from core.rooms.posting import Post, Sender, post_message, post_messages
from core.rooms.queries import read_up_to, room_for
from core.rooms.rules import MESSAGE_LIMIT, Room, room_of, stream_of

__all__ = [
    "MESSAGE_LIMIT",
    "Post",
    "Room",
    "Sender",
    "UnknownReply",
    "UnknownRoom",
    "create_room",
    "mark_read",
    "post_message",
    "post_messages",
    "read_up_to",
    "room_for",
    "room_of",
    "stream_of",
]
