"""Tables of briefs."""

from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from core.store import Base, UtcDateTime


class BriefRow(Base):
    """The brief of a territory for a week has been asked for: the key lets that happen once."""

    __tablename__ = "brief"

    territory_id: Mapped[str] = mapped_column(ForeignKey("territory.id"), primary_key=True)
    week: Mapped[date] = mapped_column(primary_key=True)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
