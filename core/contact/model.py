"""Tables of the direct line."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from core.store import Base, Counter, Id, UtcDateTime


class ConversationRow(Base):
    """A citizen and an authority talking, from the first message until it is resolved."""

    __tablename__ = "conversation"
    __table_args__ = (Index("ix_conversation_territory_id_status", "territory_id", "status"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    number: Mapped[str] = mapped_column(String(32), unique=True)
    territory_id: Mapped[str] = mapped_column(ForeignKey("territory.id"))
    citizen_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    room_id: Mapped[str] = mapped_column(ForeignKey("room.id"), unique=True)
    status: Mapped[str] = mapped_column(String(16))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # Since when the citizen waits for an answer; nobody waits when it is empty.
    waiting_since: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    # "<citizen>:<territory>" while the conversation is open: the unique index lets a citizen have one.
    open_key: Mapped[str | None] = mapped_column(String(65), unique=True, default=None)


class NumberRow(Base):
    """The counter of numbers within a year."""

    __tablename__ = "conversation_number"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int] = mapped_column(Counter)
