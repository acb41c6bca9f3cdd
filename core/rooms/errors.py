"""Refusals of rooms."""

from core.shared.errors import DomainError, Invalid, NotFound, RefusalKind
from core.shared.language import N_


class UnknownRoom(NotFound):
    """There is no such room, or the viewer must not learn that there is."""

    code = "unknown_room"
    message = N_("There is no such room, or it is closed to you.")


class UnknownReply(NotFound):
    """The message that is answered is not in this room."""

    code = "unknown_reply"
    message = N_("The message you answer is not in this room. Reload the page and choose it again.")


class UnknownMessage(NotFound):
    """Nothing was said in this room under this number, or it was deleted."""

    code = "unknown_message"
    message = N_("There is no such message here any more. It may have been deleted.")


class NotYours(DomainError):
    """A message is changed by its author only."""

    code = "not_yours"
    kind = RefusalKind.FORBIDDEN
    message = N_("This message is somebody else's. Only its author can change it.")


class TooLateToChange(DomainError):
    """The term in which an author may change a message is over. Field: ``minutes``."""

    code = "too_late_to_change"
    message = N_(
        "A message can be changed or deleted for {minutes} minutes. "
        "Write a new one; a moderator can delete the old one."
    )


class SlowMode(DomainError):
    """The person has spoken a moment ago. Field: ``wait_s``, seconds still to wait."""

    code = "slow_mode"
    kind = RefusalKind.UNAVAILABLE
    message = N_("The discussion is in slow mode. You can write again in {wait_s} s; your text is kept.")


class UnknownReaction(Invalid):
    """The sign is none of those that there are."""

    code = "unknown_reaction"
    message = N_("There is no such sign. Choose one of those under the message.")


class WrongSlowMode(Invalid):
    """The pause is none of the steps."""

    code = "wrong_slow_mode"
    message = N_("Choose one of the pauses on the list.")
