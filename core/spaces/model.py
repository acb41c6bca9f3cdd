"""Tables of spaces."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from core.store import Base, Id, UtcDateTime


class SpaceRow(Base):
    """A place where things are visible to some and not to others."""

    __tablename__ = "space"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    territory_id: Mapped[str] = mapped_column(ForeignKey("territory.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class MembershipRow(Base):
    """That a person belongs to a space."""

    __tablename__ = "membership"

    space_id: Mapped[str] = mapped_column(ForeignKey("space.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    joined_at: Mapped[datetime] = mapped_column(UtcDateTime)
