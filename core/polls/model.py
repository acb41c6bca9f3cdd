"""Tables of polls."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.store import Base, Id, UtcDateTime


class PollRow(Base):
    """A question put to the residents of a territory."""

    __tablename__ = "poll"
    __table_args__ = (Index("ix_poll_territory_id_status", "territory_id", "status"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    territory_id: Mapped[str] = mapped_column(ForeignKey("territory.id"))
    question: Mapped[str] = mapped_column(Text)
    details: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(8))
    opened_by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closes_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)


class OptionRow(Base):
    """One of the answers to choose from."""

    __tablename__ = "poll_option"
    __table_args__ = (Index("ix_poll_option_poll_id", "poll_id"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    poll_id: Mapped[str] = mapped_column(ForeignKey("poll.id"))
    position: Mapped[int]
    text: Mapped[str] = mapped_column(Text)


class BallotRow(Base):
    """A person's vote. The primary key is the rule: one person, one ballot, through whatever door."""

    __tablename__ = "ballot"
    __table_args__ = (Index("ix_ballot_poll_id_option_id", "poll_id", "option_id"),)

    poll_id: Mapped[str] = mapped_column(ForeignKey("poll.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    option_id: Mapped[str] = mapped_column(ForeignKey("poll_option.id"))
    cast_at: Mapped[datetime] = mapped_column(UtcDateTime)
    door: Mapped[str] = mapped_column(String(16))
