"""Refusals of polls."""

from core.shared.errors import DomainError, Invalid, NotFound
from core.shared.language import N_


class UnknownPoll(NotFound):
    """No poll under this id."""

    code = "unknown_poll"
    message = N_("There is no such poll. It may have been removed.")


class PollClosedForVotes(DomainError):
    """Voting is over."""

    code = "poll_closed"
    message = N_("Voting here is over. Your earlier vote, if there was one, is counted.")


class UnknownOption(Invalid):
    """The answer does not belong to this poll."""

    code = "unknown_option"
    message = N_("This answer is not on the list of the poll. Open the poll anew and choose again.")


class TooFewOptions(Invalid):
    """A poll needs a choice. Field: ``least``."""

    code = "too_few_options"
    message = N_("A poll needs at least {least} different answers. Add one more.")


class TooManyOptions(Invalid):
    """More answers than fit on a screen. Field: ``most``."""

    code = "too_many_options"
    message = N_("A poll may have at most {most} answers. Join some of them.")


class WrongTerm(Invalid):
    """The closing time is in the past or too far ahead. Field: ``days``."""

    code = "wrong_term"
    message = N_("The poll must close in the future, within {days} days. Choose another date.")
