"""Refusals of indicators."""

from core.shared.errors import Invalid, NotFound
from core.shared.language import N_


class UnknownIndicator(NotFound):
    """No indicator of this code, or the viewer must not learn of it. Field: ``indicator``."""

    code = "unknown_indicator"
    message = N_("There is no indicator “{indicator}” in the catalogue. Check the code.")


class UnknownRelease(NotFound):
    """No release under this id."""

    code = "unknown_release"
    message = N_("There is no such release of data.")


class WrongOkei(Invalid):
    """A code of a unit that the classifier cannot have."""

    code = "wrong_okei"
    message = N_("A code of OKEI has three digits or four: 744 is per cent. Leave it empty if unsure.")


class WrongRedefinition(Invalid):
    """The first period of a new definition is no period of the indicator."""

    code = "wrong_redefinition"
    message = N_("Write the first period of the new definition as the values write it, for example 2019.")


class NoRole(Invalid):
    """Only somebody with a role in an authority can be named."""

    code = "no_role"
    message = N_("Choose somebody who has a role here: only they can be named.")


class KeeperStays(Invalid):
    """Whoever answers for the figures cannot be taken off the list of those who see them."""

    code = "keeper_stays"
    message = N_("Whoever answers for the indicator stays on the list. Name somebody else first.")


class NothingHeld(NotFound):
    """None of the values waits for a decision of this person: unknown, decided already, or not theirs."""

    code = "nothing_held"
    message = N_(
        "There is nothing to decide here: somebody else may have decided meanwhile. Reload the page."
    )


class EmptyRelease(Invalid):
    """A release without a value."""

    code = "empty_release"
    message = N_(
        "No row of the file could be loaded. Correct the rows named in the report and load it again."
    )
