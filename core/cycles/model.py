"""Tables of cycles."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.store import Base, Id, UtcDateTime


class CycleRow(Base):
    """A round of preparing the data of one period of one territory."""

    __tablename__ = "data_cycle"
    __table_args__ = (UniqueConstraint("territory_id", "period"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    territory_id: Mapped[str] = mapped_column(ForeignKey("territory.id"))
    period: Mapped[str] = mapped_column(String(8))
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)
    begun_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))


class CycleStepRow(Base):
    """A step with its owner, its term and, where facts cannot tell, somebody's word that it is done."""

    __tablename__ = "data_cycle_step"
    __table_args__ = (Index("ix_data_cycle_step_due", "due"), Index("ix_data_cycle_step_owner", "owner"))

    cycle_id: Mapped[str] = mapped_column(ForeignKey("data_cycle.id"), primary_key=True)
    step: Mapped[str] = mapped_column(String(16), primary_key=True)
    owner: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    due: Mapped[date]
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    confirmed_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"), default=None)
    note: Mapped[str] = mapped_column(Text, default="")


class CycleReminderRow(Base):
    """An owner was reminded of a term; once before it and once after."""

    __tablename__ = "data_cycle_reminder"

    cycle_id: Mapped[str] = mapped_column(ForeignKey("data_cycle.id"), primary_key=True)
    step: Mapped[str] = mapped_column(String(16), primary_key=True)
    occasion: Mapped[str] = mapped_column(String(8), primary_key=True)
    owner: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    due: Mapped[date] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
