"""A request that is too long is refused before it is read."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from core.shared.language import N_, as_language, translate
from web.asgi_types import AsgiApp, Message, Receive, Scope, Send

TOO_LARGE = N_(
    "This is too much at once: at most {limit} kilobytes. Nothing was sent; send less or in parts."
)


class _TooLarge(Exception):
    """More bytes came than were allowed."""


@dataclass(frozen=True, slots=True)
class BodyLimit:
    """ASGI in front of Django, which would first write the whole body into a file.

    limit_of: addresses that take files have limits of their own, in bytes; None for the others.
    """

    app: AsgiApp
    limit_bytes: int
    limit_of: Callable[[str], int | None] = lambda _path: None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse by the announced length at once, or as soon as more than the limit has come."""
        limit_bytes = self.limit_of(scope["path"]) or self.limit_bytes
        announced = _header(scope, b"content-length")
        if announced.isdigit() and int(announced) > limit_bytes:
            await _refuse(scope, send, limit_bytes)
            return
        received = 0

        async def counted() -> Message:
            nonlocal received
            event = await receive()
            received += len(event.get("body", b""))
            if received > limit_bytes:
                raise _TooLarge
            return event

        try:
            await self.app(scope, counted, send)
        except _TooLarge:
            # Django reads the body before it answers anything, so no answer has begun yet.
            await _refuse(scope, send, limit_bytes)


async def _refuse(scope: Scope, send: Send, limit_bytes: int) -> None:
    language = as_language(_header(scope, b"accept-language").decode("latin-1"))
    message = translate(language, TOO_LARGE, limit=limit_bytes // 1000)
    body = json.dumps({"code": "too_large", "message": message}, ensure_ascii=False).encode()
    headers = [
        (b"content-type", b"application/json; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _header(scope: Scope, name: bytes) -> bytes:
    return next((value for key, value in scope["headers"] if key == name), b"")
