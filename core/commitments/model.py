"""Tables of commitments."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.store import Base, Id, UtcDateTime


class CommitmentRow(Base):
    """What was promised for an alert; one alert has one."""

    __tablename__ = "commitment"
    __table_args__ = (
        Index("ix_commitment_indicator_territory_id", "indicator", "territory_id"),
        Index("ix_commitment_status_due", "status", "due"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    alert_id: Mapped[str] = mapped_column(ForeignKey("alert.id"), unique=True)
    indicator: Mapped[str] = mapped_column(ForeignKey("indicator.code"))
    territory_id: Mapped[str] = mapped_column(ForeignKey("territory.id"))
    measure: Mapped[str] = mapped_column(Text)
    due: Mapped[date]
    # As it was called when the promise was made: posts are renamed and people move on.
    office: Mapped[str] = mapped_column(String(200))
    status: Mapped[str] = mapped_column(String(8))
    made_by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    fired_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    result: Mapped[str] = mapped_column(Text, default="")
