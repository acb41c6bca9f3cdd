"""Tables of scenarios."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.store import Base, Id, UtcDateTime


class ScenarioModelRow(Base):
    """One version of a model file of a territory; another text is another version."""

    __tablename__ = "scenario_model"
    __table_args__ = (UniqueConstraint("territory_id", "digest"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    territory_id: Mapped[str] = mapped_column(ForeignKey("territory.id"))
    file_name: Mapped[str] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16))
    added_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    outline: Mapped[dict[str, Any] | None] = mapped_column(JSON, default=None)
    refusal: Mapped[dict[str, str] | None] = mapped_column(JSON, default=None)


class ScenarioRunRow(Base):
    """One question to a model about one territory on one vintage; asked again, it is the same row."""

    __tablename__ = "scenario_run"
    __table_args__ = (
        ForeignKeyConstraint(["vintage"], ["release.vintage"]),
        Index("ix_scenario_run_territory_id_asked_at", "territory_id", "asked_at"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    # SHA-256 over all that decides the numbers: the unique key is the cache.
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    territory_id: Mapped[str] = mapped_column(ForeignKey("territory.id"))
    model_id: Mapped[str] = mapped_column(ForeignKey("scenario_model.id"), index=True)
    vintage: Mapped[int]
    request: Mapped[dict[str, Any]] = mapped_column(JSON)
    # First periods of new definitions as passports had them, of the variables that the model names.
    redefined: Mapped[dict[str, str]] = mapped_column(JSON, server_default="{}")
    state: Mapped[str] = mapped_column(String(16))
    attempt: Mapped[int]
    percent: Mapped[int]
    stage: Mapped[str] = mapped_column(String(16))
    asked_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
    refusal: Mapped[dict[str, str] | None] = mapped_column(JSON, default=None)


class RunFollowerRow(Base):
    """Somebody who is told in a messenger how a run goes, until it is over."""

    __tablename__ = "scenario_run_follower"

    run_id: Mapped[str] = mapped_column(ForeignKey("scenario_run.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    # In which messenger; empty: where the person is told of their own affairs.
    carrier: Mapped[str] = mapped_column(String(16))
    told_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ScenarioResultRow(Base):
    """The answer to a run as the text that was computed: a re-run gives the same bytes."""

    __tablename__ = "scenario_result"

    run_id: Mapped[str] = mapped_column(ForeignKey("scenario_run.id"), primary_key=True)
    body: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))
