"""Tables of alerts."""

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.alerts.rules import AlertState, RuleKind, Severity, Side
from core.store import Base, Id, UtcDateTime

RULE_KEY = ("indicator", "territory_id", "kind", "bad", "severity")
RULE_HOLDS = text("deleted_at IS NULL")
_OPEN = text("ended_at IS NULL")


class RuleRow(Base):
    """A rule on an indicator, in a territory and below it. Its alerts outlive it, so the row stays."""

    __tablename__ = "alert_rule"
    __table_args__ = (
        Index(
            "uq_alert_rule_holds",
            *RULE_KEY,
            unique=True,
            sqlite_where=RULE_HOLDS,
            postgresql_where=RULE_HOLDS,
        ),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    indicator: Mapped[str] = mapped_column(ForeignKey("indicator.code"))
    territory_id: Mapped[str] = mapped_column(ForeignKey("territory.id"))
    kind: Mapped[RuleKind] = mapped_column(String(16))
    bad: Mapped[Side] = mapped_column(String(8))
    threshold: Mapped[float]
    clear_at: Mapped[float]
    severity: Mapped[Severity] = mapped_column(String(8))
    hold: Mapped[int]
    settle: Mapped[int]
    # Codes of the indicators that add up to this one, for the kind `quality`.
    parts: Mapped[list[str]] = mapped_column(JSON)
    # Data up to this vintage was there before the rule and is not judged by it.
    since: Mapped[int]
    created_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)


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
    # What the rule judged; empty in alerts from before there were other kinds than thresholds.
    measure: Mapped[float | None]
    # What the rule asked when it fired: it may be changed later, the alert's words may not.
    bad: Mapped[Side] = mapped_column(String(8))
    threshold: Mapped[float]
    clear_at: Mapped[float]
    hold: Mapped[int]
    # Whether the rule went to and fro here when it fired.
    flapping: Mapped[bool]
    vintage: Mapped[int] = mapped_column(ForeignKey("release.vintage"))
    fired_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # The alert whose message shows this one and when people were last told; empty while nobody was.
    lead_id: Mapped[str | None] = mapped_column(ForeignKey("alert.id"), default=None, index=True)
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    resolved_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    resolved_value: Mapped[float | None] = mapped_column(default=None)
    acknowledged_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"), default=None)
    acknowledged_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    snoozed_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"), default=None)
    snoozed_until: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    # To whom it was given, by whom, till which day; accepted once they are the one who has taken it.
    assigned_to: Mapped[str | None] = mapped_column(ForeignKey("person.id"), default=None)
    assigned_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"), default=None)
    assigned_due: Mapped[date | None] = mapped_column(default=None)
    picture: Mapped[str | None] = mapped_column(String(64), default=None)
    picture_settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    picture_missing: Mapped[str | None] = mapped_column(Text, default=None)


class StandingRow(Base):
    """Where a rule stands in a territory, and by which vintage. `alert_id` is the alert that is open."""

    __tablename__ = "alert_standing"

    rule_id: Mapped[str] = mapped_column(ForeignKey("alert_rule.id"), primary_key=True)
    territory_id: Mapped[str] = mapped_column(ForeignKey("territory.id"), primary_key=True)
    state: Mapped[AlertState] = mapped_column(String(16))
    vintage: Mapped[int]
    streak: Mapped[int]
    alert_id: Mapped[str | None] = mapped_column(ForeignKey("alert.id"), default=None)


class StateChangeRow(Base):
    """A change of state with the vintage and the numbers that made it: one a rule, territory, vintage, cause.

    `cause` is `data` or, for what only the days have changed, `clock`.
    """

    __tablename__ = "alert_state_change"

    rule_id: Mapped[str] = mapped_column(ForeignKey("alert_rule.id"), primary_key=True)
    territory_id: Mapped[str] = mapped_column(ForeignKey("territory.id"), primary_key=True)
    vintage: Mapped[int] = mapped_column(primary_key=True)
    cause: Mapped[str] = mapped_column(String(8), primary_key=True)
    before: Mapped[AlertState] = mapped_column(String(16))
    after: Mapped[AlertState] = mapped_column(String(16))
    period: Mapped[str] = mapped_column(String(8))
    value: Mapped[float]
    measure: Mapped[float | None]
    note: Mapped[str] = mapped_column(String(300))
    alert_id: Mapped[str | None] = mapped_column(ForeignKey("alert.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class EntryRow(Base):
    """What people did about an alert, and whom the clock called: rows are added and never changed.

    `person_id` did it, None is the clock; `about_id` is the other person that it concerns.
    """

    __tablename__ = "alert_entry"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    alert_id: Mapped[str] = mapped_column(ForeignKey("alert.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    about_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    due: Mapped[date | None]
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class SilenceRow(Base):
    """Which alerts disturb nobody, until when, why and by whose will. Empty columns fit everything."""

    __tablename__ = "alert_silence"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    # Ids of territories, each with all below it.
    places: Mapped[list[str]] = mapped_column(JSON)
    rubric: Mapped[str | None] = mapped_column(String(64))
    indicator: Mapped[str | None] = mapped_column(ForeignKey("indicator.code"))
    rule_id: Mapped[str | None] = mapped_column(ForeignKey("alert_rule.id"))
    reason: Mapped[str] = mapped_column(String(300))
    created_by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    until: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    ended_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"), default=None)


class MuteRow(Base):
    """That an alert disturbed nobody, and why: each cause mutes an alert once in its life.

    `muted_by` is the id of the silence, of the alert that spoke for it, or of the rule that flapped.
    """

    __tablename__ = "alert_mute"
    __table_args__ = (
        UniqueConstraint("alert_id", "cause", "muted_by"),
        Index("ix_alert_mute_open", "alert_id", sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    alert_id: Mapped[str] = mapped_column(ForeignKey("alert.id"))
    cause: Mapped[str] = mapped_column(String(16))
    muted_by: Mapped[str] = mapped_column(Id, index=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)


class AlertWeekRow(Base):
    """A week, by its Monday, of whose noisy rules those who answer for them were told."""

    __tablename__ = "alert_week"

    week: Mapped[str] = mapped_column(String(10), primary_key=True)
    ended_at: Mapped[datetime] = mapped_column(UtcDateTime)
