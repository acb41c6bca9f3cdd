"""Tables of indicators."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.indicators.periods import Frequency
from core.indicators.rules import Good, TargetOp
from core.store import Base, Counter, Id, UtcDateTime

Code = String(32)
PeriodText = String(8)


class IndicatorRow(Base):
    """An indicator of the catalogue."""

    __tablename__ = "indicator"

    code: Mapped[str] = mapped_column(Code, primary_key=True)
    rubric: Mapped[str] = mapped_column(String(64), index=True)
    position: Mapped[int]
    title_ru: Mapped[str] = mapped_column(String(200))
    title_en: Mapped[str] = mapped_column(String(200))
    unit: Mapped[str] = mapped_column(String(64))
    unit_en: Mapped[str] = mapped_column(String(64))
    frequency: Mapped[Frequency] = mapped_column(String(1))
    good: Mapped[Good] = mapped_column(String(4))
    decimals: Mapped[int]
    access_level: Mapped[str] = mapped_column(String(16))
    low: Mapped[float | None]
    high: Mapped[float | None]
    featured: Mapped[int]


class IndicatorReaderRow(Base):
    """Somebody on the named list of a restricted indicator."""

    __tablename__ = "indicator_reader"

    indicator: Mapped[str] = mapped_column(ForeignKey("indicator.code"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)


class PassportRow(Base):
    """What people have written of an indicator: see ``passports.Passport``."""

    __tablename__ = "indicator_passport"

    indicator: Mapped[str] = mapped_column(ForeignKey("indicator.code"), primary_key=True)
    okei: Mapped[str] = mapped_column(String(4))
    method: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    responsible: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    lag_days: Mapped[int | None]
    # The first period of the definition that holds now; empty if it has always held.
    redefined_in: Mapped[str] = mapped_column(String(8), default="", server_default="")


class PassportChangeRow(Base):
    """One field of a passport as it was and as it became; people by id."""

    __tablename__ = "indicator_passport_change"
    __table_args__ = (Index("ix_indicator_passport_change_indicator_at", "indicator", "at"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    indicator: Mapped[str] = mapped_column(ForeignKey("indicator.code"))
    field: Mapped[str] = mapped_column(String(16))
    before: Mapped[str] = mapped_column(Text)
    after: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))


class IndicatorInputRow(Base):
    """That an indicator is reckoned from another one in a territory and below it."""

    __tablename__ = "indicator_input"

    territory_id: Mapped[str] = mapped_column(ForeignKey("territory.id"), primary_key=True)
    indicator: Mapped[str] = mapped_column(ForeignKey("indicator.code"), primary_key=True)
    input: Mapped[str] = mapped_column(ForeignKey("indicator.code"), primary_key=True)


class ReleaseRow(Base):
    """One import. The same bytes from the same source are one release."""

    __tablename__ = "release"
    __table_args__ = (UniqueConstraint("source", "digest"),)

    vintage: Mapped[int] = mapped_column(Counter, primary_key=True, autoincrement=True, init=False)
    id: Mapped[str] = mapped_column(Id, unique=True)
    source: Mapped[str] = mapped_column(String(32))
    digest: Mapped[str] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(String(200))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    new: Mapped[int]
    revised: Mapped[int]
    unchanged: Mapped[int]
    rejected: Mapped[int]
    jumps: Mapped[int]


class ObservationRow(Base):
    """A value with its vintage. A revision is another row; nothing is overwritten."""

    __tablename__ = "observation"
    __table_args__ = (Index("ix_observation_vintage", "vintage"),)

    territory_id: Mapped[str] = mapped_column(ForeignKey("territory.id"), primary_key=True)
    indicator: Mapped[str] = mapped_column(ForeignKey("indicator.code"), primary_key=True)
    # 2024, 2024-Q1, 2024-03: periods of one frequency sort as text.
    period: Mapped[str] = mapped_column(PeriodText, primary_key=True)
    vintage: Mapped[int] = mapped_column(ForeignKey("release.vintage"), primary_key=True)
    value: Mapped[float]
    source: Mapped[str] = mapped_column(Text)


class HeldRow(Base):
    """A value of a release that looked wrong: it is no observation until somebody has accepted it.

    Rows are never deleted: they are the journal of who decided what and why.
    """

    __tablename__ = "held_value"
    __table_args__ = (
        ForeignKeyConstraint(["vintage"], ["release.vintage"]),
        Index("ix_held_value_state", "state"),
        Index("ix_held_value_vintage", "vintage"),
    )

    territory_id: Mapped[str] = mapped_column(ForeignKey("territory.id"), primary_key=True)
    indicator: Mapped[str] = mapped_column(ForeignKey("indicator.code"), primary_key=True)
    period: Mapped[str] = mapped_column(PeriodText, primary_key=True)
    vintage: Mapped[int] = mapped_column(primary_key=True)
    value: Mapped[float]
    source: Mapped[str] = mapped_column(Text)
    doubt: Mapped[str] = mapped_column(String(8))
    expected: Mapped[float]
    state: Mapped[str] = mapped_column(String(16))
    # The release that the decision made, or whose newer value left nothing to decide.
    decided_vintage: Mapped[int | None] = mapped_column(ForeignKey("release.vintage"), default=None)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"), default=None)
    reason: Mapped[str] = mapped_column(Text, default="")


class TargetRow(Base):
    """A value to reach by the end of a period."""

    __tablename__ = "target"

    territory_id: Mapped[str] = mapped_column(ForeignKey("territory.id"), primary_key=True)
    indicator: Mapped[str] = mapped_column(ForeignKey("indicator.code"), primary_key=True)
    period: Mapped[str] = mapped_column(PeriodText, primary_key=True)
    value: Mapped[float]
    op: Mapped[TargetOp] = mapped_column(String(2))
    set_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ForecastRow(Base):
    """A forecast made from the data of one vintage by one procedure; made again, it is the same."""

    __tablename__ = "forecast"
    __table_args__ = (ForeignKeyConstraint(["vintage"], ["release.vintage"]),)

    territory_id: Mapped[str] = mapped_column(ForeignKey("territory.id"), primary_key=True)
    indicator: Mapped[str] = mapped_column(ForeignKey("indicator.code"), primary_key=True)
    vintage: Mapped[int] = mapped_column(primary_key=True)
    procedure: Mapped[str] = mapped_column(String(32), primary_key=True)
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ChartRow(Base):
    """The chart of a series in one language; ``version`` names the data that it shows."""

    __tablename__ = "indicator_chart"

    territory_id: Mapped[str] = mapped_column(ForeignKey("territory.id"), primary_key=True)
    indicator: Mapped[str] = mapped_column(ForeignKey("indicator.code"), primary_key=True)
    language: Mapped[str] = mapped_column(String(2), primary_key=True)
    version: Mapped[str] = mapped_column(String(32))
    ordered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # Without a picture: it could not be drawn.
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    picture: Mapped[str | None] = mapped_column(ForeignKey("file.key"), default=None)
    alt: Mapped[str] = mapped_column(Text, default="")
