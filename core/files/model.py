"""Tables of files."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from core.store import Base, UtcDateTime


class FileRow(Base):
    """Content under its hash; written to disk before this row is."""

    __tablename__ = "file"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    media_type: Mapped[str] = mapped_column(String(64))
    size_bytes: Mapped[int]
    stored_at: Mapped[datetime] = mapped_column(UtcDateTime)


class FileParentRow(Base):
    """What the file belongs to, e.g. ``alert:ID``; the same bytes may belong to several things."""

    __tablename__ = "file_parent"

    key: Mapped[str] = mapped_column(ForeignKey("file.key"), primary_key=True)
    parent: Mapped[str] = mapped_column(String(64), primary_key=True)
    # What whoever sent it called it: another sender may call the same bytes otherwise.
    name: Mapped[str] = mapped_column(String(120), default="", server_default="")
