"""VK's events in the form of the Bot API. Pure: the names of a newcomer are given."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from bots.carriers.announced import announced_file, in_one_message
from bots.engine.words import bare
from messengers import ACTION, FILE, VK_GROUPS_FROM

Json = Mapping[str, Any]

# What VK's own button «Начать» says, and what people say who came by a link into a dialogue they had.
_GREETINGS = {"начать", "start", "старт", "привет", "здравствуйте"}


def as_bot_api(update: Json, *, names: tuple[str, str] = ("", "")) -> dict[str, Any]:
    """The content of an aiogram update, without its id; empty for what we do not listen to.

    names: first and last name of the person, which VK's events do not tell.
    """
    what = update["object"]
    match update["type"]:
        case "message_new":
            return {"message": _message(what["message"], names)}
        case "message_event":
            return {"callback_query": _tap(what)}
        case "message_deny":
            return {"my_chat_member": _denied(what)}
    return {}


def writer_of(update: Json) -> int | None:
    """The person who wrote or tapped, None for events of other kinds."""
    what = update["object"]
    if update["type"] == "message_new":
        return int(what["message"]["from_id"])
    return int(what["user_id"]) if update["type"] == "message_event" else None


def _chat(peer_id: int) -> dict[str, Any]:
    if peer_id > VK_GROUPS_FROM:
        return {"id": VK_GROUPS_FROM - peer_id, "type": "group", "title": "—"}
    return {"id": peer_id, "type": "private"}


def _user(user_id: int, names: tuple[str, str] = ("", "")) -> dict[str, Any]:
    first, last = names
    return {"id": user_id, "is_bot": False, "first_name": first or "—", "last_name": last or None}


def _message(message: Json, names: tuple[str, str]) -> dict[str, Any]:
    said: dict[str, Any] = {
        "message_id": message["conversation_message_id"],
        "date": int(message["date"]),
        "chat": _chat(int(message["peer_id"])),
        "from": _user(int(message["from_id"]), names),
    }
    attached = _attached(message)
    text = _words(message) or None
    words = {"caption": text} if {"photo", "document"} & set(attached) else {"text": text}
    return {**said, **attached, **words, **_answered(message)}


def _answered(message: Json) -> dict[str, Any]:
    """The message that this one is a reply to: of it we need its number alone."""
    number = (message.get("reply_message") or {}).get("conversation_message_id")
    if not number:
        return {}
    return {"reply_to_message": {"message_id": number, "date": 1, "chat": _chat(int(message["peer_id"]))}}


def _words(message: Json) -> str:
    """The text; a start and a deep link become the command that they are in Telegram."""
    text = str(message.get("text") or "")
    begins = _command(message) == "start" or bare(text) in _GREETINGS
    if begins and message.get("ref"):
        return f"/start {message['ref']}"
    return "/start" if _command(message) == "start" else text


def _command(message: Json) -> str | None:
    """What VK's button «Начать» carries."""
    try:
        payload = json.loads(message.get("payload") or "null")
    except ValueError:
        return None
    command = payload.get("command") if isinstance(payload, dict) else None
    return command if isinstance(command, str) else None


def _tap(event: Json) -> dict[str, Any]:
    user_id, peer_id = int(event["user_id"]), int(event["peer_id"])
    payload = event.get("payload") or {}
    shown: dict[str, Any] = {
        "message_id": event.get("conversation_message_id") or 0,
        "date": 1,
        "chat": _chat(peer_id),
    }
    if payload.get(FILE):
        shown["photo"] = [announced_file("", width=0, height=0)]
    else:
        shown["text"] = "—"
    return {
        # An answer names the person and the dialogue beside the event.
        "id": f"{event['event_id']}:{user_id}:{peer_id}",
        "from": _user(user_id),
        "chat_instance": str(peer_id),
        "data": str(payload.get(ACTION) or ""),
        "message": shown,
    }


def _denied(event: Json) -> dict[str, Any]:
    user_id = int(event["user_id"])
    bot = {"id": 0, "is_bot": True, "first_name": "—"}
    return {
        "chat": _chat(user_id),
        "from": _user(user_id),
        "date": 1,
        "old_chat_member": {"status": "member", "user": bot},
        "new_chat_member": {"status": "kicked", "user": bot, "until_date": 0},
    }


def _attached(message: Json) -> dict[str, Any]:
    """Photos, files and place. ``unread``: there is something that nobody here can read."""
    found: dict[str, Any] = {"unread": True} if message.get("fwd_messages") else {}
    files: list[dict[str, Any]] = []
    place = (message.get("geo") or {}).get("coordinates")
    if place:
        found["location"] = {"latitude": place["latitude"], "longitude": place["longitude"]}
    for attachment in message.get("attachments") or ():
        match attachment["type"]:
            case "photo" if best := _largest(attachment["photo"]):
                files.append({"photo": [announced_file(best["url"], width=0, height=0)]})
            case "doc" if attachment["doc"].get("url"):
                document = attachment["doc"]
                told = {"file_name": document.get("title"), "file_size": document.get("size")}
                files.append({"document": announced_file(document["url"], **told)})
            case "link":
                # What VK shows of an address in the words.
                pass
            case _:
                found["unread"] = True
    return {**found, **in_one_message(files)}


def _largest(photo: Json) -> Json | None:
    sizes: Sequence[Json] = [photo["orig_photo"]] if photo.get("orig_photo") else photo.get("sizes") or ()
    return max(sizes, key=lambda size: int(size.get("width") or 0), default=None)
