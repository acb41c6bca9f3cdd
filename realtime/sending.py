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
from typing import Final

from realtime.places import PLACES, Crowd
from realtime.wire import Frame

log = logging.getLogger(__name__)

SOURCE: Final = Path(__file__).with_name("sending.c")
COMPILERS: Final = ("cc", "gcc", "clang")
OPTIONS: Final = ("-O2", "-shared", "-fPIC")
COMPILING_LIMIT_S: Final = 20.0
# Followers served in one go; about a millisecond.
SLICE: Final = 256


# Writes a frame to those of a crowd who stand at these places, `SLICE` at most.
Sender = Callable[[Crowd, "array[int]", Frame], None]


def send_by_offers(crowd: Crowd, places: "array[int]", frame: Frame) -> None:
    """Offer the frame to one after the other."""
    for place in places:
        crowd.at(place).offer(frame)


class CompiledSender:
    """The library at work. Raises: OSError where it cannot be loaded."""

    __slots__ = ("_incomplete", "_send", "_taken")

    def __init__(self, library: Path) -> None:
        numbers, sizes = ctypes.POINTER(ctypes.c_int), ctypes.POINTER(ctypes.c_size_t)
        row, bytes_ = (ctypes.c_void_p, ctypes.c_size_t), (ctypes.c_char_p, ctypes.c_size_t)
        self._send = ctypes.CDLL(str(library)).send_to_each
        self._send.argtypes = [numbers, *row, *bytes_, numbers, sizes]
        self._send.restype = ctypes.c_size_t
        self._incomplete = (ctypes.c_int * SLICE)()
        self._taken = (ctypes.c_size_t * SLICE)()

    def __call__(self, crowd: Crowd, places: "array[int]", frame: Frame) -> None:
        """Write to the sockets, and offer what they did not take."""
        # No socket can change hands meanwhile: only the thread that is in here opens and closes them.
        data, incomplete, taken = frame.wire, self._incomplete, self._taken
        row = places.buffer_info()
        for number in range(self._send(PLACES.sockets, *row, data, len(data), incomplete, taken)):
            crowd.at(incomplete[number]).offer(frame, taken=taken[number])


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


def in_slices(send: Sender, frames: Sequence[Frame], crowd: Crowd) -> Iterator[None]:
    """Send the frames to all of a crowd, a slice at a time; who has left it meanwhile gets nothing more."""
    row, changes = crowd.row(), crowd.changes
    for begin in range(0, len(row), SLICE):
        places = row[begin : begin + SLICE]
        if begin > 0:
            yield
            if crowd.changes != changes:
                places = crowd.still_here(places)
        for frame in frames:
            send(crowd, places, frame)
