"""The table of charts drawn as pictures."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from core.store import Base, UtcDateTime


class DrawingRow(Base):
    """A scene that somebody wants as a picture; its key is made of all that is on it."""

    __tablename__ = "drawing"

    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    scene: Mapped[dict[str, Any]] = mapped_column(JSON)
    # Codes of the indicators that it tells of: whoever may see them all may see the picture.
    about: Mapped[list[str]] = mapped_column(JSON)
    ordered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # Without a picture: it could not be drawn.
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    picture: Mapped[str | None] = mapped_column(ForeignKey("file.key"), default=None)
