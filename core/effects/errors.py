"""Refusals of effect cards."""

from core.shared.errors import Invalid
from core.shared.language import N_


class NoEffects(Invalid):
    """A card without a single indicator."""

    code = "no_effects"
    message = N_("An effect card needs at least one indicator. Choose what the proposal would change.")


class WrongInterval(Invalid):
    """A median outside its interval, or no number at all. Field: ``indicator``."""

    code = "wrong_interval"
    message = N_("The effect on {indicator} does not lie within its interval. Make the run anew.")
