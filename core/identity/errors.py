"""Refusals of identity."""

from core.shared.errors import DomainError, NotFound, RefusalKind
from core.shared.language import N_


class UnknownPerson(NotFound):
    """No person under this id."""

    code = "unknown_person"
    message = N_("There is no such person here.")


class LinkExpired(DomainError):
    """A one-time link or code is unknown, used or older than its term. It is not said which."""

    code = "link_expired"
    message = N_("This link or code no longer works: it is good once and for ten minutes. Ask for a new one.")


class IdentityTaken(DomainError):
    """The messenger belongs to another person who already takes part."""

    code = "identity_taken"
    kind = RefusalKind.CONFLICT
    message = N_("This messenger already belongs to another account. Unlink it there first.")


class ConsentNeeded(DomainError):
    """The action keeps personal data, for which the person has not given consent."""

    code = "consent_needed"
    kind = RefusalKind.FORBIDDEN
    message = N_("For this we need your consent to keep your data. Read it and decide; reading stays open.")


class SignInNeeded(DomainError):
    """The action needs a known person."""

    code = "sign_in_needed"
    kind = RefusalKind.FORBIDDEN
    message = N_("Sign in first: open the chat and press “Start”, or use a one-time link.")


class LastWayIn(DomainError):
    """Nothing else would lead to the person."""

    code = "last_way_in"
    kind = RefusalKind.CONFLICT
    message = N_("This is your only way in. Link another messenger first.")
