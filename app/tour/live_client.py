"""A client of the live protocol for programs: the tour, the tests under faults, checks from outside.

It keeps what the protocol promises on the client's side: it reconnects by itself, resumes each stream
where it stands, drops what it has seen, sends again under the same client id what was not acknowledged
or was refused for a passing reason.
Whatever contradicts the promises (a hole, a wrong order) is kept in ``Followed.faults``.
"""

import asyncio
import json
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Final, Self
from uuid import uuid4

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from app.tour.followed import Arrived, Followed, Receipt

FINAL_CODES: Final = {4001: "signed out", 4003: "foreign origin"}
TRY_AGAIN: Final = {"store_unavailable"}
TRY_AGAIN_AFTER_S: Final = 0.3
FIRST_PAUSE_S: Final = 0.05
LAST_PAUSE_S: Final = 2.0
NetworkTrouble = (InvalidHandshake, OSError, TimeoutError)


class Refused(Exception):
    """The hub refused a request; ``code`` is stable, ``str`` is the sentence for the person."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Closed(Exception):
    """The connection ended for good: by the hub with a final code, or by ``close``."""


@dataclass(slots=True)
class _Request:
    message: dict[str, Any]
    answer: asyncio.Future[dict[str, Any]]
    # Of the client's own accord; nobody waits for the answer.
    unasked: bool = False


@dataclass(slots=True, eq=False)
class LiveClient:
    """One person's connection. Use it as ``async with LiveClient(url, token=...) as live:``.

    ``url`` is ``ws://host:port/live``. ``token`` goes as Authorization: Bearer, ``cookie`` as the session
    cookie of a browser. With ``reconnect=False`` the first loss of the connection is final.
    """

    url: str
    token: str | None = None
    cookie: str | None = None
    origin: str | None = None
    reconnect: bool = True
    followed: dict[str, Followed] = field(default_factory=dict)
    connections: int = 0
    close_codes: list[int] = field(default_factory=list)
    goodbyes: list[dict[str, Any]] = field(default_factory=list)
    received: list[dict[str, Any]] | None = None
    sent: list[dict[str, Any]] | None = None
    _socket: ClientConnection | None = None
    _requests: dict[int, _Request] = field(default_factory=dict)
    _number: int = 0
    _retry_s: float = 0.0
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    _task: asyncio.Task[None] | None = None
    _ended: str | None = None
    _again: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def ended(self) -> bool:
        """Whether it has ended for good."""
        return self._ended is not None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._run())
        await self._until(lambda: self._socket is not None or self._ended is not None, 10.0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Leave for good."""
        self._ended = self._ended or "closed by the client"
        if self._socket is not None:
            await self._socket.close()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._fail_requests()

    async def subscribe(
        self, stream: str, *, epoch: int | None = None, seq: int | None = None, timeout_s: float = 10.0
    ) -> Followed:
        """Follow a stream; ``seq=0`` reads it from its beginning, None from now on. Raises: Refused."""
        followed = Followed(stream, epoch=epoch, seq=seq)
        self.followed[stream] = followed
        try:
            await self._ask(_subscription(followed), timeout_s=timeout_s)
        except Refused:
            self.followed.pop(stream, None)
            raise
        return followed

    async def unsubscribe(self, stream: str) -> None:
        """Follow the stream no longer."""
        await self._ask({"op": "unsubscribe", "stream": stream})
        self.followed.pop(stream, None)

    async def send(
        self,
        stream: str,
        text: str,
        *,
        client_id: str | None = None,
        reply_to: int | None = None,
        timeout_s: float = 30.0,
    ) -> Receipt:
        """Say something and wait until it is durable, across reconnections. Raises: Refused, Closed."""
        client_id = client_id or str(uuid4())
        message: dict[str, Any] = {"op": "send", "stream": stream, "client_id": client_id, "text": text}
        if reply_to is not None:
            message["reply_to"] = reply_to
        return _receipt(await self._ask(message, timeout_s=timeout_s), client_id)

    async def press(
        self, stream: str, *, of: int, data: str, client_id: str | None = None, timeout_s: float = 30.0
    ) -> None:
        """Press the button with ``data`` under message ``of``. Raises: Refused, Closed."""
        client_id = client_id or str(uuid4())
        message = {"op": "press", "stream": stream, "client_id": client_id, "of": of, "data": data}
        await self._ask(message, timeout_s=timeout_s)

    async def edit(self, stream: str, of: int, text: str) -> None:
        """Change one's own message of a room. Raises: Refused."""
        await self._ask({"op": "edit", "stream": stream, "of": of, "text": text})

    async def delete(self, stream: str, of: int) -> None:
        """Delete a message of a room. Raises: Refused."""
        await self._ask({"op": "delete", "stream": stream, "of": of})

    async def react(self, stream: str, of: int, reaction: str, *, on: bool = True) -> None:
        """Put a sign under a message of a room, or take it back. Raises: Refused."""
        await self._ask({"op": "react", "stream": stream, "of": of, "reaction": reaction, "on": on})

    async def read(self, stream: str, seq: int) -> None:
        """Say that everything up to ``seq`` has been read."""
        await self._ask({"op": "read", "stream": stream, "seq": seq})

    async def typing(self, stream: str) -> None:
        """Say that one is writing; nobody answers that."""
        await self._transmit({"op": "typing", "stream": stream})

    async def ping(self) -> float:
        """How long the hub takes to answer, in seconds."""
        begun = time.perf_counter()
        await self._ask({"op": "ping"})
        return time.perf_counter() - begun

    async def wait_for(
        self, stream: str, wanted: Callable[[Arrived], bool] = bool, *, timeout_s: float = 30.0
    ) -> Arrived:
        """The first event of the stream, of those here and those to come, that is wanted."""
        followed = self.followed[stream]
        await self._until(lambda: any(map(wanted, followed.events)), timeout_s)
        return next(event for event in followed.events if wanted(event))

    async def wait_until(
        self, stream: str, reached: Callable[[Followed], bool], *, timeout_s: float = 30.0
    ) -> Followed:
        """Wait until what is known of the stream satisfies ``reached``."""
        followed = self.followed[stream]
        await self._until(lambda: reached(followed), timeout_s)
        return followed

    async def wait_for_state(
        self,
        stream: str,
        wanted: Callable[[dict[str, Any]], bool] = bool,
        *,
        timeout_s: float = 30.0,
    ) -> tuple[float, dict[str, Any]]:
        """The first wanted state of the stream since it is followed, and when it came."""
        followed = self.followed[stream]
        await self._until(lambda: any(wanted(state) for _, state in followed.states), timeout_s)
        return next((at, state) for at, state in followed.states if wanted(state))

    async def wait_closed(self, *, timeout_s: float = 30.0) -> str:
        """Wait until the connection has ended for good; why."""
        await self._until(lambda: self._ended is not None, timeout_s)
        return self._ended or ""

    async def wait_reconnected(self, connections: int, *, timeout_s: float = 30.0) -> None:
        """Wait until it is connected for the n-th time."""
        await self._until(lambda: self.connections >= connections and self._socket is not None, timeout_s)

    async def cut(self) -> None:
        """Lose the connection as a dead network would: without a goodbye."""
        if self._socket is not None:
            self._socket.transport.abort()

    async def transmit_raw(self, frame: str | bytes) -> None:
        """Send a frame as it is, for those who test what the hub makes of nonsense."""
        if self._socket is None:
            raise Closed(self._ended or "not connected")
        await self._socket.send(frame)

    async def _ask(self, message: dict[str, Any], *, timeout_s: float = 10.0) -> dict[str, Any]:
        if self._ended is not None:
            raise Closed(self._ended)
        self._number += 1
        message["id"] = self._number
        request = _Request(message, asyncio.get_running_loop().create_future())
        self._requests[self._number] = request
        try:
            await self._transmit(message)
            async with asyncio.timeout(timeout_s):
                return await request.answer
        finally:
            self._requests.pop(message["id"], None)

    async def _transmit(self, message: dict[str, Any]) -> None:
        """Send if connected; requests are sent again after the next connection anyway."""
        socket = self._socket
        if socket is None:
            return
        if self.sent is not None:
            self.sent.append(message)
        try:
            await socket.send(json.dumps(message, ensure_ascii=False))
        except ConnectionClosed:
            return

    async def _run(self) -> None:
        pause = FIRST_PAUSE_S
        while not self.ended:
            try:
                await self._connected()
            except ConnectionClosed as closed:
                self._note_end(None if closed.rcvd is None else closed.rcvd.code)
            except NetworkTrouble:
                self._note_end(None)
            if self._socket is not None:
                pause = FIRST_PAUSE_S
            self._socket = None
            if not self.reconnect and not self.ended:
                self._ended = "connection lost"
            await self._tell()
            if not self.ended:
                await asyncio.sleep(self._retry_s + pause * random.uniform(0.5, 1.5))  # noqa: S311 - no secret
                self._retry_s = 0.0
                pause = min(LAST_PAUSE_S, pause * 2)
        self._fail_requests()
        await self._tell()

    async def _connected(self) -> None:
        headers = []
        if self.token is not None:
            headers.append(("Authorization", f"Bearer {self.token}"))
        if self.cookie is not None:
            headers.append(("Cookie", f"session={self.cookie}"))
        async with connect(
            self.url,
            additional_headers=headers,
            origin=self.origin,  # type: ignore[arg-type] # a NewType over str
            compression=None,
            max_size=None,
            proxy=None,
            open_timeout=5,
            close_timeout=2,
        ) as socket:
            self.connections += 1
            self._socket = socket
            await self._resume()
            await self._tell()
            async for frame in socket:
                self._take(json.loads(frame))
                await self._tell()
            self._note_end(socket.close_code)

    async def _resume(self) -> None:
        for request in [one for one in self._requests.values() if one.unasked]:
            # From a connection that is gone; the stream may have got further since.
            request.answer.cancel()
            self._requests.pop(request.message["id"], None)
        waiting = list(self._requests.values())
        asked = {request.message.get("stream") for request in self._requests.values()
                 if request.message["op"] == "subscribe"}  # fmt: skip
        for stream, followed in self.followed.items():
            followed.ready = False
            if stream not in asked:
                self._number += 1
                await self._transmit(self._remembered({**_subscription(followed), "id": self._number}))
        for request in waiting:
            await self._transmit(request.message)

    def _take(self, message: dict[str, Any]) -> None:
        if self.received is not None:
            self.received.append(message)
        followed = self.followed.get(message.get("stream", ""))
        match message["op"]:
            case "ok" | "refused" | "subscribed":
                if message["op"] == "subscribed" and followed is not None:
                    followed.begin(message)
                self._answer(message)
            case "events" if followed is not None:
                followed.take(message)
            case "state" if followed is not None:
                followed.state.update(message["state"])
                followed.states.append((time.perf_counter(), message["state"]))
            case "bye":
                self.goodbyes.append(message)
                self._retry_s = (message["retry_ms"] or 0) / 1000

    def _answer(self, message: dict[str, Any]) -> None:
        request = self._requests.get(message["id"] or 0)
        if request is None or request.answer.done():
            return
        if message["op"] == "refused" and message["code"] in TRY_AGAIN:
            # Nothing is wrong with the request: it goes again, under the same client id.
            asyncio.get_running_loop().call_later(TRY_AGAIN_AFTER_S, self._ask_again, message["id"])
        elif message["op"] == "refused":
            request.answer.set_exception(Refused(message["code"], message["message"]))
        else:
            request.answer.set_result(message)

    def _remembered(self, message: dict[str, Any]) -> dict[str, Any]:
        """Keep a request that nobody waits for until it is answered: a refusal must not end it."""
        answer = asyncio.get_running_loop().create_future()
        number = message["id"]
        self._requests[number] = _Request(message, answer, unasked=True)

        def forget(done: asyncio.Future[dict[str, Any]]) -> None:
            self._requests.pop(number, None)
            if not done.cancelled():
                done.exception()

        answer.add_done_callback(forget)
        return message

    def _ask_again(self, number: int) -> None:
        request = self._requests.get(number)
        if request is not None and self._socket is not None:
            again = asyncio.create_task(self._transmit(request.message))
            self._again.add(again)
            again.add_done_callback(self._again.discard)

    def _note_end(self, code: int | None) -> None:
        if self.ended:
            return
        self.close_codes.append(code or 1006)
        if code in FINAL_CODES:
            self._ended = self._ended or FINAL_CODES[code]

    def _fail_requests(self) -> None:
        for request in self._requests.values():
            if not request.answer.done():
                request.answer.set_exception(Closed(self._ended or "closed"))

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    async def _until(self, reached: Callable[[], bool], timeout_s: float) -> None:
        async with asyncio.timeout(timeout_s), self._changed:
            await self._changed.wait_for(reached)


def _subscription(followed: Followed) -> dict[str, Any]:
    message: dict[str, Any] = {"op": "subscribe", "stream": followed.stream}
    if followed.epoch is not None:
        message["epoch"] = followed.epoch
    if followed.seq is not None:
        message["seq"] = followed.seq
    return message


def _receipt(answer: dict[str, Any], client_id: str) -> Receipt:
    return Receipt(
        stream=answer["stream"],
        epoch=answer["epoch"],
        seq=answer["seq"],
        duplicate=answer["duplicate"],
        client_id=client_id,
    )
