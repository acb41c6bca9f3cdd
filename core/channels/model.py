"""Tables of channels."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.store import Base, UtcDateTime


class ChannelChoiceRow(Base):
    """A choice of what a messenger may carry. Never rewritten: the one of the highest number holds."""

    __tablename__ = "channel_choice"

    carrier: Mapped[str] = mapped_column(String(16), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    before: Mapped[str] = mapped_column(String(24))
    policy: Mapped[str] = mapped_column(String(24))
    why: Mapped[str] = mapped_column(Text)
    chosen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # Empty: the operator at the command line.
    chosen_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"), default=None)
