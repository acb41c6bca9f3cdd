"""Spaces: who belongs where, and ``visible_to``, the one choke point of secrecy."""

from core.spaces.commands import create_space, join_space
from core.spaces.queries import open_to_talk, territories_where, visible_to
from core.spaces.rules import SpaceKind

__all__ = [
    "SpaceKind",
    "create_space",
    "join_space",
    "open_to_talk",
    "territories_where",
    "visible_to",
]
