"""Refusals of what concerns a person as a whole."""

from core.shared.errors import DomainError, RefusalKind
from core.shared.language import N_


class OfficialsStayApart(DomainError):
    """An account with a role is not swallowed by another one: its acts are signed by it."""

    code = "officials_stay_apart"
    kind = RefusalKind.CONFLICT
    message = N_("An official's account cannot be joined to another one. Link the messenger from it instead.")


class OfficialsStay(DomainError):
    """An account with a role is not erased: what it did is signed by it."""

    code = "officials_stay"
    kind = RefusalKind.CONFLICT
    message = N_("An official's account cannot be erased. Ask the administrator to end the role first.")
