"""Spaces: who belongs where, and ``visible_to``, the one choke point of secrecy."""

from core.spaces.commands import create_space, join_space
from core.spaces.queries import territories_where, visible_to
from core.spaces.rules import SpaceKind

__all__ = ["SpaceKind", "create_space", "join_space", "territories_where", "visible_to"]
