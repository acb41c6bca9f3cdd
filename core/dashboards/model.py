"""Tables of dashboards."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.store import Base, Id, UtcDateTime


class DashboardRow(Base):
    """A page of charts; its address is its own within the territory."""

    __tablename__ = "dashboard"
    __table_args__ = (UniqueConstraint("territory_id", "address"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    territory_id: Mapped[str] = mapped_column(ForeignKey("territory.id"))
    address: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(120))
    level: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16))
    made_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DashboardChartRow(Base):
    """A chart of a page, in its place among the others."""

    __tablename__ = "dashboard_chart"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    dashboard_id: Mapped[str] = mapped_column(ForeignKey("dashboard.id"), index=True)
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(16))
    indicators: Mapped[list[str]] = mapped_column(JSON)
    territories: Mapped[list[str]] = mapped_column(JSON)
    since: Mapped[str] = mapped_column(String(8))
    title: Mapped[str] = mapped_column(String(120))
    level: Mapped[str] = mapped_column(String(16))


class DashboardReaderRow(Base):
    """Somebody on the named list of a dashboard."""

    __tablename__ = "dashboard_reader"

    dashboard_id: Mapped[str] = mapped_column(ForeignKey("dashboard.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
