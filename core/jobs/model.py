"""The table of long work."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.store import Base, UtcDateTime


class JobRow(Base):
    """A piece of long work, unique by key; a worker holds it by a lease that ends by itself."""

    __tablename__ = "job"
    __table_args__ = (Index("ix_job_state_due_at", "state", "due_at"),)

    key: Mapped[str] = mapped_column(String(128), primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    arguments: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(8))
    attempts: Mapped[int]
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # Waiting: when to tell of it again. Running: when the lease ends.
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    holder: Mapped[str | None] = mapped_column(String(64), default=None)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    failure: Mapped[str | None] = mapped_column(Text, default=None)
