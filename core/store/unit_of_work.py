"""What commands and queries hold in hand: a view of the database, or one transaction on it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Executable, insert, literal_column
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from core.shared.facts import Fact, fact_to_json
from core.shared.ids import FactId, new_id
from core.store.model import AuditRow, OutboxRow


@dataclass(slots=True)
class Reading:
    """A view of the database at one moment, for queries; it cannot record facts."""

    session: Session
    now: datetime


@dataclass(slots=True)
class UnitOfWork(Reading):
    """One transaction of one use case. ``now`` is the same moment all through it."""

    recorded: list[Fact] = field(default_factory=list)
    audited: int = 0

    def record(self, fact: Fact) -> FactId:
        """Put a fact into the outbox, in this same commit; the relay publishes it afterwards."""
        return self.record_all([fact])[0]

    def record_all(self, facts: Sequence[Fact]) -> list[FactId]:
        """Put facts into the outbox, in this order and one statement."""
        ids = [FactId(new_id()) for _ in facts]
        rows = [
            {"fact_id": fact_id, "kind": fact.kind, "payload": fact_to_json(fact), "recorded_at": self.now}
            for fact_id, fact in zip(ids, facts, strict=True)
        ]
        if rows:
            self.session.connection().execute(insert(OutboxRow), rows)
        self.recorded.extend(facts)
        return ids

    def audit(self, action: str, *, actor: str | None, subject: str, digest: str = "") -> None:
        """Write who did what to which thing. Ids and hashes only, so that erasure stays possible.

        Rows are chained by the relay after the commit: a chain inside each transaction made every
        writer wait for every other one.
        """
        self.session.execute(
            insert(AuditRow).values(action=action, actor=actor, subject=subject, digest=digest, at=self.now)
        )
        self.audited += 1

    def insert_new(self, table: type[Any], values: dict[str, Any], *, conflict: tuple[str, ...]) -> bool:
        """Insert a row unless its key is taken; True if it was inserted.

        The unique index decides the race. After a clash PostgreSQL would refuse every further
        statement of the transaction, hence ON CONFLICT and not a caught IntegrityError.
        """
        statement = self.insert(table).values(**values).on_conflict_do_nothing(index_elements=list(conflict))
        # RETURNING and not a row count: the count of an INSERT is not known to every driver.
        return self.session.execute(statement.returning(literal_column("1"))).first() is not None

    def insert(self, table: type[Any]) -> Any:
        """The dialect's INSERT, which has ``on_conflict_do_nothing`` and ``on_conflict_do_update``."""
        if self.session.get_bind().dialect.name == "sqlite":
            return sqlite.insert(table)
        return postgresql.insert(table)

    def changed(self, statement: Executable) -> int:
        """Run an INSERT, UPDATE or DELETE and say how many rows it touched."""
        result = self.session.execute(statement)
        assert isinstance(result, CursorResult)  # noqa: S101 - narrows the type of what DML returns
        return result.rowcount
