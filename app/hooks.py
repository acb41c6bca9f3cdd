"""Doors for messengers that bring their updates: the secret is looked at, the update kept, then answered.

In front of the pages, so that a page's middleware costs nothing here. The bots need not be alive: what is
in the inbox waits for them.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any

from prometheus_client import Counter

from core.shared.errors import DomainError, RefusalKind
from core.store import Database
from messengers import HOOKS_PATH, Carrier, ChannelPolicy, Policies, keep_updates

log = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Answer = tuple[int, bytes]

# An update holds words and names of files, never the files.
LARGEST_UPDATE = 1024 * 1024
SECRET_HEADERS = {
    Carrier.TELEGRAM: b"x-telegram-bot-api-secret-token",
    Carrier.MAX: b"x-max-bot-api-secret",
}

_brought = Counter(
    "s24_hooks_total", "Updates brought by messengers, by what was answered", ["carrier", "status"]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hooks:
    """The doors of the messengers. secrets: what each of them shows; one that is switched off has no door."""

    database: Database
    secrets: Mapping[Carrier, str]
    policies: Policies
    nudge: Callable[[], None]
    # What VK wants to read once, to believe that the address is ours.
    vk_confirmation: str = ""

    async def answer(self, scope: Scope, receive: Receive) -> Answer:
        """Take one update in; the status and the body of the answer."""
        carrier = self._carrier(scope)
        if carrier is None:
            return 404, b"no such door"
        status, body = await self._answer(carrier, scope, receive)
        _brought.labels(carrier, str(status)).inc()
        return status, body

    def _carrier(self, scope: Scope) -> Carrier | None:
        name = str(scope["path"]).removeprefix(HOOKS_PATH)
        there = next((carrier for carrier in self.secrets if carrier == name), None)
        off = there is None or self.policies.get(there, ChannelPolicy.OFF) is ChannelPolicy.OFF
        return None if off else there

    async def _answer(self, carrier: Carrier, scope: Scope, receive: Receive) -> Answer:
        if scope["method"] != "POST":
            return 405, b"POST only"
        header = SECRET_HEADERS.get(carrier)
        # A secret in a header is looked at before the body is read.
        if header is not None and not self._known(carrier, dict(scope["headers"]).get(header, b"")):
            return self._unknown(carrier)
        update = await _json_object(receive)
        if update is None:
            return 400, b"not an update"
        if carrier is Carrier.VK and update.get("type") == "confirmation":
            # The line says nothing but that this door belongs to the community.
            return 200, self.vk_confirmation.encode()
        # VK shows its secret in the body. It is no part of the event and is not kept.
        if header is None:
            shown = str(update.pop("secret", "")).encode(errors="replace")
            if not self._known(carrier, shown):
                return self._unknown(carrier)
        return await self._kept(carrier, update)

    def _known(self, carrier: Carrier, shown: bytes) -> bool:
        secret = self.secrets[carrier].encode()
        return bool(secret) and hmac.compare_digest(shown, secret)

    def _unknown(self, carrier: Carrier) -> Answer:
        log.warning("hook_secret_refused carrier=%s", carrier)
        return 403, b"wrong secret"

    async def _kept(self, carrier: Carrier, update: dict[str, Any]) -> Answer:
        try:
            fresh = await self.database.run_async(keep_updates, carrier=carrier, updates=[update])
        except ValueError:
            return 400, b"not an update"
        except DomainError as refusal:
            if refusal.kind is not RefusalKind.UNAVAILABLE:
                raise
            # The messenger brings it again: nothing was kept, so nothing is confirmed.
            return 503, b"later"
        if fresh:
            await asyncio.to_thread(self.nudge)
        return 200, b"ok"


async def _json_object(receive: Receive) -> dict[str, Any] | None:
    """The body as a JSON object; None if it is none or too long."""
    body = b""
    more = True
    while more:
        event = await receive()
        if event["type"] != "http.request":
            return None
        body += event.get("body", b"")
        more = event.get("more_body", False)
        if len(body) > LARGEST_UPDATE:
            return None
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        # Whoever knows no secret may still send brackets in brackets without end.
        return None
    return found if isinstance(found, dict) else None
