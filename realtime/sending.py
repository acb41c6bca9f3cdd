"""One frame to many readers: by a small library in C where it can be had, else reader by reader.

The library (sending.c) is compiled by the machine's own compiler at the first start, within a second, and
kept beside its source under a name made of its content. Whatever it does not send whole is offered to the
reader's outlet, which knows what to do with a full or a broken connection; so does everything without it.
docs/decisions/0013 has the figures.
"""

import ctypes
import hashlib
import logging
import os
import shutil
import subprocess
import sysconfig
from array import array
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final, Protocol

from realtime.protocol import CloseCode
from realtime.wire import Frame

log = logging.getLogger(__name__)

SOURCE: Final = Path(__file__).with_name("sending.c")
COMPILERS: Final = ("cc", "gcc", "clang")
OPTIONS: Final = ("-O2", "-shared", "-fPIC")
COMPILING_LIMIT_S: Final = 20.0
# Followers served in one go; about a millisecond.
SLICE: Final = 256


class Outlet(Protocol):
    """The sending side of one connection. No call waits: a slow reader is the outlet's own trouble."""

    @property
    def descriptor(self) -> int:
        """The socket to which a whole frame may be written past the outlet; below 0: not now, or never."""
        ...

    def offer(self, frame: Frame, *, taken: int = 0) -> None:
        """Send the frame after all those before, or close if too much is waiting already.

        The first ``taken`` bytes of it have been written past the outlet.
        """
        ...

    def close(self, code: CloseCode) -> None:
        """Say goodbye and close; further offers are dropped."""
        ...


Sender = Callable[[Sequence[Outlet], Frame], None]


def send_by_offers(outlets: Sequence[Outlet], frame: Frame) -> None:
    """Offer the frame to one after the other."""
    for outlet in outlets:
        outlet.offer(frame)


class CompiledSender:
    """The library at work. Raises: OSError where it cannot be loaded."""

    __slots__ = ("_places", "_send", "_taken")

    def __init__(self, library: Path) -> None:
        sizes = ctypes.POINTER(ctypes.c_size_t)
        self._send = ctypes.CDLL(str(library)).send_to_each
        self._send.restype = ctypes.c_size_t
        self._send.argtypes = [
            ctypes.c_void_p,
            ctypes.c_size_t,
            ctypes.c_char_p,
            ctypes.c_size_t,
            sizes,
            sizes,
        ]
        self._places = (ctypes.c_size_t * SLICE)()
        self._taken = (ctypes.c_size_t * SLICE)()

    def __call__(self, outlets: Sequence[Outlet], frame: Frame) -> None:
        """Write the frame to the sockets of all, ``SLICE`` at most; offer what they did not take."""
        # No descriptor can go stale in between: this thread alone closes sockets of readers.
        descriptors = array("i", [outlet.descriptor for outlet in outlets])
        address, count = descriptors.buffer_info()
        data, places, taken = frame.wire, self._places, self._taken
        incomplete = self._send(address, count, data, len(data), places, taken)
        for number in range(incomplete):
            outlets[places[number]].offer(frame, taken=taken[number])


def fastest_sender() -> Sender:
    """The compiled sender if this machine can have it, else the one in Python; says which in the log."""
    try:
        sender: Sender = CompiledSender(compiled())
    except (OSError, AttributeError, subprocess.SubprocessError) as error:
        log.info("live_sender_in_python reason=%s", error)
        return send_by_offers
    log.info("live_sender_compiled")
    return sender


def compiled(source: Path = SOURCE) -> Path:
    """The library made of ``source``, compiled if it is not there yet.

    Raises: OSError, SubprocessError where there is no compiler, or no place beside the source.
    """
    made_of = b"\0".join([source.read_bytes(), sysconfig.get_platform().encode(), *map(str.encode, OPTIONS)])
    library = source.with_name(f"{source.stem}-{hashlib.sha256(made_of).hexdigest()[:16]}.so")
    if library.exists():
        return library
    compiler = next(filter(None, map(shutil.which, COMPILERS)), None)
    if compiler is None:
        raise FileNotFoundError("no C compiler")
    # Several processes may start at once: each replaces the file whole.
    partial = library.with_suffix(f".{os.getpid()}")
    command = [compiler, *OPTIONS, "-o", str(partial), str(source)]
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=COMPILING_LIMIT_S)
        partial.replace(library)
    finally:
        partial.unlink(missing_ok=True)
    return library


def in_slices(
    send: Sender, frames: Sequence[Frame], outlets: Sequence[Outlet], follows: Callable[[Outlet], bool]
) -> Iterator[None]:
    """Send the frames to all outlets, a slice at a time; who has left meanwhile gets nothing more."""
    for begin in range(0, len(outlets), SLICE):
        some = outlets[begin : begin + SLICE]
        if begin > 0:
            yield
            some = [outlet for outlet in some if follows(outlet)]
        for frame in frames:
            send(some, frame)
