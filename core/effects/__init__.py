"""Effect cards: what a proposal would change, by a run of the model, attached to its conversation."""

from core.effects.commands import attach_effect_card
from core.effects.errors import NoEffects, WrongInterval
from core.effects.events import EffectCardAttached
from core.effects.queries import cards_on, effect_cards, proposal_numbered, proposals_about
from core.effects.rules import EffectCard, IndicatorEffect, RunPassport
from core.effects.wording import effect_line, effect_words

__all__ = [
    "EffectCard",
    "EffectCardAttached",
    "IndicatorEffect",
    "NoEffects",
    "RunPassport",
    "WrongInterval",
    "attach_effect_card",
    "cards_on",
    "effect_cards",
    "effect_line",
    "effect_words",
    "proposal_numbered",
    "proposals_about",
]
