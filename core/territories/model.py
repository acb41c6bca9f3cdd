"""Tables of territories and of the versioned lists that hang on them."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from core.store import Base, Id


class TerritoryRow(Base):
    """A region, a municipality or a settlement in the tree of the country."""

    __tablename__ = "territory"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    parent_id: Mapped[str | None] = mapped_column(ForeignKey("territory.id"), index=True)
    # ОКТМО: 8 digits for a region or municipality, 11 for a settlement.
    oktmo: Mapped[str] = mapped_column(String(11), unique=True)
    slug: Mapped[str] = mapped_column(String(64), unique=True)
    name_ru: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200))
    time_zone: Mapped[str] = mapped_column(String(64))
    synthetic: Mapped[bool]


class ReferenceRow(Base):
    """An item of a versioned list: a civic service, a development direction, a rubric."""

    __tablename__ = "reference_item"

    taxonomy: Mapped[str] = mapped_column(String(32), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(64), primary_key=True)
    position: Mapped[int]
    title_ru: Mapped[str] = mapped_column(String(200))
    title_en: Mapped[str] = mapped_column(String(200))
