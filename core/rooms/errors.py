"""Refusals of rooms."""

from core.shared.errors import NotFound
from core.shared.language import N_


class UnknownRoom(NotFound):
    """There is no such room, or the viewer must not learn that there is."""

    code = "unknown_room"
    message = N_("There is no such room, or it is closed to you.")


class UnknownReply(NotFound):
    """The message that is answered is not in this room."""

    code = "unknown_reply"
    message = N_("The message you answer is not in this room. Reload the page and choose it again.")
