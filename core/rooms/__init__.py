"""Rooms: live places to talk, each with one gapless order of messages."""

from core.rooms.changing import delete_message, edit_message
from core.rooms.commands import create_room, mark_read, open_territory_room
from core.rooms.errors import (
    NotYours,
    SlowMode,
    TooLateToChange,
    UnknownMessage,
    UnknownReaction,
    UnknownReply,
    UnknownRoom,
    WrongSlowMode,
)
from core.rooms.events import SignsMoved
from core.rooms.forgetting import forget_in_rooms
from core.rooms.pace import set_slow_mode
from core.rooms.posting import Post, Sender, post_message, post_messages
from core.rooms.queries import (
    last_poll,
    place_for,
    place_of,
    read_up_to,
    room_for,
    rooms_visible,
    said_before,
    said_since,
    signs_under,
    territory_room,
    unread_in,
)
from core.rooms.reacting import put_sign, take_sign_back
from core.rooms.rules import (
    CHANGE_TERM,
    MESSAGE_LIMIT,
    SLOW_MODE_STEPS_S,
    Place,
    Reaction,
    Room,
    Side,
    Signs,
    in_term,
    is_deleted,
    room_of,
    stream_of,
)

__all__ = [
    "CHANGE_TERM",
    "MESSAGE_LIMIT",
    "SLOW_MODE_STEPS_S",
    "NotYours",
    "Place",
    "Post",
    "Reaction",
    "Room",
    "Sender",
    "Side",
    "Signs",
    "SignsMoved",
    "SlowMode",
    "TooLateToChange",
    "UnknownMessage",
    "UnknownReaction",
    "UnknownReply",
    "UnknownRoom",
    "WrongSlowMode",
    "create_room",
    "delete_message",
    "edit_message",
    "forget_in_rooms",
    "in_term",
    "is_deleted",
    "last_poll",
    "mark_read",
    "open_territory_room",
    "place_for",
    "place_of",
    "post_message",
    "post_messages",
    "put_sign",
    "read_up_to",
    "room_for",
    "room_of",
    "rooms_visible",
    "said_before",
    "said_since",
    "set_slow_mode",
    "signs_under",
    "stream_of",
    "take_sign_back",
    "territory_room",
    "unread_in",
]
