"""Refusals of rooms."""

from core.shared.errors import NotFound
from core.shared.language import N_


class UnknownRoom(NotFound):
    """There is no such room, or the viewer must not learn that there is."""

    code = "unknown_room"
    message = N_("There is no such room, or it is closed to you.")
