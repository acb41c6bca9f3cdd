"""Refusals of chats."""

from core.shared.errors import NotFound
from core.shared.language import N_


class UnknownChat(NotFound):
    """There is no such chat, or it is somebody else's."""

    code = "unknown_chat"
    message = N_("There is no such chat here. Open the chat anew from the menu.")
