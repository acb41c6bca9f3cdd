"""The bytes of the protocols that the benchmark speaks, made once and sent many times."""

from __future__ import annotations

import json
import struct
import time
from collections.abc import Sequence
from typing import Final

MARK: Final = b"@sent:"
# In a template, where the stamp of the sending goes.
STAMP: Final = "@sent:" + "0" * 16

# What our hub sends for one message; the peers broadcast the same.
SAMPLE: Final = json.dumps(
    {
        "op": "events",
        "stream": f"room:{0xC0FFEE:032x}",
        "epoch": 1,
        "events": [
            {
                "seq": 7_000_001,
                "kind": "message",
                "author": f"{0xBEAD:032x}",
                "client_id": f"{7_000_001:032d}",
                "body": {"text": STAMP, "name": "Анна Петрова", "side": "citizen"},
                "at": "2026-03-14T09:26:53.589793Z",
            }
        ],
    },
    ensure_ascii=False,
    separators=(",", ":"),
)

# (bytes to send, bytes to expect)
Step = tuple[bytes, bytes]

# The fixed key of RFC 6455's example: our client checks nothing, and the plain loop computes nothing.
_KEY: Final = "dGhlIHNhbXBsZSBub25jZQ=="


def stamp() -> bytes:
    """The moment in the form that the client looks for."""
    return b"%s%016x" % (MARK, time.monotonic_ns())


def upgrade(path: str, *headers: str) -> Step:
    """Open a WebSocket; the rest of the answer's head is passed over."""
    lines = [
        f"GET {path} HTTP/1.1",
        "Host: 127.0.0.1",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {_KEY}",
        "Sec-WebSocket-Version: 13",
        *headers,
    ]
    return "".join(f"{line}\r\n" for line in [*lines, ""]).encode(), b"\r\n\r\n"


def client_frame(payload: bytes) -> bytes:
    """A masked text frame; the mask is zero, so that the payload stands in it as it is."""
    size = len(payload)
    short = size < 126
    head = struct.pack("!BB", 0x81, 0x80 | size) if short else struct.pack("!BBH", 0x81, 0xFE, size)
    return head + bytes(4) + payload


def hub_subscription(stream: str, *, seq: int | None = None) -> Step:
    """Follow a stream of our hub, from `seq` on or from now on."""
    request = {"op": "subscribe", "id": 1, "stream": stream}
    if seq is not None:
        request |= {"epoch": 1, "seq": seq}
    return client_frame(json.dumps(request).encode()), b'"op":"subscribed"'


def mqtt_packet(kind: int, body: bytes) -> bytes:
    """One MQTT control packet; `kind` is its first byte."""
    size, length = bytearray(), len(body)
    while True:
        length, part = divmod(length, 128)
        size.append(part | (128 if length else 0))
        if not length:
            return bytes([kind]) + bytes(size) + body


def mqtt_text(text: str) -> bytes:
    """A text with its length, as MQTT writes names."""
    encoded = text.encode()
    return struct.pack("!H", len(encoded)) + encoded


def mqtt_connect() -> Step:
    """Open an MQTT 3.1.1 session, clean, without keep-alive."""
    return mqtt_packet(0x10, mqtt_text("MQTT") + bytes([4, 2, 0, 0]) + mqtt_text("")), b"\x20\x02\x00\x00"


def mqtt_subscribe(topic: str) -> Step:
    """Subscribe to a topic at QoS 0."""
    return mqtt_packet(0x82, bytes([0, 1]) + mqtt_text(topic) + bytes([0])), b"\x90\x03\x00\x01\x00"


def script_bytes(steps: Sequence[Step]) -> bytes:
    """A script as the client reads it."""
    return b"".join(struct.pack("<I", len(part)) + part for step in steps for part in step)
