"""The table of uploads."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.store import Base, Id, UtcDateTime


class UploadRow(Base):
    """A file on its way to a release. Its bytes are kept until it is over, so that any worker has them."""

    __tablename__ = "upload"
    __table_args__ = (Index("ix_upload_uploaded_by_created_at", "uploaded_by", "created_at"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    uploaded_by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    language: Mapped[str] = mapped_column(String(2))
    file_name: Mapped[str] = mapped_column(String(200))
    size_bytes: Mapped[int]
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    state: Mapped[str] = mapped_column(String(12))
    percent: Mapped[int]
    attempt: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    report: Mapped[dict[str, Any] | None] = mapped_column(JSON, default=None)
    refusal: Mapped[str] = mapped_column(Text, default="")
    accept_reason: Mapped[str | None] = mapped_column(Text, default=None)
    release_id: Mapped[str | None] = mapped_column(ForeignKey("release.id"), default=None)
    vintage: Mapped[int | None] = mapped_column(default=None)
