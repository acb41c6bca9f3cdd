"""A subscription to Redis in which a message costs little: redis-py opens the connection, this reads it.

redis-py goes through timeouts, a retry and a handful of coroutines for every single message, which takes it
22 µs; here bytes become messages in the turn of the loop in which they arrive, in 3 µs.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from typing import Final, cast

from redis.asyncio.connection import AbstractConnection
from redis.exceptions import ConnectionError as ConnectionLost
from redis.exceptions import InvalidResponse, RedisError, ResponseError

Reply = bytes | int | list["Reply"] | None

END: Final = b"\r\n"


class Replies:
    """Redis' answers and pushes (RESP2 and RESP3) out of a stream of bytes, however it was cut."""

    __slots__ = ("_held",)

    def __init__(self) -> None:
        self._held = b""

    def feed(self, data: bytes) -> Iterator[Reply]:
        """The replies that are whole by now. Raises: InvalidResponse, ResponseError."""
        held, at = self._held + data, 0
        while (found := _reply(held, at)) is not None:
            reply, at = found
            yield reply
        self._held = held[at:]


class Subscription(asyncio.Protocol):
    """Follows channels over one connection of redis-py, which it takes for itself.

    ``ready`` is called when all channels are subscribed, ``heard`` with channel and text of each message
    after that; neither may raise. ``silent_since``: the loop's time when Redis last said anything;
    ``asked``: how often it has been asked since.
    """

    def __init__(
        self, channels: Sequence[str], *, ready: Callable[[], None], heard: Callable[[str, bytes], None]
    ) -> None:
        loop = asyncio.get_running_loop()
        self.silent_since = loop.time()
        self.asked = 0
        self._now = loop.time
        self._lost: asyncio.Future[Exception] = loop.create_future()
        self._channels = channels
        self._awaited = len(channels)
        self._ready = ready
        self._heard = heard
        self._replies = Replies()
        self._transport: asyncio.Transport

    def take(self, connection: AbstractConnection) -> None:
        """Subscribe over a connection that is open and on which nothing is under way."""
        # It has signed in and may be encrypted, but there is no other way to what is below it.
        writer = connection._writer  # noqa: SLF001
        assert writer is not None  # noqa: S101 - it is open
        self._transport = cast("asyncio.Transport", writer.transport)
        self._transport.set_protocol(self)
        self._transport.write(_command("SUBSCRIBE", *self._channels))

    def ask(self) -> None:
        """Have Redis say something."""
        self.asked += 1
        self._transport.write(_command("PING"))

    async def lost_within(self, seconds: float) -> Exception | None:
        """Why the connection is lost, None while it is not; returns at once or after so long."""
        await asyncio.wait({self._lost}, timeout=seconds)
        return self._lost.result() if self._lost.done() else None

    def data_received(self, data: bytes) -> None:
        """Redis says something."""
        self.silent_since, self.asked = self._now(), 0
        try:
            for reply in self._replies.feed(data):
                self._take_in(reply)
        except RedisError as error:
            self._end(error)
        except ValueError as error:
            self._end(InvalidResponse(f"Redis has said what is no number: {error}"))

    def connection_lost(self, exc: Exception | None) -> None:
        """Redis or the way to it is gone."""
        self._end(exc or ConnectionLost("Redis has closed the connection"))

    def _take_in(self, reply: Reply) -> None:
        match reply:
            case [b"message", bytes(channel), bytes(text)]:
                self._heard(channel.decode(), text)
            case [b"subscribe", *_]:
                self._awaited -= 1
                if self._awaited == 0:
                    self._ready()
            case _:
                # The answer to a ping has done its work by coming.
                pass

    def _end(self, error: Exception) -> None:
        if not self._lost.done():
            self._lost.set_result(error)
            self._transport.abort()


def _command(*words: str) -> bytes:
    """A command as Redis reads it.

    >>> _command("PING")
    b'*1\\r\\n$4\\r\\nPING\\r\\n'
    """
    encoded = [word.encode() for word in words]
    return b"*%d\r\n" % len(encoded) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in encoded)


def _reply(held: bytes, at: int) -> tuple[Reply, int] | None:
    """The reply that begins there and where the next one does; None while some of it is missing."""
    end = held.find(END, at)
    if end < 0:
        return None
    kind, line, at = held[at : at + 1], held[at + 1 : end], end + len(END)
    match kind:
        case b"$":
            return _text(held, at, int(line))
        case b"*" | b">":
            return _several(held, at, int(line))
        case b":":
            return int(line), at
        case b"+":
            return line, at
        case b"_":
            return None, at
        case b"-":
            raise ResponseError(line.decode(errors="replace"))
        case _:
            raise InvalidResponse(f"Redis has said {kind!r}")


def _text(held: bytes, at: int, size: int) -> tuple[Reply, int] | None:
    if size < 0:
        return None, at
    end = at + size
    return (held[at:end], end + len(END)) if len(held) >= end + len(END) else None


def _several(held: bytes, at: int, count: int) -> tuple[Reply, int] | None:
    several: list[Reply] = []
    for _ in range(count):
        found = _reply(held, at)
        if found is None:
            return None
        reply, at = found
        several.append(reply)
    return several, at
