"""Updates of messengers into the inbox: which update it is, and to whose lane it belongs.

Used by long polling (bots) and by the doors for webhooks (app), so an update that comes by both is one row.
"""

import hashlib
import json
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from core.store import NewUpdate, UnitOfWork, receive_updates
from messengers.capabilities import Carrier

log = logging.getLogger(__name__)

RawUpdate = Mapping[str, Any]

# What we ask each messenger for.
TELEGRAM_KINDS = ("message", "callback_query", "my_chat_member")
VK_KINDS = ("message_new", "message_event", "message_deny")
MAX_KINDS = ("message_created", "message_callback", "bot_started", "bot_stopped")

# What the inbox has room for.
_LONGEST_KEY = 128
# VK numbers group chats from here.
VK_GROUPS_FROM = 2_000_000_000


def keep_updates(uow: UnitOfWork, *, carrier: Carrier, updates: Sequence[RawUpdate]) -> int:
    """Put raw updates into the inbox in one transaction, in their order; how many were new.

    Raises: ValueError for one that has not the form of the messenger's updates.
    """
    named = [_named(carrier, update) for update in updates]
    return receive_updates(uow, carrier=carrier, updates=named)


def keep_fetched(uow: UnitOfWork, *, carrier: Carrier, updates: Sequence[RawUpdate]) -> int:
    """As ``keep_updates`` for a page that was fetched; one that has another form is left out and logged.

    Else the messenger would give the same page out for ever, and nothing behind it.
    """
    named = []
    for update in updates:
        try:
            named.append(_named(carrier, update))
        except ValueError:
            log.exception("update_not_understood carrier=%s", carrier)
    return receive_updates(uow, carrier=carrier, updates=named) if named else 0


def _named(carrier: Carrier, update: RawUpdate) -> NewUpdate:
    try:
        key, lane = _NAMING[carrier](update)
    except (KeyError, TypeError, AttributeError) as strange:
        raise ValueError(f"no update of {carrier}") from strange
    if len(key) > _LONGEST_KEY:
        key = _digest({"key": key})
    return NewUpdate(key=key, lane=lane, payload=dict(update))


def _of_telegram(update: RawUpdate) -> tuple[str, str]:
    """The update's number and its chat; one lane for all that belong to none.

    >>> _of_telegram({"update_id": 1, "callback_query": {"message": {"chat": {"id": 7}}}})
    ('1', '7')
    """
    key = str(int(update["update_id"]))
    for content in update.values():
        if isinstance(content, dict):
            chat = content.get("chat") or (content.get("message") or {}).get("chat") or content.get("from")
            if chat:
                return key, str(chat["id"])
    return key, "none"


def _of_max(update: RawUpdate) -> tuple[str, str]:
    """MAX numbers no updates: a message, a tap and a start have names of their own.

    >>> _of_max({"update_type": "bot_started", "timestamp": 5, "chat_id": 9, "user": {"user_id": 7}})
    ('bot_started:7:5', '7')
    """
    kind = str(update["update_type"])
    if kind == "message_created":
        message = update["message"]
        return f"{kind}:{message['body']['mid']}", _max_lane(message["recipient"], message.get("sender"))
    if kind == "message_callback":
        callback = update["callback"]
        recipient = (update.get("message") or {}).get("recipient") or {}
        return f"{kind}:{callback['callback_id']}", _max_lane(recipient, callback["user"])
    if kind in {"bot_started", "bot_stopped"}:
        person = update["user"]["user_id"]
        return f"{kind}:{person}:{update['timestamp']}", str(person)
    return f"{kind}:{_digest(update)}", "none"


def _of_vk(update: RawUpdate) -> tuple[str, str]:
    """VK gives every event an id, which it keeps when it brings the event again.

    >>> _of_vk({"type": "message_deny", "event_id": "e5", "object": {"user_id": 7}})
    ('message_deny:e5', '7')
    """
    kind, what = str(update["type"]), update["object"]
    if kind == "message_new":
        message = what["message"]
        peer, number = int(message["peer_id"]), int(message["conversation_message_id"])
        return f"{kind}:{peer}:{number}", _vk_lane(peer)
    if kind == "message_event":
        return f"{kind}:{what['event_id']}", _vk_lane(int(what["peer_id"]))
    return f"{kind}:{update['event_id']}", str(what.get("user_id", "none"))


def _vk_lane(peer_id: int) -> str:
    """A person is named by their id, a group by its number below zero.

    >>> _vk_lane(7), _vk_lane(2_000_000_005)
    ('7', '-5')
    """
    return str(VK_GROUPS_FROM - peer_id if peer_id > VK_GROUPS_FROM else peer_id)


def _max_lane(recipient: RawUpdate, sender: RawUpdate | None) -> str:
    """A dialogue is named by its person, who may be written to by that name; a group by its negative id."""
    if recipient.get("chat_type", "dialog") == "dialog" and sender is not None:
        return str(sender["user_id"])
    return str(-abs(int(recipient["chat_id"])))


def _digest(update: RawUpdate) -> str:
    return hashlib.sha256(json.dumps(update, sort_keys=True).encode()).hexdigest()[:32]


_NAMING: Mapping[Carrier, Callable[[RawUpdate], tuple[str, str]]] = {
    Carrier.TELEGRAM: _of_telegram,
    Carrier.MAX: _of_max,
    Carrier.VK: _of_vk,
}
