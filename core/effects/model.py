"""Tables of effect cards."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.store import Base, Id, UtcDateTime


class EffectCardRow(Base):
    """A card on a conversation. The same reckoning is attached once."""

    __tablename__ = "effect_card"
    __table_args__ = (UniqueConstraint("conversation_id", "digest"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id"))
    territory_id: Mapped[str] = mapped_column(ForeignKey("territory.id"))
    title: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(64))
    model: Mapped[str] = mapped_column(String(64))
    scenario: Mapped[str] = mapped_column(String(64))
    vintage: Mapped[int] = mapped_column(ForeignKey("release.vintage"))
    seed: Mapped[int]
    attached_by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    attached_at: Mapped[datetime] = mapped_column(UtcDateTime)


class IndicatorEffectRow(Base):
    """What a card says of one indicator."""

    __tablename__ = "indicator_effect"
    __table_args__ = (Index("ix_indicator_effect_indicator", "indicator"),)

    card_id: Mapped[str] = mapped_column(ForeignKey("effect_card.id"), primary_key=True)
    indicator: Mapped[str] = mapped_column(ForeignKey("indicator.code"), primary_key=True)
    position: Mapped[int]
    year: Mapped[int]
    low: Mapped[float]
    median: Mapped[float]
    high: Mapped[float]
