"""Static files in front of Django, under a name that changes with their contents.

The whole folder has one version, ``/static/VERSION/app.css``, so that ES modules may import each
other by relative paths and everything can still be cached for ever.
"""

import asyncio
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from web.asgi_types import Receive, Scope, Send
from web.configuration import STATIC_DIR

PREFIX = "/static/"
_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".webmanifest": "application/manifest+json",
}


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file ready to be sent."""

    body: bytes
    content_type: str


@cache
def static_files() -> dict[str, StaticFile]:
    """Every file of the folder by its relative name, read once: half a megabyte in all."""
    return {
        path.relative_to(STATIC_DIR).as_posix(): StaticFile(path.read_bytes(), _content_type(path))
        for path in sorted(STATIC_DIR.rglob("*"))
        if path.is_file()
    }


@cache
def static_version() -> str:
    """Sixteen hex digits that change when any file does."""
    digest = hashlib.sha256()
    for name, file in static_files().items():
        digest.update(name.encode() + b"\0" + file.body)
    return digest.hexdigest()[:16]


def static_url(name: str) -> str:
    """The address of a file. Raises: KeyError if there is none, so that a misspelt name fails the tests."""
    static_files()[name]
    return f"{PREFIX}{static_version()}/{name}"


async def serve_static(scope: Scope, _receive: Receive, send: Send) -> None:
    """The ASGI application behind ``/static/``."""
    version, _, name = scope["path"].removeprefix(PREFIX).partition("/")
    files = await asyncio.to_thread(static_files)
    file = files.get(name)
    if file is None or scope["method"] not in ("GET", "HEAD"):
        await _send(send, status=404, headers=[(b"content-type", b"text/plain")], body=b"")
        return
    kept = b"public, max-age=31536000, immutable" if version == static_version() else b"no-cache"
    headers = [
        (b"content-type", file.content_type.encode()),
        (b"content-length", str(len(file.body)).encode()),
        (b"cache-control", kept),
        (b"x-content-type-options", b"nosniff"),
    ]
    await _send(send, status=200, headers=headers, body=b"" if scope["method"] == "HEAD" else file.body)


async def _send(send: Send, *, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _content_type(path: Path) -> str:
    return _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
