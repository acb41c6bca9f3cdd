"""The seam between the hub and the server under it: what ASGI has no words for."""

from dataclasses import dataclass
from typing import Any, Final, Protocol

from realtime.rfc6455 import Opcode, encoded_frame

# Under this name a server that can, puts a ``Wire`` into the extensions of the scope.
EXTENSION: Final = "strategy24.wire"


@dataclass(frozen=True, slots=True)
class Frame:
    """A text frame, encoded once for all who get it. ``wire`` is the frame as it stands in TCP."""

    text: str
    wire: bytes

    @classmethod
    def of(cls, text: str) -> "Frame":
        """The frame that says ``text``."""
        return cls(text=text, wire=encoded_frame(Opcode.TEXT, text.encode()))


class Receiver(Protocol):
    """Whoever a connection's messages are for."""

    async def heard(self, data: str | bytes) -> None:
        """A message came, text or binary. The next one is passed on when this has returned."""
        ...

    def lost(self) -> None:
        """The connection is gone, nothing can be sent any more; messages may still be on their way up."""
        ...

    async def ended(self) -> None:
        """The last call, after ``lost`` and after the last message was heard."""
        ...

    def drained(self) -> None:
        """All that was written has been taken by the kernel; called after ``congested`` was true."""
        ...

    def stopping(self) -> None:
        """The server stops: say goodbye and close."""
        ...


class Wire(Protocol):
    """One connection of a server that lets the hub write past ASGI. No call waits.

    ``congested``: some of what was written is still waiting in this process.
    """

    congested: bool

    def serve(self, receiver: Receiver) -> None:
        """Pass all further messages to the receiver, once the connection was accepted.

        The application may then return: an idle connection needs no task.
        """
        ...

    def write(self, frame: bytes) -> None:
        """Write a whole frame, after all those written before, through ASGI too."""
        ...

    def show_socket(self, place: int) -> None:
        """Show the socket at this place (realtime.places) whenever frames may be written past ``write``.

        That is while the connection is neither congested nor being closed nor encrypted.
        """
        ...

    def backlog(self) -> int:
        """How many bytes are waiting in this process."""
        ...

    def close(self, code: int, reason: str, *, within_s: float) -> None:
        """Close after what was written; a peer that has not agreed ``within_s`` is cut off."""
        ...


def wire_of(scope: dict[str, Any]) -> Wire | None:
    """The wire under a connection, if its server offers one."""
    wire: Wire | None = (scope.get("extensions") or {}).get(EXTENSION)
    return wire
