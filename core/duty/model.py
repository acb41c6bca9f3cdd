"""Tables of duty."""

from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from core.store import Base, Id, UtcDateTime


class ChainRow(Base):
    """The chain of a territory."""

    __tablename__ = "duty_chain"

    territory_id: Mapped[str] = mapped_column(ForeignKey("territory.id"), primary_key=True)
    repeats: Mapped[int]
    set_by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    set_at: Mapped[datetime] = mapped_column(UtcDateTime)


class StepRow(Base):
    """A step of a chain."""

    __tablename__ = "duty_step"

    territory_id: Mapped[str] = mapped_column(ForeignKey("duty_chain.territory_id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    after_minutes: Mapped[int]


class DeputyRow(Base):
    """A person stands in for another one."""

    __tablename__ = "deputy"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    deputy_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    since: Mapped[date]
    until: Mapped[date]
    set_by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    set_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CalendarDayRow(Base):
    """A day that is worked or not otherwise than the law says of every year."""

    __tablename__ = "calendar_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    worked: Mapped[bool]
