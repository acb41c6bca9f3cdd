"""Questions about chats."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import bindparam, select

from core.chats.errors import UnknownChat
from core.chats.model import BotNameRow, CarrierFileRow, ChatRow, MessageIdRow
from core.chats.rules import Chat, Dialogue
from core.shared.ids import ChatId, PersonId
from core.store import PreparedQuery, Reading

_CHAT = (ChatRow.id, ChatRow.carrier, ChatRow.native_id, ChatRow.person_id)
_BY_ID = PreparedQuery(select(*_CHAT, ChatRow.state, ChatRow.data).where(ChatRow.id == bindparam("chat_id")))
_BY_NATIVE = PreparedQuery(
    select(*_CHAT, ChatRow.state, ChatRow.data).where(
        ChatRow.carrier == bindparam("carrier"), ChatRow.native_id == bindparam("native_id")
    )
)


def as_chat(row: ChatRow) -> Chat:
    """The row as a value that may leave the folder."""
    return Chat(
        id=ChatId(row.id), carrier=row.carrier, native_id=row.native_id, person_id=PersonId(row.person_id)
    )


def chat(reading: Reading, *, chat_id: ChatId) -> Chat:
    """One chat. Raises: UnknownChat."""
    row = reading.session.get(ChatRow, chat_id)
    if row is None:
        raise UnknownChat
    return as_chat(row)


def chat_by_native(reading: Reading, *, carrier: str, native_id: str) -> Chat | None:
    """The chat of a messenger account, None before the first contact."""
    row = reading.session.execute(
        select(ChatRow).where(ChatRow.carrier == carrier, ChatRow.native_id == native_id)
    ).scalar_one_or_none()
    return None if row is None else as_chat(row)


def talk(reading: Reading, *, chat_id: ChatId) -> tuple[Chat, Dialogue]:
    """One chat and where its dialogue stands. Raises: UnknownChat."""
    row = reading.first(_BY_ID, chat_id=chat_id)
    if row is None:
        raise UnknownChat
    return _talk(*row)


def talk_by_native(reading: Reading, *, carrier: str, native_id: str) -> tuple[Chat, Dialogue] | None:
    """The chat of a messenger account and where its dialogue stands, None before the first contact."""
    row = reading.first(_BY_NATIVE, carrier=carrier, native_id=native_id)
    return None if row is None else _talk(*row)


def _talk(
    chat_id: str, carrier: str, native_id: str, person_id: str, state: str | None, data: dict[str, Any]
) -> tuple[Chat, Dialogue]:
    found = Chat(id=ChatId(chat_id), carrier=carrier, native_id=native_id, person_id=PersonId(person_id))
    return found, Dialogue(state=state, data=data)


def chats_of(reading: Reading, *, person_id: PersonId) -> list[Chat]:
    """All chats of a person, the one opened last first."""
    rows = reading.session.execute(
        select(ChatRow).where(ChatRow.person_id == person_id).order_by(ChatRow.opened_at.desc(), ChatRow.id)
    ).scalars()
    return [as_chat(row) for row in rows]


def chats_of_many(reading: Reading, *, person_ids: Collection[PersonId]) -> dict[PersonId, list[Chat]]:
    """All chats of several persons; whoever has none is left out."""
    found: dict[PersonId, list[Chat]] = {}
    for row in reading.session.execute(
        select(ChatRow)
        .where(ChatRow.person_id.in_(person_ids))
        .order_by(ChatRow.opened_at.desc(), ChatRow.id)
    ).scalars():
        found.setdefault(PersonId(row.person_id), []).append(as_chat(row))
    return found


def native_message_id(reading: Reading, *, chat_id: ChatId, local_id: int) -> str | None:
    """The messenger's own name of the message that ``number_message`` gave this number."""
    row = reading.session.get(MessageIdRow, (chat_id, local_id))
    return None if row is None else row.native_id


def carrier_file(reading: Reading, *, carrier: str, key: str) -> str | None:
    """The messenger's own name of a file that it has got from us before."""
    row = reading.session.get(CarrierFileRow, (carrier, key))
    return None if row is None else row.native_id


def bot_names(reading: Reading) -> dict[str, str]:
    """How our bot is called, by carrier; only those that have ever been started."""
    rows = reading.session.execute(select(BotNameRow)).scalars()
    return {row.carrier: row.name for row in rows}
