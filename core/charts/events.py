"""What pictures of charts tell the others."""

from dataclasses import dataclass

from core.shared.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawingSettled(Fact):
    """A chart that was ordered is a picture now, or cannot be drawn."""

    drawing: str
