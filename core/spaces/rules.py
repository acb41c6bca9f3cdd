"""What kinds of space there are and whom each one shows itself to."""

from enum import StrEnum


class SpaceKind(StrEnum):
    """Who sees what is inside.

    ``TERRITORY``: everybody. ``CONVERSATION``: its members and those who may answer citizens there.
    """

    TERRITORY = "territory"
    CONVERSATION = "conversation"
