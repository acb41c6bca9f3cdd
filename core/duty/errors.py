"""Refusals of duty."""

from core.shared.errors import Invalid, NotFound
from core.shared.language import N_


class WrongChain(Invalid):
    """A chain out of bounds. Fields: ``steps``, ``repeats``, ``minutes``."""

    code = "wrong_chain"
    message = N_(
        "A chain has at most {steps} steps and {repeats} repeats; a step waits at most {minutes} minutes."
    )


class NotOnDuty(Invalid):
    """Whoever is to be called does not handle alerts there. Field: ``name``."""

    code = "not_on_duty"
    message = N_("{name} does not handle alerts here and could not act. Choose somebody else.")


class WrongDeputyTerm(Invalid):
    """A term of standing in that makes no sense."""

    code = "wrong_deputy_term"
    message = N_("The last day must not lie before the first or in the past, nor more than a year ahead.")


class UnknownDeputy(NotFound):
    """Nobody stands in under this id, or it is not for this person to end."""

    code = "unknown_deputy"
    message = N_("There is no such standing in any more.")


class WrongCalendar(Invalid):
    """A line of the file cannot be read. Field: ``line``."""

    code = "wrong_calendar"
    message = N_("Line {line} of the calendar is not a day and yes or no: 2027-12-31;no.")
