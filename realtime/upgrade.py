"""The opening handshake of RFC 6455, section 4.2: from the head of a request to 101 or to a refusal."""

import base64
import binascii
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

Headers = Sequence[tuple[bytes, bytes]]

_GUID: Final = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_KEY_BYTES: Final = 16


class NotAnUpgrade(Exception):
    """The request does not open a WebSocket. ``status`` and ``headers`` say to the client what is wrong."""

    def __init__(self, status: HTTPStatus, headers: Headers = ()) -> None:
        super().__init__(status.phrase)
        self.status = status
        self.headers = headers


@dataclass(frozen=True, slots=True)
class Opening:
    """What a client asks for. ``accept`` is the answer to its key."""

    target: bytes
    headers: list[tuple[bytes, bytes]]
    accept: bytes

    @property
    def subprotocols(self) -> list[str]:
        """The subprotocols the client speaks, best first."""
        offered = _values(self.headers, b"sec-websocket-protocol")
        return [name.decode("latin-1") for name in offered]


def read_opening(head: bytes) -> Opening:
    """The request in ``head``, which the HTTP parser before us has found well-formed.

    Raises: NotAnUpgrade.
    """
    request, *lines = head.rstrip(b"\r\n").split(b"\r\n")
    method, target, _ = request.split(b" ", 2)
    headers = [_header(line) for line in lines]
    if method != b"GET":
        raise NotAnUpgrade(HTTPStatus.METHOD_NOT_ALLOWED, [(b"Allow", b"GET")])
    if _values(headers, b"sec-websocket-version") != [b"13"]:
        raise NotAnUpgrade(HTTPStatus.UPGRADE_REQUIRED, [(b"Sec-WebSocket-Version", b"13")])
    keys = _values(headers, b"sec-websocket-key")
    if len(keys) != 1 or not _is_key(keys[0]):
        raise NotAnUpgrade(HTTPStatus.BAD_REQUEST)
    return Opening(target=target, headers=headers, accept=accept_of(keys[0]))


def accept_of(key: bytes) -> bytes:
    """The value of Sec-WebSocket-Accept for this key.

    >>> accept_of(b"dGhlIHNhbXBsZSBub25jZQ==")
    b's3pPLMBiTxaQ9kYGzzhZRbK+xOo='
    """
    return base64.b64encode(hashlib.sha1(key + _GUID, usedforsecurity=False).digest())


def switching(accept: bytes, headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """The answer that opens the connection."""
    return _answer(
        HTTPStatus.SWITCHING_PROTOCOLS,
        [
            (b"Upgrade", b"websocket"),
            (b"Connection", b"Upgrade"),
            (b"Sec-WebSocket-Accept", accept),
            *headers,
        ],
    )


def refusal(status: HTTPStatus, headers: Headers = ()) -> bytes:
    """An answer that opens nothing and ends the connection."""
    return _answer(status, [(b"Content-Length", b"0"), (b"Connection", b"close"), *headers])


def _answer(status: HTTPStatus, headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    lines = [b"HTTP/1.1 %d %s" % (status, status.phrase.encode())]
    lines += [name + b": " + value for name, value in headers]
    return b"\r\n".join([*lines, b"", b""])


def _header(line: bytes) -> tuple[bytes, bytes]:
    name, _, value = line.partition(b":")
    return name.lower(), value.strip(b" \t")


def _values(headers: Headers, name: bytes) -> list[bytes]:
    """All values of a header, of lists each item."""
    return [item.strip() for key, value in headers if key == name for item in value.split(b",")]


def _is_key(key: bytes) -> bool:
    try:
        return len(base64.b64decode(key, validate=True)) == _KEY_BYTES
    except binascii.Error:
        return False
