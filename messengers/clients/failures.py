"""How a call to a messenger may end badly, in six words that mean the same for every messenger.

What is for good and what is for now is told apart here once: whoever sends decides by the class alone.
"""


class MessengerFailure(Exception):
    """A call that did not end as wished. ``reason`` is a code for logs, never a text of a person."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Blocked(MessengerFailure):
    """For good: the person has blocked us, never allowed us to write, or has left the messenger."""


class Rejected(MessengerFailure):
    """For good: the messenger does not take this call. A mistake of ours, or a message that is gone."""


class TokenRefused(MessengerFailure):
    """Until the operator mends it: the messenger does not know our token."""


class TooFast(MessengerFailure):
    """For now: calls come faster than the messenger allows. ``wait_s``: seconds to be silent."""

    def __init__(self, reason: str, *, wait_s: float) -> None:
        super().__init__(reason)
        self.wait_s = wait_s


class NotSent(MessengerFailure):
    """For now: the call cannot have had an effect (no connection, or an attachment still in the making)."""


class AnswerLost(MessengerFailure):
    """For now: the call may have had its effect (timeout, broken connection, an error of the server)."""
