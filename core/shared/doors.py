"""Through which doors a command is reached, said at the command itself. Nothing happens at run time.

``docs/parity.md`` is drawn from these; a test finds a declared door without code, code without a
declaration, and a hole that nobody gave a reason for.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

Command = TypeVar("Command", bound=Callable[..., Any])


class Door(StrEnum):
    """A way by which people reach the core. A live socket belongs to the pages that it keeps live."""

    BOT = "bot"
    WEB = "web"
    API = "api"
    CONSOLE = "console"
    CLI = "cli"


class Actor(StrEnum):
    """Whose act a command is; it decides at which doors people look for it."""

    CITIZEN = "citizen"
    OFFICIAL = "official"
    OPERATOR = "operator"
    # A step of a conversation or of a page, nobody's act by itself.
    PROGRAM = "program"


EXPECTED: Mapping[Actor, frozenset[Door]] = {
    Actor.CITIZEN: frozenset({Door.BOT, Door.WEB, Door.API}),
    Actor.OFFICIAL: frozenset({Door.BOT, Door.CONSOLE, Door.API}),
    Actor.OPERATOR: frozenset({Door.CLI}),
    Actor.PROGRAM: frozenset(),
}

# Reasons that several commands share.
OWN_SCREENS = "it is a wish about one's own screens, which a program has none of"
OWN_WAYS = "ways in are changed by the person, not by a program that holds a token"
ON_A_SCREEN = "a consent is given to a text that a person has on the screen, not by a program"
CODE_FROM_THE_SITE = "the code comes from the site and is said in the messenger that is to be linked"
AT_THE_DESK = "it is decided beside the case and its history, which a messenger does not show"
OVER_A_PREVIEW = "two people decide over one preview on the screen"
IN_A_ROOM = "a room is read as it moves: a messenger gets its link, a bridge to its groups comes later"
OVER_TABLES = "a model is asked over tables and charts, which a messenger does not show"
BY_SOCKET = "a room is spoken in through the live socket, whose protocol is docs/asyncapi.json"


@dataclass(frozen=True, slots=True)
class Doors:
    """What a command declares. ``closed``: doors where one would look for it, each with the reason."""

    actor: Actor
    open: frozenset[Door]
    closed: Mapping[Door, str] = field(default_factory=dict)

    @property
    def holes(self) -> frozenset[Door]:
        """Doors where people look in vain and nobody says why."""
        return EXPECTED[self.actor] - self.open - self.closed.keys()


def reached(
    actor: Actor, *doors: Door, closed: Mapping[Door, str] | None = None
) -> Callable[[Command], Command]:
    """Declare the doors of a command.

    >>> @reached(Actor.CITIZEN, Door.BOT, Door.WEB, closed={Door.API: "it is said to a person"})
    ... def wave(uow: object) -> None: ...
    >>> doors_of(wave).holes
    frozenset()
    """

    def declare(command: Command) -> Command:
        command.__doors__ = Doors(actor, frozenset(doors), closed or {})  # type: ignore[attr-defined]
        return command

    return declare


def doors_of(command: Callable[..., Any]) -> Doors | None:
    """What the command declares, None if it declares nothing."""
    found: Doors | None = getattr(command, "__doors__", None)
    return found
