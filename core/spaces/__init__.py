"""Spaces: who belongs where, and ``visible_to``, the one choke point of secrecy."""

from core.spaces.commands import create_space, inherit_memberships, join_space
from core.spaces.queries import open_to_talk, space_of, territories_where, visible_to
from core.spaces.rules import Space, SpaceKind

__all__ = [
    "Space",
    "SpaceKind",
    "create_space",
    "inherit_memberships",
    "join_space",
    "open_to_talk",
    "space_of",
    "territories_where",
    "visible_to",
]
