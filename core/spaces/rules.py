"""What kinds of space there are and whom each one shows itself to."""

from dataclasses import dataclass
from enum import StrEnum

from core.shared.ids import SpaceId, TerritoryId


class SpaceKind(StrEnum):
    """Who sees what is inside.

    ``TERRITORY``: everybody. ``CONVERSATION``: its members and those who may answer citizens there.
    ``SECRET``: its members; for anybody else it does not exist, whatever role they hold.
    """

    TERRITORY = "territory"
    CONVERSATION = "conversation"
    SECRET = "secret"  # noqa: S105 - a kind of space, no password


@dataclass(frozen=True, slots=True, kw_only=True)
class Space:
    """A place with its rule of secrecy, in a territory whose roles hold in it."""

    id: SpaceId
    kind: SpaceKind
    territory_id: TerritoryId
