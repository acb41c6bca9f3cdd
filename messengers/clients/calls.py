"""HTTP calls to a messenger: one connection pool a client, a timeout on everything, failures in our words."""

import math
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from messengers.clients.failures import AnswerLost, NotSent, Rejected

REQUEST_TIMEOUT_S = 20.0
CONNECT_TIMEOUT_S = 5.0
# What a person may send us: a photo of a pothole, a scanned letter.
LARGEST_DOWNLOAD = 20 * 1024 * 1024
_CHUNK = 64 * 1024


class Calls:
    """The connections of one client; opened at the first call, closed with ``close``.

    ca_file: a certificate authority to trust beside those of the system, None for none.
    """

    def __init__(self, *, headers: Mapping[str, str] | None = None, ca_file: Path | None = None) -> None:
        self._headers = dict(headers or {})
        self._ca_file = ca_file
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    @asynccontextmanager
    async def open(
        self, method: str, url: str, *, timeout_s: float = REQUEST_TIMEOUT_S, own: bool = True, **request: Any
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """Make a request. ``own``: to the messenger itself, with our headers, not to a host it named.

        Raises: NotSent if no connection came about; AnswerLost for anything that broke later.
        """
        timeout = aiohttp.ClientTimeout(total=timeout_s, connect=CONNECT_TIMEOUT_S)
        headers = self._headers if own else {}
        try:
            async with self._opened().request(
                method, url, timeout=timeout, headers=headers, **request
            ) as response:
                yield response
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as failure:
            raise NotSent(type(failure).__name__) from failure
        except (aiohttp.ClientError, TimeoutError) as failure:
            raise AnswerLost(type(failure).__name__) from failure

    async def download(self, url: str) -> AsyncGenerator[bytes, None]:
        """The bytes behind an address that the messenger named, piece by piece.

        Raises: Rejected if it is no web address, is gone or holds more than 20 MiB; AnswerLost.
        """
        if not url.startswith(("https://", "http://")):
            raise Rejected("not_a_web_address")
        size = 0
        async with self.open("GET", url, own=False) as response:
            if gone_for_good(response.status):
                raise Rejected(f"download_{response.status}")
            if response.status != 200:
                raise AnswerLost(f"download_{response.status}")
            async for piece in response.content.iter_chunked(_CHUNK):
                size += len(piece)
                if size > LARGEST_DOWNLOAD:
                    raise Rejected("download_too_large")
                yield piece

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            trusted = ssl.create_default_context()
            if self._ca_file is not None:
                trusted.load_verify_locations(self._ca_file)
            self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=trusted))
        return self._session


def gone_for_good(status: int) -> bool:
    """Whether a file will not come however often it is asked for: deleted, or its address has ended."""
    return 400 <= status < 500 and status not in {408, 425, 429}


async def json_of(response: aiohttp.ClientResponse) -> dict[str, Any]:
    """The answer's JSON object. Raises: AnswerLost if there is none."""
    try:
        body = await response.json(content_type=None)
    except ValueError as failure:
        raise AnswerLost("not_json") from failure
    if not isinstance(body, dict):
        raise AnswerLost("not_an_object")
    return body


def retry_after_s(response: aiohttp.ClientResponse, *, default: float = 1.0) -> float:
    """The pause that the answer asks for, in seconds.

    Only the form with seconds is read; a date or nonsense means the default.
    """
    said = response.headers.get("Retry-After", "")
    return float(math.ceil(float(said))) if said.replace(".", "", 1).isdigit() else default
