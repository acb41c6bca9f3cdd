"""Use cases of chats: opening one, keeping the dialogue, the transcript of the web chat."""

from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam, delete, select, update

from core.chats.errors import UnknownChat
from core.chats.model import BotNameRow, CarrierFileRow, ChatRow, MessageIdRow
from core.chats.queries import as_chat
from core.chats.rules import TEXT_LIMIT, WEB, Chat, chat_stream
from core.files import KeptContent, attach_file
from core.shared.doors import Actor, Door, reached
from core.shared.errors import checked_text
from core.shared.ids import ChatId, PersonId, new_id
from core.store import (
    PreparedChange,
    StreamEvent,
    UnitOfWork,
    append,
    erase_stream,
    erase_updates,
    event_at,
    receive_update,
    rewrite,
    said_by,
)

# Of each chat so many of the last messages keep their numbers, and at most twice as many.
KEPT_NUMBERS = 200
KEEP_CARRIER_FILES = timedelta(days=90)

_SAVE = PreparedChange(
    update(ChatRow)
    .where(ChatRow.id == bindparam("chat_id"))
    .values(state=bindparam("state"), data=bindparam("data"))
)


@reached(Actor.PROGRAM, Door.BOT)
def open_chat(uow: UnitOfWork, *, carrier: str, native_id: str, person_id: PersonId) -> Chat:
    """The chat of this messenger account, made at the first contact.

    It follows its owner: after a messenger was linked to another person, the chat is theirs, and the dialogue
    begins anew.
    """
    values = {
        "id": new_id(),
        "carrier": carrier,
        "native_id": native_id,
        "person_id": person_id,
        "opened_at": uow.now,
        "data": {},
    }
    uow.insert_new(ChatRow, values, conflict=("carrier", "native_id"))
    row = uow.session.execute(
        select(ChatRow).where(ChatRow.carrier == carrier, ChatRow.native_id == native_id)
    ).scalar_one()
    if row.person_id != person_id:
        row.person_id, row.state, row.data = person_id, None, {}
        uow.session.flush()
    return as_chat(row)


def inherit_chats(uow: UnitOfWork, *, from_id: PersonId, to_id: PersonId) -> None:
    """Two accounts turn out to be one person: the chats in messengers follow. Each keeps its web chat."""
    uow.session.execute(
        update(ChatRow).where(ChatRow.person_id == from_id, ChatRow.carrier != WEB).values(person_id=to_id)
    )


def forget_chats(uow: UnitOfWork, *, person_id: PersonId) -> list[str]:
    """Erase a person's dialogues. Returns the messages (``message:STREAM:SEQ``) that may have had files.

    The chat stays as a row that leads to no account: what is being answered now can be answered.
    """
    messages: list[str] = []
    for row in uow.session.execute(select(ChatRow).where(ChatRow.person_id == person_id)).scalars().all():
        stream = chat_stream(ChatId(row.id))
        messages += [
            f"message:{stream}:{event.seq}" for event in said_by(uow, author=person_id, streams=[stream])
        ]
        erase_stream(uow, stream=stream)
        uow.session.execute(delete(MessageIdRow).where(MessageIdRow.chat_id == row.id))
        lane = row.id if row.carrier == WEB else row.native_id
        erase_updates(uow, carrier=row.carrier, lane=lane)
        row.native_id, row.state, row.data = f"forgotten:{row.id}", None, {}
    uow.session.flush()
    return messages


@reached(Actor.PROGRAM, Door.WEB, Door.API)
def open_web_chat(uow: UnitOfWork, *, person_id: PersonId) -> Chat:
    """The person's chat in the browser."""
    return open_chat(uow, carrier=WEB, native_id=person_id, person_id=person_id)


def save_dialogue(uow: UnitOfWork, *, chat_id: ChatId, state: str | None, data: dict[str, Any]) -> None:
    """Note where the dialogue stands, so that it goes on there after a restart."""
    uow.apply(_SAVE, chat_id=chat_id, state=state, data=data)


@reached(Actor.PROGRAM, Door.WEB, Door.API)
def write_in_web_chat(
    uow: UnitOfWork,
    *,
    chat_id: ChatId,
    person_id: PersonId,
    client_id: str,
    text: str,
    file: KeptContent | None = None,
    place: tuple[float, float] | None = None,
) -> StreamEvent:
    """The person writes to the bot in the browser: kept in the transcript and put into the inbox.

    place: latitude and longitude in degrees. The same client id is the same message.
    Raises: UnknownChat, Empty (words may miss beside a file or a place), TooLong (3900 characters).
    """
    _own_web_chat(uow, chat_id, person_id)
    more: dict[str, Any] = file.in_message() if file else {}
    more.update({"place": list(place)} if place else {})
    words = checked_text(text, limit=TEXT_LIMIT) if text.strip() or not more else ""
    event = append(
        uow,
        stream=chat_stream(chat_id),
        kind="message",
        body={"text": words, **more},
        author=person_id,
        client_id=client_id,
    )
    if file is not None:
        attach_file(uow, file=file, stream=event.stream, seq=event.seq)
    if not event.duplicate:
        said = {"kind": "message", "seq": event.seq, "text": words, **more}
        _to_bot(uow, chat_id, client_id, said)
    return event


@reached(Actor.PROGRAM, Door.WEB, Door.API)
def press_in_web_chat(
    uow: UnitOfWork, *, chat_id: ChatId, person_id: PersonId, client_id: str, of: int, data: str
) -> None:
    """The person presses a button under the bot's message ``of``.

    Raises: UnknownChat. Whether such a button was ever shown is for the bot to check.
    """
    _own_web_chat(uow, chat_id, person_id)
    _to_bot(uow, chat_id, client_id, {"kind": "press", "seq": of, "data": data[:64]})


def show_in_web_chat(
    uow: UnitOfWork, *, chat_id: ChatId, client_id: str, body: dict[str, Any]
) -> StreamEvent:
    """The bot says something. ``client_id`` makes a repetition of the same screen harmless.

    body: ``text``, ``entities`` (style marks by UTF-16 offset), ``buttons`` (rows of ``text`` with
    ``data`` or ``url``), ``keyboard`` (rows of reply texts), a file (``KeptContent.in_message``).
    """
    return append(
        uow, stream=chat_stream(chat_id), kind="message", body=body, author=None, client_id=client_id
    )


def edit_in_web_chat(
    uow: UnitOfWork, *, chat_id: ChatId, seq: int, body: dict[str, Any]
) -> StreamEvent | None:
    """The bot changes its message; None if there is no such message or nothing changes."""
    stream = chat_stream(chat_id)
    original = event_at(uow, stream=stream, seq=seq)
    if original is None or original.author is not None or original.body == body:
        return None
    rewrite(uow, stream=stream, seq=seq, body=body)
    return append(uow, stream=stream, kind="edit", body={"of": seq, **body})


def number_message(uow: UnitOfWork, *, chat_id: ChatId, native_id: str) -> int:
    """A number for a message named by a string, the same one each time it is asked for."""
    known = uow.session.execute(
        select(MessageIdRow.local_id).where(
            MessageIdRow.chat_id == chat_id, MessageIdRow.native_id == native_id
        )
    ).scalar_one_or_none()
    if known is not None:
        return known
    # The chat's row is the lock that keeps two messages from getting one number.
    uow.session.execute(select(ChatRow.id).where(ChatRow.id == chat_id).with_for_update())
    taken = uow.session.execute(
        select(MessageIdRow.local_id)
        .where(MessageIdRow.chat_id == chat_id)
        .order_by(MessageIdRow.local_id.desc())
        .limit(1)
    ).scalar_one_or_none()
    number = (taken or 0) + 1
    uow.session.add(MessageIdRow(chat_id=chat_id, local_id=number, native_id=native_id))
    uow.session.flush()
    if number % KEPT_NUMBERS == 0:
        # An older message that is tapped after all gets a new number.
        older = (MessageIdRow.chat_id == chat_id, MessageIdRow.local_id <= number - KEPT_NUMBERS)
        uow.session.execute(delete(MessageIdRow).where(*older))
    return number


def keep_carrier_file(uow: UnitOfWork, *, carrier: str, key: str, native_id: str) -> None:
    """Note how a messenger calls this file; a newer name replaces the older one.

    key: the SHA-256 of the bytes, as in ``core.files``.
    """
    values = {"carrier": carrier, "key": key, "native_id": native_id, "kept_at": uow.now}
    if not uow.insert_new(CarrierFileRow, values, conflict=("carrier", "key")):
        uow.session.execute(
            update(CarrierFileRow)
            .where(CarrierFileRow.carrier == carrier, CarrierFileRow.key == key)
            .values(native_id=native_id, kept_at=uow.now)
        )


def keep_bot_name(uow: UnitOfWork, *, carrier: str, name: str) -> None:
    """Note how our bot is called in a messenger, for links to it."""
    if not uow.insert_new(BotNameRow, {"carrier": carrier, "name": name}, conflict=("carrier",)):
        uow.session.execute(update(BotNameRow).where(BotNameRow.carrier == carrier).values(name=name))


def prune_carrier_files(uow: UnitOfWork) -> int:
    """Forget how messengers call files that were brought three months ago; how many.

    A file that is still sent is brought once more then.
    """
    return uow.changed(delete(CarrierFileRow).where(CarrierFileRow.kept_at < uow.now - KEEP_CARRIER_FILES))


def forget_carrier_file(uow: UnitOfWork, *, carrier: str, key: str) -> None:
    """The messenger no longer knows the file by that name: it has to be brought anew."""
    uow.session.execute(
        delete(CarrierFileRow).where(CarrierFileRow.carrier == carrier, CarrierFileRow.key == key)
    )


def _own_web_chat(uow: UnitOfWork, chat_id: ChatId, person_id: PersonId) -> None:
    row = uow.session.get(ChatRow, chat_id)
    if row is None or row.carrier != WEB or row.person_id != person_id:
        raise UnknownChat


def _to_bot(uow: UnitOfWork, chat_id: ChatId, client_id: str, payload: dict[str, Any]) -> None:
    receive_update(uow, carrier=WEB, update_key=f"{chat_id}:{client_id}", lane=chat_id, payload=payload)
