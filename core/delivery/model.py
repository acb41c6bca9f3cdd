"""Tables of deliveries, of what people want to be told, and of broadcasts."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from core.store import Base, Id, UtcDateTime

_UNFINISHED = text("finished_at IS NULL")
_IN_HAND = text("state = 'sending'")
_OPEN = text("digest_id IS NULL")


class DeliveryRow(Base):
    """One message for one person over one carrier."""

    __tablename__ = "delivery"
    __table_args__ = (
        # The same fact tells the same person the same thing over the same carrier once, however often
        # the relay repeats it.
        Index("uq_delivery_cause", "fact_id", "person_id", "kind", "carrier", unique=True),
        # A lane is one stretch of this index: a claim reads its first rows, however long a mailing is.
        Index(
            "ix_delivery_lane",
            "carrier",
            "urgency",
            "due_at",
            "id",
            sqlite_where=_UNFINISHED,
            postgresql_where=_UNFINISHED,
        ),
        # What is left of a mailing is counted often, and is little beside the 200,000 that are done.
        Index(
            "ix_delivery_topic_open",
            "topic",
            "state",
            sqlite_where=_UNFINISHED,
            postgresql_where=_UNFINISHED,
        ),
        Index("ix_delivery_in_hand", "carrier", "address", sqlite_where=_IN_HAND, postgresql_where=_IN_HAND),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    fact_id: Mapped[str] = mapped_column(Id)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[str] = mapped_column(String(32))
    carrier: Mapped[str] = mapped_column(String(16))
    address: Mapped[str] = mapped_column(String(128))
    # What it is about, e.g. ``alert:<id>``: later edits find every copy of a message by it.
    topic: Mapped[str] = mapped_column(String(64), index=True)
    urgency: Mapped[str] = mapped_column(String(16))
    # Ids only; the words are looked up and rendered at the moment of sending.
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(16), default="pending", server_default="pending")
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    claimed_by: Mapped[str | None] = mapped_column(String(64), default=None)
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    # The messenger's own id of the message, for edits.
    native_id: Mapped[str | None] = mapped_column(String(128), default=None)
    reason: Mapped[str | None] = mapped_column(Text, default=None)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)


class NoticePresetRow(Base):
    """What a person has chosen for all notices at once; no row means the usual."""

    __tablename__ = "notice_preset"

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    preset: Mapped[str] = mapped_column(String(16))


class NoticeChoiceRow(Base):
    """One cell of the matrix event × channel that differs from the preset."""

    __tablename__ = "notice_choice"

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    event: Mapped[str] = mapped_column(String(16), primary_key=True)
    channel: Mapped[str] = mapped_column(String(16), primary_key=True)
    choice: Mapped[str] = mapped_column(String(16))


class NoticeBudgetRow(Base):
    """How many messages about alerts a day are enough for a person; no row means the usual."""

    __tablename__ = "notice_budget"

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    per_day: Mapped[int]


class WaitingNoticeRow(Base):
    """A notice that is shown in a digest: in none yet, or in the one of ``digest_id``."""

    __tablename__ = "waiting_notice"
    __table_args__ = (
        # A fact told again does not come into a second digest.
        Index("uq_waiting_notice_cause", "fact_id", "person_id", "kind", unique=True),
        Index("ix_waiting_notice_open", "due_at", "person_id", sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    fact_id: Mapped[str] = mapped_column(Id)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    event: Mapped[str] = mapped_column(String(16))
    kind: Mapped[str] = mapped_column(String(32))
    topic: Mapped[str] = mapped_column(String(64))
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
    noticed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    digest_id: Mapped[str | None] = mapped_column(Id, default=None, index=True)


class BroadcastRow(Base):
    """Words of an authority to a territory, and how far they have gone."""

    __tablename__ = "broadcast"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    territory_id: Mapped[str] = mapped_column(ForeignKey("territory.id"), index=True)
    event: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(16))
    created_by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    audience: Mapped[int]
    asked: Mapped[int] = mapped_column(default=0, server_default="0")
    # The last person asked for; ids are compared as text.
    cursor: Mapped[str] = mapped_column(Id, default="", server_default="")
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"), default=None)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    stopped_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"), default=None)
    expanded_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
