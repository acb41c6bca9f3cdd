"""Tables of chats with the bot."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.store import Base, Counter, Id, UtcDateTime


class ChatRow(Base):
    """One person's dialogue with the bot in one messenger, and where it stands."""

    __tablename__ = "chat"
    __table_args__ = (Index("uq_chat_carrier_native_id", "carrier", "native_id", unique=True),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    carrier: Mapped[str] = mapped_column(String(16))
    native_id: Mapped[str] = mapped_column(String(128))
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str | None] = mapped_column(String(100), default=None)
    data: Mapped[dict[str, Any]] = mapped_column(JSON, default_factory=dict)


class MessageIdRow(Base):
    """A number of our own for a message whose messenger names it by something else than a number."""

    __tablename__ = "message_id"
    __table_args__ = (Index("uq_message_id_chat_id_native_id", "chat_id", "native_id", unique=True),)

    chat_id: Mapped[str] = mapped_column(ForeignKey("chat.id"), primary_key=True)
    local_id: Mapped[int] = mapped_column(Counter, primary_key=True, autoincrement=False)
    native_id: Mapped[str] = mapped_column(String(128))


class CarrierFileRow(Base):
    """What a messenger calls a file that we have brought to it once: the next message needs no upload."""

    __tablename__ = "carrier_file"

    carrier: Mapped[str] = mapped_column(String(16), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    native_id: Mapped[str] = mapped_column(Text)
    kept_at: Mapped[datetime] = mapped_column(UtcDateTime)


class BotNameRow(Base):
    """How our bot is called in a messenger, as the messenger says; a link to it needs the name."""

    __tablename__ = "bot_name"

    carrier: Mapped[str] = mapped_column(String(16), primary_key=True)
    name: Mapped[str] = mapped_column(String(128))
