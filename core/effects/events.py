"""What effect cards tell the others."""

from dataclasses import dataclass

from core.shared.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectCardAttached(Fact):
    """A proposal got its effect card; its words stand in the room of the conversation, under `seq`."""

    card_id: str
    conversation_id: str
    territory_id: str
    citizen_id: str
    room_id: str
    seq: int
