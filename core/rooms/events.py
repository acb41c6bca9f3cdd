"""What rooms tell the others besides the events of their streams."""

from dataclasses import dataclass

from core.shared.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class SignsMoved(Fact):
    """Somebody put a sign under a message or took it back; no fact names whose it was."""

    signs_of_room_id: str
    seq: int
