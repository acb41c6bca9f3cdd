"""MAX's updates in the form of the Bot API. Pure: the number of a tapped message is given."""

from collections.abc import Mapping, Sequence
from typing import Any

from bots.carriers.announced import announced_file, in_one_message

Json = Mapping[str, Any]


def as_bot_api(update: Json, *, number: int) -> dict[str, Any]:
    """The content of an aiogram update, without its id; empty for what we do not listen to.

    number: our number of the message that was tapped or replied to. A person's own message is never edited
    by us and gets none.
    """
    match update["update_type"]:
        case "message_created":
            return {"message": {**_message(update["message"]), **_answered(update["message"], number)}}
        case "bot_started":
            return {"message": _started(update)}
        case "message_callback":
            return {"callback_query": _tap(update, number)}
        case "bot_stopped":
            return {"my_chat_member": _stopped(update)}
    return {}


def meant_message(update: Json) -> str | None:
    """MAX's own name of the message whose button was tapped or that was replied to, None if there is none."""
    message = update.get("message") or {}
    if update["update_type"] == "message_callback":
        return (message.get("body") or {}).get("mid")
    link = message.get("link") or {}
    return (link.get("message") or {}).get("mid") if link.get("type") == "reply" else None


def _user(user: Json) -> dict[str, Any]:
    return {
        "id": user["user_id"],
        "is_bot": bool(user.get("is_bot")),
        "first_name": user.get("first_name") or user.get("name") or "—",
        "last_name": user.get("last_name"),
    }


def _private_chat(user: Json) -> dict[str, Any]:
    # A person and the dialogue with them have one number, as in Telegram: MAX lets us write by it.
    return {"id": user["user_id"], "type": "private"}


def _chat(message: Json) -> dict[str, Any]:
    recipient = message["recipient"]
    if recipient.get("chat_type", "dialog") == "dialog":
        return _private_chat(message["sender"])
    return {"id": -abs(int(recipient["chat_id"])), "type": "group", "title": "—"}


def _message(message: Json) -> dict[str, Any]:
    body = message.get("body") or {}
    said: dict[str, Any] = {
        "message_id": 0,
        "date": int(message["timestamp"]) // 1000,
        "chat": _chat(message),
        "from": _user(message["sender"]),
    }
    attached = _attached(body.get("attachments") or (), sender=message["sender"])
    text = body.get("text") or None
    if (message.get("link") or {}).get("type") == "forward":
        attached["unread"] = True
    words = {"caption": text} if {"photo", "document"} & set(attached) else {"text": text}
    return {**said, **attached, **words}


def _answered(message: Json, number: int) -> dict[str, Any]:
    if not number:
        return {}
    return {"reply_to_message": {"message_id": number, "date": 1, "chat": _chat(message)}}


def _started(update: Json) -> dict[str, Any]:
    payload = update.get("payload")
    return {
        "message_id": 0,
        "date": int(update["timestamp"]) // 1000,
        "chat": _private_chat(update["user"]),
        "from": {**_user(update["user"]), "language_code": update.get("user_locale")},
        "text": f"/start {payload}" if payload else "/start",
    }


def _tap(update: Json, number: int) -> dict[str, Any]:
    callback = update["callback"]
    message = update.get("message") or {}
    body = message.get("body") or {}
    recipient = message.get("recipient") or {}
    user = callback["user"]
    in_group = recipient.get("chat_type", "dialog") != "dialog"
    chat = {"id": -abs(int(recipient["chat_id"])), "type": "group"} if in_group else _private_chat(user)
    attached = _attached(body.get("attachments") or (), sender=user)
    # Of what stands above the buttons only that it is no text matters.
    above: dict[str, Any] = {kind: attached[kind] for kind in ("photo", "document") if kind in attached}
    shown: dict[str, Any] = {
        "message_id": number,
        "date": int(callback["timestamp"]) // 1000,
        "chat": chat,
        **({**above, "caption": body.get("text")} if above else {"text": body.get("text") or "—"}),
    }
    return {
        "id": callback["callback_id"],
        "from": {**_user(user), "language_code": update.get("user_locale")},
        "chat_instance": str(chat["id"]),
        "data": callback.get("payload") or "",
        "message": shown,
    }


def _stopped(update: Json) -> dict[str, Any]:
    bot = {"id": 0, "is_bot": True, "first_name": "—"}
    return {
        "chat": _private_chat(update["user"]),
        "from": _user(update["user"]),
        "date": int(update["timestamp"]) // 1000,
        "old_chat_member": {"status": "member", "user": bot},
        "new_chat_member": {"status": "kicked", "user": bot, "until_date": 0},
    }


def _attached(attachments: Sequence[Json], *, sender: Json) -> dict[str, Any]:
    """Photos, files, place and contact. ``unread``: there is something that nobody here can read."""
    found: dict[str, Any] = {}
    files: list[dict[str, Any]] = []
    for attachment in attachments:
        payload = attachment.get("payload") or {}
        match attachment.get("type"):
            case "image" if payload.get("url"):
                files.append({"photo": [announced_file(payload["url"], width=0, height=0)]})
            case "file" if payload.get("url"):
                told = {"file_name": attachment.get("filename"), "file_size": attachment.get("size")}
                files.append({"document": announced_file(payload["url"], **told)})
            case "location":
                place = {"latitude": attachment["latitude"], "longitude": attachment["longitude"]}
                found.setdefault("location", place)
            case "contact":
                found.setdefault("contact", _contact(payload, sender))
            case "inline_keyboard" | "share":
                # Ours under a message of ours; what MAX shows of an address in the words.
                pass
            case _:
                found["unread"] = True
    return {**found, **in_one_message(files)}


def _contact(payload: Json, sender: Json) -> dict[str, Any]:
    """A card. ``user_id`` is set only if MAX itself says that it is the sender's own."""
    owner = payload.get("max_info") or {}
    own = owner.get("user_id") == sender.get("user_id")
    return {
        "phone_number": _phone(payload.get("vcf_info") or ""),
        "first_name": owner.get("first_name") or "—",
        **({"user_id": sender["user_id"]} if own else {}),
    }


def _phone(card: str) -> str:
    """The first telephone of a vCard.

    >>> _phone("BEGIN:VCARD\\r\\nTEL;TYPE=cell:79001234567\\r\\nEND:VCARD")
    '79001234567'
    """
    for line in card.splitlines():
        name, _, value = line.partition(":")
        if name.split(";")[0].upper() == "TEL":
            return value.strip()
    return ""
