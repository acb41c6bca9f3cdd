"""The WebSocket framing of RFC 6455 without input or output: bytes in, messages out, and back.

One parser of our own instead of a library's, because of what a connection holds while it says nothing:
a reader here is five references and an empty buffer (docs/decisions/0012).
"""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

# The longest payload of a control frame, and of any frame whose length fits into the second byte.
SHORT: Final = 125
TWO_BYTES: Final = 126
EIGHT_BYTES: Final = 127
# Close codes that libraries and applications give themselves (section 7.4.2).
FIRST_REGISTERED: Final = 3000
LAST_PRIVATE: Final = 4999


class Opcode(IntEnum):
    """What a frame is (RFC 6455, section 11.8)."""

    CONTINUATION = 0x0
    TEXT = 0x1
    BINARY = 0x2
    CLOSE = 0x8
    PING = 0x9
    PONG = 0xA


class Status(IntEnum):
    """Why a connection is closed, as far as the RFC says (section 7.4.1); ours are in realtime.protocol."""

    NORMAL = 1000
    GOING_AWAY = 1001
    PROTOCOL_ERROR = 1002
    UNSUPPORTED = 1003
    # Never sent: what is reported when the closing frame carried no code, or when there was none.
    NO_STATUS = 1005
    ABNORMAL = 1006
    NOT_UTF8 = 1007
    POLICY = 1008
    TOO_BIG = 1009
    EXTENSION_MISSING = 1010
    INTERNAL_ERROR = 1011
    RESTART = 1012
    TRY_LATER = 1013
    BAD_GATEWAY = 1014


class Fault(Exception):
    """The peer broke the protocol; the connection is to be closed with ``status``."""

    def __init__(self, status: Status, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Message:
    """A whole message or a control frame; ``data`` is text exactly if the opcode is TEXT."""

    opcode: Opcode
    data: str | bytes


@dataclass(frozen=True, slots=True)
class _Frame:
    final: bool
    opcode: Opcode
    payload: bytes
    end: int


class Reader:
    """Makes messages of what a client sends; refuses what no client may send.

    >>> reader = Reader(most_bytes=1024)
    >>> list(reader.feed(bytes.fromhex("818537fa213d7f9f4d5158")))
    [Message(opcode=<Opcode.TEXT: 1>, data='Hello')]
    """

    __slots__ = ("_decoder", "_opcode", "_parts", "_rest", "_size", "most_bytes")

    def __init__(self, *, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self._rest: bytearray | None = None
        # Of a message that is under way in fragments.
        self._opcode: Opcode | None = None
        self._parts: list[str | bytes] | None = None
        self._size = 0
        self._decoder: codecs.IncrementalDecoder | None = None

    def feed(self, data: bytes) -> Iterator[Message]:
        """The messages that these bytes complete. Raises: Fault, after the messages before it."""
        buffer: bytes | bytearray = data
        if self._rest is not None:
            self._rest += data
            buffer = self._rest
        begin = 0
        while (frame := self._frame(buffer, begin)) is not None:
            begin = frame.end
            message = self._message(frame)
            if message is not None:
                yield message
        # Nothing is kept for a connection that is between two frames, which nearly all are.
        self._rest = bytearray(buffer[begin:]) if begin < len(buffer) else None

    def _frame(self, buffer: bytes | bytearray, begin: int) -> _Frame | None:
        """The frame at ``begin``, if all of it is there. Its head is judged before its payload has come."""
        if len(buffer) < begin + 2:
            return None
        first, second = buffer[begin], buffer[begin + 1]
        opcode = _checked_head(first, second)
        length, mask_at = second & 0x7F, begin + 2
        if length > SHORT:
            wide = 2 if length == TWO_BYTES else 8
            if len(buffer) < mask_at + wide:
                return None
            length = int.from_bytes(buffer[mask_at : mask_at + wide])
            mask_at += wide
        if length + self._size > self.most_bytes:
            raise Fault(Status.TOO_BIG, "message too big")
        payload_at = mask_at + 4
        end = payload_at + length
        if len(buffer) < end:
            return None
        payload = unmasked(bytes(buffer[payload_at:end]), bytes(buffer[mask_at:payload_at]))
        return _Frame(final=first >= 0x80, opcode=opcode, payload=payload, end=end)

    def _message(self, frame: _Frame) -> Message | None:
        if frame.opcode >= Opcode.CLOSE:
            return Message(frame.opcode, frame.payload)
        if (frame.opcode is Opcode.CONTINUATION) != (self._opcode is not None):
            raise Fault(Status.PROTOCOL_ERROR, "fragments out of order")
        if frame.final and self._opcode is None:
            data = _text(frame.payload) if frame.opcode is Opcode.TEXT else frame.payload
            return Message(frame.opcode, data)
        return self._fragment(frame)

    def _fragment(self, frame: _Frame) -> Message | None:
        if self._opcode is None or self._parts is None:
            self._opcode, self._parts = frame.opcode, []
            self._decoder = codecs.getincrementaldecoder("utf-8")() if frame.opcode is Opcode.TEXT else None
        self._size += len(frame.payload)
        self._parts.append(self._part(frame))
        if not frame.final:
            return None
        opcode, parts = self._opcode, self._parts
        self._opcode, self._parts, self._decoder, self._size = None, None, None, 0
        if opcode is Opcode.TEXT:
            return Message(opcode, "".join(part for part in parts if isinstance(part, str)))
        return Message(opcode, b"".join(part for part in parts if isinstance(part, bytes)))

    def _part(self, frame: _Frame) -> str | bytes:
        if self._decoder is None:
            return frame.payload
        try:
            # Decoded as they come: a broken text is refused at its first broken fragment.
            return self._decoder.decode(frame.payload, frame.final)
        except UnicodeDecodeError as error:
            raise Fault(Status.NOT_UTF8, "text is not UTF-8") from error


def encoded_frame(opcode: Opcode, payload: bytes) -> bytes:
    """A whole, unmasked frame, as servers send them.

    >>> encoded_frame(Opcode.TEXT, b"Hello").hex()
    '810548656c6c6f'
    """
    length = len(payload)
    if length <= SHORT:
        head = bytes((0x80 | opcode, length))
    elif length <= 0xFFFF:
        head = bytes((0x80 | opcode, TWO_BYTES)) + length.to_bytes(2)
    else:
        head = bytes((0x80 | opcode, EIGHT_BYTES)) + length.to_bytes(8)
    return head + payload


def unmasked(payload: bytes, mask: bytes) -> bytes:
    """The payload without its mask (section 5.3), as one operation on two large numbers.

    >>> unmasked(bytes.fromhex("7f9f4d5158"), bytes.fromhex("37fa213d"))
    b'Hello'
    """
    length = len(payload)
    key = (mask * (length // 4 + 1))[:length]
    return (int.from_bytes(payload) ^ int.from_bytes(key)).to_bytes(length)


def closing_payload(status: int, reason: str = "") -> bytes:
    """What a closing frame carries; the reason is cut to what fits."""
    # A cut in the middle of a character would not be UTF-8.
    cut = reason.encode()[: SHORT - 2].decode(errors="ignore").encode()
    return status.to_bytes(2) + cut


def closing_status(payload: bytes) -> tuple[int, str]:
    """Code and reason of a client's closing frame. Raises: Fault if it is none that may be sent.

    >>> closing_status(b""), closing_status(bytes.fromhex("03e8"))
    ((1005, ''), (1000, ''))
    """
    if not payload:
        return Status.NO_STATUS, ""
    status = int.from_bytes(payload[:2])
    if len(payload) == 1 or not _may_be_sent(status):
        raise Fault(Status.PROTOCOL_ERROR, "no such close code")
    return status, _text(payload[2:])


def _may_be_sent(status: int) -> bool:
    return status in _SENDABLE or FIRST_REGISTERED <= status <= LAST_PRIVATE


def _checked_head(first: int, second: int) -> Opcode:
    opcode = first & 0x0F
    if first & 0x70:
        raise Fault(Status.PROTOCOL_ERROR, "reserved bits are set")
    if opcode not in _OPCODES:
        raise Fault(Status.PROTOCOL_ERROR, "unknown opcode")
    if second < 0x80:
        raise Fault(Status.PROTOCOL_ERROR, "frame is not masked")
    if opcode >= Opcode.CLOSE and (first < 0x80 or second & 0x7F > SHORT):
        raise Fault(Status.PROTOCOL_ERROR, "control frame is too long or in fragments")
    return _OPCODES[opcode]


def _text(payload: bytes) -> str:
    try:
        return payload.decode()
    except UnicodeDecodeError as error:
        raise Fault(Status.NOT_UTF8, "text is not UTF-8") from error


_OPCODES: Final = {int(opcode): opcode for opcode in Opcode}
_SENDABLE: Final = frozenset(int(status) for status in Status) - {Status.NO_STATUS, Status.ABNORMAL}
