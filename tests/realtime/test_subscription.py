"""What is read from Redis: whole replies, however the bytes were cut, and an end that is told."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Connection
from redis.exceptions import ConnectionError as ConnectionLost
from redis.exceptions import InvalidResponse, ResponseError

from realtime.subscription import Replies, Subscription

MESSAGE = b"message", b"s24:facts", '[{"kind": "Сказано\r\n"}]'.encode()
BULKS = b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in MESSAGE)
# RESP2, RESP3, and what else comes on a connection that follows channels.
SAID = b"*3\r\n" + BULKS + b":7\r\n+PONG\r\n$-1\r\n_\r\n$0\r\n\r\n*0\r\n>3\r\n" + BULKS
MEANT = [[*MESSAGE], 7, b"PONG", None, None, b"", [], [*MESSAGE]]


def test_replies_are_read_whole_however_the_bytes_were_cut() -> None:
    cuts = [
        [reply for piece in (SAID[:at], SAID[at:]) for reply in replies.feed(piece)]
        for at in range(len(SAID))
        for replies in [Replies()]
    ]
    byte_by_byte = Replies()

    assert [read for read in cuts if read != MEANT] == []
    assert [reply for byte in SAID for reply in byte_by_byte.feed(bytes([byte]))] == MEANT


@pytest.mark.parametrize(
    ("said", "error"),
    [
        pytest.param(b"-NOPERM no permissions\r\n", ResponseError, id="refusal"),
        pytest.param(b"HTTP/1.1 400 Bad Request\r\n", InvalidResponse, id="not Redis"),
        pytest.param(b"$many\r\n", InvalidResponse, id="no number"),
    ],
)
async def test_what_cannot_be_read_ends_the_subscription(said: bytes, error: type[Exception]) -> None:
    async with _redis_that_says(said) as subscription:
        assert isinstance(await subscription.lost_within(5.0), error)


async def test_a_subscription_is_ready_when_all_channels_are_and_ends_with_its_connection() -> None:
    subscribed = b">3\r\n$9\r\nsubscribe\r\n$9\r\ns24:facts\r\n:1\r\n"
    async with _redis_that_says(subscribed, b">3\r\n" + BULKS, subscribed, b"*3\r\n" + BULKS) as subscription:
        lost = await subscription.lost_within(5.0)

    assert isinstance(lost, ConnectionLost)
    assert subscription.told == [MESSAGE[2], "ready", MESSAGE[2]]


class Told(Subscription):
    """A subscription to two channels that keeps what it was told."""

    def __init__(self) -> None:
        self.told: list[object] = []
        super().__init__(
            ("s24:facts", "s24:presence"),
            ready=lambda: self.told.append("ready"),
            heard=lambda _channel, text: self.told.append(text),
        )


@contextlib.asynccontextmanager
async def _redis_that_says(*pieces: bytes) -> AsyncIterator[Told]:
    """Something that signs a client in as Redis does, answers its SUBSCRIBE with the pieces and hangs up."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while b"SUBSCRIBE" not in (asked := await reader.read(4096)) and asked:
            writer.write(b"+OK\r\n" * asked.count(b"*"))
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        connection = Connection(host="127.0.0.1", port=port, protocol=2)
        await connection.connect()  # type: ignore[no-untyped-call] # redis-py's own
        subscription = Told()
        subscription.take(connection)
        try:
            yield subscription
        finally:
            await connection.disconnect(nowait=True)
