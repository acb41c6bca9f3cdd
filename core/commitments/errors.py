"""Refusals of commitments."""

from core.shared.errors import DomainError, Invalid, NotFound, RefusalKind
from core.shared.language import N_


class UnknownCommitment(NotFound):
    """No commitment under this id, or the person may not report on it."""

    code = "unknown_commitment"
    message = N_("There is no such commitment.")


class CommittedAlready(DomainError):
    """What has been promised in public is not rewritten."""

    code = "committed_already"
    kind = RefusalKind.CONFLICT
    message = N_("The measure and its term are published already. They are not changed afterwards.")


class CommitmentOver(DomainError):
    """It has ended; nothing can be reported on it."""

    code = "commitment_over"
    kind = RefusalKind.CONFLICT
    message = N_("This commitment has ended already.")


class TakenByAnother(DomainError):
    """Only whoever has the alert promises a measure. Field: ``name``."""

    code = "taken_by_another"
    kind = RefusalKind.CONFLICT
    message = N_("{name} has taken this alert: the measure and its term are theirs to name.")


class WrongTerm(Invalid):
    """A term that is past or too far ahead. Field: ``days``."""

    code = "wrong_term"
    message = N_("The term must be a day after today and within the next {days} days. Choose another date.")
