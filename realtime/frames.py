"""What the hub says: the frames of the live protocol (docs/asyncapi.json), each made in one place."""

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, assert_never

from core.store import StreamEvent
from realtime.protocol import CloseCode

# One a millisecond is what a core takes in; fewer than this come back within it all the same.
SPREAD_OF_A_STOP_MS: Final = 1_800
# What a frame may hold of events, leaving place for its head (docs/asyncapi.json: at most 64 KB).
MOST_EVENTS_BYTES: Final = 63 * 1024


@dataclass(frozen=True, slots=True)
class LiveEvent:
    """One event of a sequenced stream as it stands on the wire; ``seq`` is kept beside for ordering."""

    seq: int
    wire: dict[str, Any]


def event_from_history(event: StreamEvent) -> LiveEvent:
    """An event read from the database."""
    return LiveEvent(
        seq=event.seq,
        wire={
            "seq": event.seq,
            "kind": event.kind,
            "author": event.author,
            "client_id": event.client_id,
            "body": event.body,
            "at": moment(event.at),
        },
    )


def event_from_fact(payload: dict[str, Any]) -> LiveEvent:
    """An event as ``StreamAdvanced`` carries it; equal to the same event read from history."""
    return LiveEvent(
        seq=int(payload["seq"]),
        wire={
            "seq": int(payload["seq"]),
            "kind": payload["event_kind"],
            "author": payload["author"],
            "client_id": payload["client_id"],
            "body": payload["body"],
            "at": moment(datetime.fromisoformat(payload["at"])),
        },
    )


def moment(at: datetime) -> str:
    """A moment as ISO 8601 in UTC.

    >>> moment(datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC))
    '2026-03-14T09:26:53Z'
    """
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def ok_frame(request_id: int, **fields: object) -> str:
    """The request has been done; for ``send`` and ``press``: durably, ``seq`` names the message."""
    return _encode({"op": "ok", "id": request_id, **fields})


def refused_frame(request_id: int | None, *, code: str, message: str) -> str:
    """The request has not been done and has left nothing behind; ``message`` is for the person."""
    return _encode({"op": "refused", "id": request_id, "code": code, "message": message})


def subscribed_frame(
    request_id: int, stream: str, *, epoch: int = 0, seq: int = 0, start: int = 0, reset: bool = False
) -> str:
    """The stream is followed. ``seq`` is its head; the events that come next begin at ``from`` + 1.

    ``reset``: what the client holds is no part of this history any more and must be thrown away.
    """
    return _encode(
        {
            "op": "subscribed",
            "id": request_id,
            "stream": stream,
            "epoch": epoch,
            "seq": seq,
            "from": start,
            "reset": reset,
        }
    )


def events_frames(stream: str, epoch: int, events: Sequence[LiveEvent]) -> Iterator[str]:
    """Events of one stream in their order, from history and live alike; a frame is at most 64 KB long.

    Only a single event that is longer by itself makes a longer frame.
    """
    head = _encode({"op": "events", "stream": stream, "epoch": epoch})[:-1] + ',"events":['
    together: list[str] = []
    room = MOST_EVENTS_BYTES
    for event in events:
        text = _encode(event.wire)
        size = len(text.encode()) + 1
        if size > room and together:
            yield head + ",".join(together) + "]}"
            together, room = [], MOST_EVENTS_BYTES
        together.append(text)
        room -= size
    if together:
        yield head + ",".join(together) + "]}"


def state_frame(stream: str, state: dict[str, Any]) -> str:
    """The newest state of a stream; it replaces the one before under each of its keys."""
    return _encode({"op": "state", "stream": stream, "state": state})


def bye_frame(code: CloseCode, *, retry_ms: int | None = None) -> str:
    """Said before the hub closes; ``retry_ms`` is when to come back, null: not by itself."""
    return _encode({"op": "bye", "code": int(code), "retry_ms": retry_ms})


def retry_after_ms(code: CloseCode, *, others: int = 0) -> int | None:
    """How soon a client closed with this code should come back; None: a person must act first.

    ``others`` were closed in the same moment. They are asked to come back one after another, as fast as
    one core takes them in, and not all at once.
    """
    match code:
        case CloseCode.RESUME:
            return _some_of(others)
        case CloseCode.TOO_SLOW:
            return 500
        case CloseCode.DRAINING:
            # Also those who are sent away as they come, of whom nobody knows how many they are.
            return 200 + _some_of(max(SPREAD_OF_A_STOP_MS, others))
        case CloseCode.LIMITS:
            return 30_000
        case CloseCode.SIGNED_OUT | CloseCode.ORIGIN:
            return None
        case _:
            assert_never(code)


def _some_of(milliseconds: int) -> int:
    return random.randint(0, milliseconds)  # noqa: S311 - jitter, not a secret


# Kept: json.dumps with these options makes a new encoder at each call, which takes longer than the rest.
_encode: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
