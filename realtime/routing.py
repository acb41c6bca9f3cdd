"""The public door of the hub: build it, mount its application, start and stop it with the server."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from core.store import Database
from realtime import measures
from realtime.consumer import LiveConsumer
from realtime.hub import Hub
from realtime.limits import DEFAULT_LIMITS, Limits
from realtime.sending import fastest_sender, send_by_offers


def build_hub(
    *,
    database: Database,
    redis_url: str | None,
    allowed_origins: Sequence[str],
    limits: Limits = DEFAULT_LIMITS,
    compiled: bool = True,
) -> Hub:
    """The hub of this process; it opens nothing before ``start``.

    ``allowed_origins``: where pages that may connect come from, such as ``https://zarechny.example``
    (scheme, host and port only). Raises: ValueError for anything else. ``compiled``: frames are sent by the
    library in C, where it can be had.
    """
    send = fastest_sender() if compiled else send_by_offers
    measures.compiled_sender.set(send is not send_by_offers)
    hub = Hub(
        database=database,
        redis_url=redis_url,
        allowed_origins=frozenset(checked_origin(origin) for origin in allowed_origins),
        limits=limits,
        send=send,
    )
    hub.application = LiveConsumer.as_asgi(hub=hub)
    return hub


def checked_origin(origin: str) -> str:
    """An origin as browsers write it.

    >>> checked_origin("http://127.0.0.1:8024/"), checked_origin("HTTPS://Town.Example:443")
    ('http://127.0.0.1:8024', 'https://town.example')
    """
    parts = urlsplit(origin.rstrip("/").lower())
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query:
        raise ValueError(f"not an origin (scheme://host[:port]): {origin}")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    usual = {"http": 80, "https": 443}[parts.scheme]
    return (
        f"{parts.scheme}://{host}" if parts.port in (None, usual) else f"{parts.scheme}://{host}:{parts.port}"
    )
