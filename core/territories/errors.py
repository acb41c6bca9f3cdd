"""Refusals of territories."""

from core.shared.errors import Invalid, NotFound
from core.shared.language import N_


class UnknownTerritory(NotFound):
    """No territory under this name, address or code. Field: ``name``."""

    code = "unknown_territory"
    message = N_("There is no territory “{name}” here. Check the name or the ОКТМО code.")


class WrongOktmo(Invalid):
    """The code is not an ОКТМО. Field: ``oktmo``."""

    code = "wrong_oktmo"
    message = N_("“{oktmo}” is not an ОКТМО code: it has 8 digits, or 11 for a settlement.")
