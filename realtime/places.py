"""The places of readers: numbers under which their sockets stand in memory that C can read.

A round of ten thousand then looks at as many numbers in a row and at no object of Python; what happens to a
connection between two rounds, or between two slices of one, is one number changed here.
"""

import ctypes
import mmap
from array import array
from collections.abc import Callable, Iterator
from typing import Final, Protocol

from realtime.protocol import CloseCode
from realtime.wire import Frame

# Memory is taken for those that are used.
MOST_PLACES: Final = 1 << 20
NO_SOCKET: Final = 0


class Places:
    """Gives out places. ``NO_SOCKET`` stands where frames must go through the outlet: for now, or always."""

    __slots__ = ("_free", "_used", "sockets")

    def __init__(self, most: int = MOST_PLACES) -> None:
        self.sockets = (ctypes.c_int * most).from_buffer(mmap.mmap(-1, most * ctypes.sizeof(ctypes.c_int)))
        self._used = 0
        self._free: list[int] = []

    def take(self) -> int:
        """A place that nobody has. Raises: IndexError when there are none."""
        if self._free:
            return self._free.pop()
        if self._used == len(self.sockets):
            raise IndexError("no place is left")
        self._used += 1
        return self._used - 1

    def give_back(self, place: int) -> None:
        """Whoever had the place is gone, and no crowd knows it any more."""
        self.sockets[place] = NO_SOCKET
        self._free.append(place)


PLACES: Final = Places()


class Outlet(Protocol):
    """The sending side of one connection. No call waits: a slow reader is the outlet's own trouble.

    ``place``: its own among ``PLACES`` for as long as it lives.
    """

    place: int

    def offer(self, frame: Frame, *, taken: int = 0) -> None:
        """Send the frame after all those before, or close if too much is waiting already.

        The first ``taken`` bytes of it have been written past the outlet.
        """
        ...

    def close(self, code: CloseCode) -> None:
        """Say goodbye and close; further offers are dropped."""
        ...


class Crowd:
    """Outlets with their places in a row. ``changes`` tells whether somebody came or left."""

    __slots__ = ("_at", "_row", "changes")

    def __init__(self) -> None:
        self._at: dict[int, Outlet] = {}
        self._row: array[int] | None = None
        self.changes = 0

    def __len__(self) -> int:
        return len(self._at)

    def __iter__(self) -> Iterator[Outlet]:
        return iter(self._at.values())

    def __contains__(self, outlet: Outlet) -> bool:
        return self._at.get(outlet.place) is outlet

    def add(self, outlet: Outlet) -> None:
        """Let an outlet in; nothing if it is in."""
        self._at[outlet.place] = outlet
        self._changed()

    def discard(self, outlet: Outlet) -> None:
        """Let an outlet out; nothing if it is not in."""
        if outlet in self:
            del self._at[outlet.place]
            self._changed()

    def keep(self, stays: Callable[[Outlet], bool]) -> None:
        """Let out all but those who stay."""
        for outlet in [outlet for outlet in self if not stays(outlet)]:
            self.discard(outlet)

    def row(self) -> "array[int]":
        """The places of all; never changed afterwards."""
        if self._row is None:
            self._row = array("i", self._at)
        return self._row

    def still_here(self, places: "array[int]") -> "array[int]":
        """Those of the places that belong to the crowd."""
        return array("i", filter(self._at.__contains__, places))

    def at(self, place: int) -> Outlet:
        """The outlet at a place of the row."""
        return self._at[place]

    def _changed(self) -> None:
        self._row = None
        self.changes += 1
