"""Refusals of the direct line."""

from core.shared.errors import DomainError, NotFound
from core.shared.language import N_


class UnknownConversation(NotFound):
    """No such conversation, or it is somebody else's."""

    code = "unknown_conversation"
    message = N_("There is no such conversation, or it is closed to you.")


class AlreadyResolved(DomainError):
    """The conversation is over. Field: ``number``."""

    code = "already_resolved"
    message = N_("Conversation {number} is closed. A new message opens a new one.")
