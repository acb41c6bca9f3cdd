"""What the direct line tells the others. Words stay in the stream of the room."""

from dataclasses import dataclass

from core.shared.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class CitizenWrote(Fact):
    """A citizen wrote to the authority."""

    conversation_id: str
    territory_id: str
    citizen_id: str
    room_id: str
    seq: int
    opened: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficialAnswered(Fact):
    """An official answered; the citizen is to be told wherever they can be reached."""

    conversation_id: str
    territory_id: str
    citizen_id: str
    official_id: str
    room_id: str
    seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationResolved(Fact):
    """The matter is settled; the next message opens a new conversation."""

    conversation_id: str
    territory_id: str
    citizen_id: str
