"""Tables of alerts."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.alerts.rules import AlertState, Severity, Side
from core.store import Base, Id, UtcDateTime


class RuleRow(Base):
    """A threshold with hysteresis on an indicator, in a territory and below it."""

    __tablename__ = "alert_rule"
    __table_args__ = (UniqueConstraint("indicator", "territory_id", "bad", "severity"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    indicator: Mapped[str] = mapped_column(ForeignKey("indicator.code"))
    territory_id: Mapped[str] = mapped_column(ForeignKey("territory.id"))
    bad: Mapped[Side] = mapped_column(String(8))
    threshold: Mapped[float]
    clear_at: Mapped[float]
    severity: Mapped[Severity] = mapped_column(String(8))
    # Data up to this vintage was there before the rule and is not judged by it.
    since: Mapped[int]
    created_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AlertRow(Base):
    """One alert from firing to its end. A rule fires once a territory and vintage."""

    __tablename__ = "alert"
    __table_args__ = (
        UniqueConstraint("rule_id", "territory_id", "vintage"),
        Index("ix_alert_territory_id_state", "territory_id", "state"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    rule_id: Mapped[str] = mapped_column(ForeignKey("alert_rule.id"))
    territory_id: Mapped[str] = mapped_column(ForeignKey("territory.id"))
    state: Mapped[AlertState] = mapped_column(String(8))
    period: Mapped[str] = mapped_column(String(8))
    value: Mapped[float]
    vintage: Mapped[int] = mapped_column(ForeignKey("release.vintage"))
    fired_at: Mapped[datetime] = mapped_column(UtcDateTime)
    resolved_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    resolved_value: Mapped[float | None] = mapped_column(default=None)
    acknowledged_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"), default=None)
    acknowledged_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    snoozed_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"), default=None)
    snoozed_until: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    picture: Mapped[str | None] = mapped_column(String(64), default=None)
    picture_settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    picture_missing: Mapped[str | None] = mapped_column(Text, default=None)


class StandingRow(Base):
    """Where a rule stands in a territory, and by which vintage."""

    __tablename__ = "alert_standing"

    rule_id: Mapped[str] = mapped_column(ForeignKey("alert_rule.id"), primary_key=True)
    territory_id: Mapped[str] = mapped_column(ForeignKey("territory.id"), primary_key=True)
    state: Mapped[AlertState] = mapped_column(String(8))
    vintage: Mapped[int]
    alert_id: Mapped[str | None] = mapped_column(ForeignKey("alert.id"), default=None)


class TransitionRow(Base):
    """A change of state with the vintage and the numbers that made it."""

    __tablename__ = "alert_transition"

    alert_id: Mapped[str] = mapped_column(ForeignKey("alert.id"), primary_key=True)
    vintage: Mapped[int] = mapped_column(primary_key=True)
    transition: Mapped[str] = mapped_column(String(8))
    period: Mapped[str] = mapped_column(String(8))
    value: Mapped[float]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
