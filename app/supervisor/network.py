"""The listening socket: opened by the supervisor and inherited by `web`.

It stays open while `web` is restarted, so that a browser waits a second instead of being refused.
"""

from __future__ import annotations

import errno
import socket

_PORTS_TRIED = 50


class NoFreePortError(Exception):
    """None of the ports tried is free."""

    def __init__(self, host: str, first: int, last: int) -> None:
        super().__init__(
            f"None of the ports {first} to {last} of {host} is free. "
            "Set STRATEGY24_PORT to a free one, or STRATEGY24_HOST to an address of this machine."
        )


def listen(host: str, port: int) -> socket.socket:
    """Return a socket listening on `port` or on the next free one. Raises: NoFreePortError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    last = min(port + _PORTS_TRIED, 65535)
    for candidate in range(port, last + 1):
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, candidate))
            listener.listen(2048)
        except OSError as error:
            listener.close()
            if error.errno not in {errno.EADDRINUSE, errno.EACCES}:
                raise NoFreePortError(host, port, last) from error
        else:
            return listener
    raise NoFreePortError(host, port, last)
