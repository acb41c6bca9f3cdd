"""Refusals of cycles."""

from core.shared.errors import Invalid, NotFound, RefusalKind
from core.shared.language import N_


class UnknownCycle(NotFound):
    """No such cycle, or it is none of the person's."""

    code = "unknown_cycle"
    message = N_("There is no such cycle of data.")


class WrongPeriod(Invalid):
    """A period that is neither a year nor a quarter, or has not ended."""

    code = "wrong_period"
    message = N_("A cycle is about a year or a quarter that has ended: 2026 or 2026-Q3.")


class CycleBegun(Invalid):
    """The period of the territory has a cycle already."""

    code = "cycle_begun"
    kind = RefusalKind.CONFLICT
    message = N_("There is a cycle for this period already.")


class StepByFacts(Invalid):
    """A step that only the figures can do."""

    code = "step_by_facts"
    message = N_("This step is done when the figures are there; nobody can say so instead.")
