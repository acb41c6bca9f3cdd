"""People who write: sockets that send a message, wait until it is acknowledged, and send the next."""

from __future__ import annotations

import asyncio
import json
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Final

from bench.hub.halls import LIVE_PATH
from bench.hub.instance import Speaker
from bench.hub.machine import Trouble
from bench.hub.wire import client_frame, stamp, upgrade
from core.shared.ids import new_id

# The hub takes 20 messages a second from one connection.
PAUSE_S: Final = 0.051
ANSWER_LIMIT_S: Final = 30.0


@dataclass(slots=True)
class Acknowledged:
    """What the hub has acknowledged while somebody counted."""

    ages_ms: list[float] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many messages."""
        return len(self.ages_ms)

    def percentile_ms(self, percent: int) -> float:
        """From sending to acknowledgement."""
        return statistics.quantiles(self.ages_ms, n=100)[percent - 1]


class Voice(asyncio.Protocol):
    """One connection with at most one message under way."""

    def __init__(self) -> None:
        self._answer: asyncio.Future[bytes] | None = None
        self._got = b""
        self._awaited: Sequence[bytes] = ()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way out."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Look for the answer."""
        self._got += data
        if self._answer is not None and any(word in self._got for word in self._awaited):
            self._answer.set_result(self._got)
            self._answer = None

    def connection_lost(self, _error: Exception | None) -> None:
        """Let whoever waits know."""
        if self._answer is not None:
            self._answer.set_exception(Trouble(f"the hub closed a writer's connection: {self._got[-200:]!r}"))

    async def ask(self, message: bytes, *awaited: bytes) -> bytes:
        """Send bytes and wait until one of the awaited words comes; what came. Raises: Trouble."""
        assert self._transport is not None
        self._got, self._awaited = b"", awaited
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(message)
        try:
            return await asyncio.wait_for(self._answer, ANSWER_LIMIT_S)
        except TimeoutError as late:
            raise Trouble(f"no answer in {ANSWER_LIMIT_S:.0f} s") from late

    def close(self) -> None:
        """Leave."""
        if self._transport is not None:
            self._transport.abort()


async def enter(port: int, speakers: Sequence[Speaker]) -> list[Voice]:
    """A connection for each, signed in."""
    voices = []
    for speaker in speakers:
        _, voice = await asyncio.get_running_loop().create_connection(Voice, "127.0.0.1", port)
        send, expected = upgrade(LIVE_PATH, f"Authorization: Bearer {speaker.token}")
        await voice.ask(send, expected)
        voices.append(voice)
    return voices


async def write(voices: Sequence[Voice], streams: Sequence[str], *, seconds: float) -> Acknowledged:
    """Everybody writes for so long, each into one of the streams. Raises: Trouble at the first refusal."""
    acknowledged = Acknowledged()
    until = time.monotonic() + seconds
    await asyncio.gather(
        *(
            _keep_writing(voice, streams[number % len(streams)], acknowledged, until)
            for number, voice in enumerate(voices)
        )
    )
    return acknowledged


async def _keep_writing(voice: Voice, stream: str, acknowledged: Acknowledged, until: float) -> None:
    for number in count(1):
        began = time.monotonic()
        if began >= until:
            return
        answer = await voice.ask(_message(number, stream), b'"op":"ok"', b'"op":"refused"')
        if b'"op":"refused"' in answer:
            raise Trouble(f"the hub refused a message: {answer[-200:]!r}")
        took = time.monotonic() - began
        acknowledged.ages_ms.append(took * 1000)
        await asyncio.sleep(max(0.0, PAUSE_S - took))


def _message(number: int, stream: str) -> bytes:
    text = stamp().decode()
    request = {"op": "send", "id": number, "stream": stream, "client_id": new_id(), "text": text}
    return client_frame(json.dumps(request).encode())
