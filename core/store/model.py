"""Tables of the store itself: outbox, inbox, answers given, audit, streams."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from core.store.tables import Base, Counter, Id, UtcDateTime


class OutboxRow(Base):
    """A fact on its way out; ``sent_at`` is set by the relay for the exact rows it has published."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index(
            "ix_outbox_waiting",
            "id",
            sqlite_where=text("sent_at IS NULL AND parked = 0"),
            postgresql_where=text("sent_at IS NULL AND parked = 0"),
        ),
    )

    id: Mapped[int] = mapped_column(Counter, primary_key=True, autoincrement=True, init=False)
    fact_id: Mapped[str] = mapped_column(Id, unique=True)
    kind: Mapped[str] = mapped_column(String(64))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    # Found by it: the published copy of an event whose text was changed or deleted.
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    # 1 when publishing failed so often that the fact must not hold up the others.
    parked: Mapped[int] = mapped_column(default=0, server_default="0")


class InboxRow(Base):
    """An update of a messenger, kept before the messenger is told that it arrived."""

    __tablename__ = "inbox"
    __table_args__ = (
        Index(
            "ix_inbox_waiting",
            "carrier",
            "id",
            sqlite_where=text("settled_at IS NULL"),
            postgresql_where=text("settled_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Counter, primary_key=True, autoincrement=True, init=False)
    carrier: Mapped[str] = mapped_column(String(16), index=False)
    update_key: Mapped[str] = mapped_column(String(128))
    lane: Mapped[str] = mapped_column(String(128))
    payload: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    failure: Mapped[str | None] = mapped_column(Text, default=None)


Index("uq_inbox_carrier_update_key", InboxRow.carrier, InboxRow.update_key, unique=True)


class AnswerRow(Base):
    """The answer that a request has got, kept so that its repetition gets the same one."""

    __tablename__ = "answer"

    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    answer: Mapped[Any] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class AuditRow(Base):
    """Who did what to which thing. ``position`` and ``chain`` are filled in by the relay."""

    __tablename__ = "audit"
    __table_args__ = (
        Index(
            "ix_audit_unchained",
            "id",
            sqlite_where=text("position IS NULL"),
            postgresql_where=text("position IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Counter, primary_key=True, autoincrement=True, init=False)
    action: Mapped[str] = mapped_column(String(64))
    actor: Mapped[str | None] = mapped_column(Id)
    subject: Mapped[str] = mapped_column(String(128))
    digest: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    position: Mapped[int | None] = mapped_column(Counter, unique=True, default=None)
    chain: Mapped[str | None] = mapped_column(String(64), default=None)


class StreamRow(Base):
    """The counter of an ordered stream. Its row is the lock that gives a room one order."""

    __tablename__ = "stream"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    epoch: Mapped[int] = mapped_column(default=1, server_default="1")
    head: Mapped[int] = mapped_column(Counter, default=0, server_default="0")


class StreamEventRow(Base):
    """One event of a stream; (stream, seq) is also the name of a message."""

    __tablename__ = "stream_event"
    __table_args__ = (
        Index("uq_stream_event_author_client_id", "stream", "author", "client_id", unique=True),
    )

    stream: Mapped[str] = mapped_column(String(64), primary_key=True)
    seq: Mapped[int] = mapped_column(Counter, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(16))
    author: Mapped[str | None] = mapped_column(Id)
    client_id: Mapped[str | None] = mapped_column(String(64))
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
