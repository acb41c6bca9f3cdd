"""What an effect card is: what a decision would change, by a model, with intervals."""

from dataclasses import dataclass
from datetime import datetime

from core.effects.errors import NoEffects, WrongInterval
from core.shared.ids import ConversationId, EffectCardId, PersonId, TerritoryId


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorEffect:
    """Change of one indicator by the end of a year: the median and its 80 % interval, in its unit.

    Percentages change in percentage points.
    """

    indicator: str
    year: int
    low: float
    median: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPassport:
    """Which run said so: made again from the same model, data and seed, it says the same.

    `model` is the SHA-256 of the model's file, `vintage` that of the data.
    """

    model: str
    scenario: str
    vintage: int
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectCard:
    """What the proposal of a conversation would change; a model's reckoning, not a decision."""

    id: EffectCardId
    conversation_id: ConversationId
    territory_id: TerritoryId
    title: str
    effects: tuple[IndicatorEffect, ...]
    passport: RunPassport
    attached_by: PersonId
    attached_at: datetime


def require_effects(effects: tuple[IndicatorEffect, ...]) -> None:
    """A card says something, and every median lies in its interval.

    Raises: NoEffects, WrongInterval.
    """
    if not effects:
        raise NoEffects
    for effect in effects:
        # Written so that a value that is no number is refused too.
        if not effect.low <= effect.median <= effect.high:
            raise WrongInterval(indicator=effect.indicator)
