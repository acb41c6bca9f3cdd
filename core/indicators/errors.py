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
