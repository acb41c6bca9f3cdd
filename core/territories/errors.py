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


class WrongTerritory(Invalid):
    """A line of the file cannot be read. Field: ``line``."""

    code = "wrong_territory"
    message = N_(
        "Line {line} is not a territory: "
        "municipality;50701000;berdsk;Бердск;Berdsk;50000000;Asia/Novosibirsk "
        "(country, region, municipality or settlement; ОКТМО; address in small Latin letters; two names; "
        "ОКТМО of what stands above it, or nothing; time zone, or nothing for Moscow)."
    )


class TakenSlug(Invalid):
    """Another territory has this address. Field: ``name``."""

    code = "taken_slug"
    message = N_("Another territory has the address “{name}”. Choose another one.")
