"""Frames and the opening handshake; the judge is the websockets library, which shares no line with ours."""

import contextlib
import secrets
from http import HTTPStatus
from itertools import pairwise
from random import Random
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.client import ClientProtocol
from websockets.exceptions import ProtocolError
from websockets.frames import Close, Frame
from websockets.frames import Opcode as TheirOpcode
from websockets.protocol import State
from websockets.server import ServerProtocol
from websockets.uri import parse_uri

from realtime.rfc6455 import Fault, Message, Opcode, Reader, closing_status, encoded_frame
from realtime.upgrade import NotAnUpgrade, accept_of, read_opening

MOST_BYTES = 4096
MASK = bytes.fromhex("37fa213d")

texts = st.text(max_size=300)
payloads = st.binary(max_size=300)


@st.composite
def conversations(draw: st.DrawFn) -> list[tuple[Opcode, list[bytes]]]:
    """Messages in fragments, each fragment a payload; texts are cut anywhere, inside characters too."""
    found = []
    for _ in range(draw(st.integers(1, 4))):
        opcode = draw(st.sampled_from([Opcode.TEXT, Opcode.BINARY, Opcode.PING]))
        whole = draw(texts).encode() if opcode is Opcode.TEXT else draw(payloads)[:125]
        cuts = [] if opcode is Opcode.PING else sorted(draw(st.lists(st.integers(0, len(whole)), max_size=3)))
        edges = [0, *cuts, len(whole)]
        found.append((opcode, [whole[a:b] for a, b in pairwise(edges)]))
    return found


def sent_by_a_client(fragments: list[tuple[Opcode, list[bytes]]]) -> bytes:
    """The bytes that websockets makes of these messages, the same each time: a failure can be repeated."""
    sent = b""
    with patch.object(secrets, "token_bytes", Random(0).randbytes):
        for opcode, parts in fragments:
            for number, part in enumerate(parts):
                kind = TheirOpcode(opcode) if number == 0 else TheirOpcode.CONT
                sent += Frame(kind, part, fin=number == len(parts) - 1).serialize(mask=True)
    return sent


def chunks(data: bytes, sizes: list[int]) -> list[bytes]:
    """The bytes as TCP may deliver them."""
    cut = []
    for size in sizes:
        cut.append(data[:size])
        data = data[size:]
    return [*cut, data]


@given(said=conversations(), sizes=st.lists(st.integers(1, 400), max_size=20))
def test_whatever_a_client_says_is_read_however_it_arrives(
    said: list[tuple[Opcode, list[bytes]]], sizes: list[int]
) -> None:
    reader = Reader(most_bytes=MOST_BYTES)

    heard = [message for chunk in chunks(sent_by_a_client(said), sizes) for message in reader.feed(chunk)]

    assert heard == [Message(opcode, read_as(opcode, b"".join(parts))) for opcode, parts in said]


def read_as(opcode: Opcode, payload: bytes) -> str | bytes:
    return payload.decode() if opcode is Opcode.TEXT else payload


@given(said=conversations(), at=st.integers(0, 400), value=st.integers(0, 255))
def test_of_a_damaged_stream_as_much_is_taken_as_the_library_takes(
    said: list[tuple[Opcode, list[bytes]]], at: int, value: int
) -> None:
    damaged = bytearray(sent_by_a_client(said))
    damaged[at % len(damaged)] = value
    # What follows no client may send. The library also waits for it where we refuse a head at once.
    damaged += bytes(MOST_BYTES)

    assert taken_by_us(bytes(damaged)) == taken_by_them(bytes(damaged))


def taken_by_us(data: bytes) -> int:
    """The messages before a closing frame or a refusal; broken texts are judged elsewhere."""
    taken = 0
    with contextlib.suppress(Fault):
        for message in _BytesReader(most_bytes=MOST_BYTES).feed(data):
            if message.opcode is Opcode.CLOSE:
                break
            taken += 1
    return taken


class _BytesReader(Reader):
    """The library leaves UTF-8 to the layer above it; so that both judge frames only, do not decode."""

    def _message(self, frame: Any) -> Message | None:
        if frame.opcode is Opcode.TEXT:
            object.__setattr__(frame, "opcode", Opcode.BINARY)
        return super()._message(frame)


def taken_by_them(data: bytes) -> int:
    protocol = ServerProtocol(state=State.OPEN, max_size=MOST_BYTES)
    protocol.receive_data(data)
    frames = [event for event in protocol.events_received() if isinstance(event, Frame)]
    # A message counts when it is whole.
    return sum(frame.fin for frame in frames if frame.opcode is not TheirOpcode.CLOSE)


@given(payload=st.binary(max_size=70_000) | payloads, opcode=st.sampled_from([Opcode.TEXT, Opcode.BINARY]))
def test_what_we_send_is_what_a_client_reads(payload: bytes, opcode: Opcode) -> None:
    client = ClientProtocol(parse_uri("ws://zarechny.test/"), state=State.OPEN, max_size=None)

    client.receive_data(encoded_frame(opcode, payload))

    [frame] = client.events_received()
    assert isinstance(frame, Frame)
    assert (frame.opcode, bytes(frame.data), frame.fin) == (TheirOpcode(opcode), payload, True)


@given(payload=st.binary(max_size=8) | st.integers(0, 6000).map(lambda code: code.to_bytes(2)))
def test_closing_frames_are_judged_as_the_library_judges_them(payload: bytes) -> None:
    try:
        theirs: tuple[int, str] | None = (parsed := Close.parse(payload)).code, parsed.reason
    except (ProtocolError, UnicodeDecodeError):
        theirs = None

    try:
        ours: tuple[int, str] | None = closing_status(payload)
    except Fault:
        ours = None

    assert ours == theirs


def frame(head: str, payload: bytes = b"") -> bytes:
    """A frame of a client with this head; the mask is zero."""
    return bytes.fromhex(head) + bytes(4) + payload


@pytest.mark.parametrize(
    ("data", "status"),
    [
        pytest.param(bytes.fromhex("810548656c6c6f"), 1002, id="not masked"),
        pytest.param(frame("c180"), 1002, id="compressed, which nobody agreed on"),
        pytest.param(frame("8380"), 1002, id="an opcode that is none"),
        pytest.param(frame("89fe007e"), 1002, id="a ping of more than 125 bytes"),
        pytest.param(frame("0980"), 1002, id="a ping in fragments"),
        pytest.param(frame("8080"), 1002, id="a continuation of nothing"),
        pytest.param(frame("0181", b"a") + frame("8181", b"b"), 1002, id="a message inside another"),
        pytest.param(frame("8182", b"\xc3\x28"), 1007, id="not UTF-8"),
        pytest.param(frame("0181", b"\xc3") + frame("0081", b"\x28"), 1007, id="not UTF-8, seen at its part"),
        pytest.param(frame("0181", b"\xc3") + frame("8080"), 1007, id="UTF-8 cut off"),
        pytest.param(bytes.fromhex("82fe1001"), 1009, id="too long, before it has come"),
        pytest.param(bytes.fromhex("82ff8000000000000000"), 1009, id="as long as can be said"),
        pytest.param(frame("02fe0800", bytes(2048)) + bytes.fromhex("80fe0801"), 1009, id="too long in sum"),
    ],
)
def test_what_no_client_may_send_is_refused(data: bytes, status: int) -> None:
    reader = Reader(most_bytes=MOST_BYTES)

    with pytest.raises(Fault) as refused:
        list(reader.feed(data))

    assert refused.value.status == status


def test_messages_before_a_mistake_are_still_read() -> None:
    messages = Reader(most_bytes=MOST_BYTES).feed(frame("8182", b"hi") + frame("8080"))

    assert next(messages) == Message(Opcode.TEXT, "hi")
    with pytest.raises(Fault):
        next(messages)


def head(*lines: str) -> bytes:
    return "\r\n".join([*lines, "", ""]).encode()


HELLO = ("GET /live?a=1 HTTP/1.1", "host: zarechny.test", "upgrade: websocket", "connection: Upgrade")
KEY = "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ=="
VERSION = "sec-websocket-version: 13"


def test_an_opening_is_read() -> None:
    opening = read_opening(head(*HELLO, KEY, VERSION, "sec-websocket-protocol: a, b"))

    assert (opening.target, opening.subprotocols) == (b"/live?a=1", ["a", "b"])
    assert opening.accept == accept_of(b"dGhlIHNhbXBsZSBub25jZQ==")
    assert (b"host", b"zarechny.test") in opening.headers


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        pytest.param(
            ("POST /live HTTP/1.1", *HELLO[1:], KEY, VERSION), HTTPStatus.METHOD_NOT_ALLOWED, id="POST"
        ),
        pytest.param((*HELLO, VERSION), HTTPStatus.BAD_REQUEST, id="no key"),
        pytest.param((*HELLO, KEY, KEY, VERSION), HTTPStatus.BAD_REQUEST, id="two keys"),
        pytest.param(
            (*HELLO, "sec-websocket-key: c2hvcnQ=", VERSION), HTTPStatus.BAD_REQUEST, id="short key"
        ),
        pytest.param((*HELLO, "sec-websocket-key: ???", VERSION), HTTPStatus.BAD_REQUEST, id="no base64"),
        pytest.param((*HELLO, KEY), HTTPStatus.UPGRADE_REQUIRED, id="no version"),
        pytest.param(
            (*HELLO, KEY, "sec-websocket-version: 8"), HTTPStatus.UPGRADE_REQUIRED, id="an old draft"
        ),
    ],
)
def test_what_opens_no_socket_is_refused(lines: tuple[str, ...], status: HTTPStatus) -> None:
    with pytest.raises(NotAnUpgrade) as refused:
        read_opening(head(*lines))

    assert refused.value.status == status
