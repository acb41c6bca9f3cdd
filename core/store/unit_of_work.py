"""What commands and queries hold in hand: a view of the database, or one transaction on it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from sqlalchemy import Connection, Executable, bindparam, insert, literal_column
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from core.shared.facts import Fact, fact_to_json
from core.shared.ids import FactId, new_id
from core.store.model import AuditRow, OutboxRow
from core.store.prepared import Columns, PreparedChange, PreparedQuery

P = ParamSpec("P")
R = TypeVar("R")

_RECORD = PreparedChange(
    insert(OutboxRow).values(
        fact_id=bindparam("fact_id"),
        kind=bindparam("kind"),
        payload=bindparam("payload"),
        recorded_at=bindparam("recorded_at"),
    )
)


@dataclass(slots=True)
class Reading:
    """A view of the database at one moment, for queries; it cannot record facts."""

    session: Session
    connection: Connection
    now: datetime
    # What was answered within this view already, see ``once_a_view``.
    answered: dict[Any, Any] = field(default_factory=dict)

    def rows(self, statement: PreparedQuery[*Columns], **arguments: Any) -> list[tuple[*Columns]]:
        """All rows that a prepared statement finds."""
        return statement.rows(self.connection, arguments)

    def first(self, statement: PreparedQuery[*Columns], **arguments: Any) -> tuple[*Columns] | None:
        """The first row that a prepared statement finds, None if it finds none."""
        found = self.rows(statement, **arguments)
        return found[0] if found else None


@dataclass(slots=True)
class UnitOfWork(Reading):
    """One transaction of one use case. ``now`` is the same moment all through it."""

    recorded: list[Fact] = field(default_factory=list)
    audited: int = 0

    def rows(self, statement: PreparedQuery[*Columns], **arguments: Any) -> list[tuple[*Columns]]:
        """All rows that a prepared statement finds."""
        # What the session still holds back is to be seen, as its own statements see it.
        self.session.flush()
        return statement.rows(self.connection, arguments)

    def apply(self, change: PreparedChange, **arguments: Any) -> int:
        """Run a prepared INSERT, UPDATE or DELETE; how many rows it touched."""
        return self.apply_all(change, [arguments])

    def apply_all(self, change: PreparedChange, arguments: Sequence[Mapping[str, Any]]) -> int:
        """Run a prepared INSERT, UPDATE or DELETE for each of the arguments; how many rows it touched."""
        self.session.flush()
        return change.apply(self.connection, arguments)

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """A part of a transaction that is shared: what fails in it leaves nothing behind, the rest goes on.

        Each part begins with a session that remembers nothing: in its own transaction it would not either.
        """
        recorded, audited = len(self.recorded), self.audited
        self.session.flush()
        self.connection.exec_driver_sql("SAVEPOINT part")
        try:
            yield
            self.session.flush()
        except BaseException:
            self.session.expunge_all()
            del self.recorded[recorded:]
            self.audited = audited
            # Of a connection that is gone nothing is left to roll back; the whole is tried again.
            if not self.connection.invalidated:
                self.connection.exec_driver_sql("ROLLBACK TO SAVEPOINT part")
            raise
        self.session.expunge_all()
        self.connection.exec_driver_sql("RELEASE SAVEPOINT part")

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
            self.apply_all(_RECORD, rows)
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

    def insert_all_new(
        self, table: type[Any], rows: Sequence[dict[str, Any]], *, conflict: tuple[str, ...]
    ) -> int:
        """``insert_new`` for many rows in a few statements; how many were inserted."""
        if not rows:
            return 0
        # On the connection: the ORM's way through single rows costs ten times the statement.
        statement = self.insert(table).on_conflict_do_nothing(index_elements=list(conflict))
        return len(self.session.connection().execute(statement.returning(literal_column("1")), rows).all())

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


def once_a_view(
    query: Callable[Concatenate[Reading, P], R],
) -> Callable[Concatenate[Reading, P], R]:
    """A query whose answer many share who look through one view: it is the same, so it is read once.

    In a unit of work it is asked every time, because that may have changed the answer itself. The answer
    must not be changed by whoever gets it, and the arguments are names and numbers or lists of such.
    """

    @wraps(query)
    def asked(reading: Reading, *args: P.args, **arguments: P.kwargs) -> R:
        if isinstance(reading, UnitOfWork):
            return query(reading, *args, **arguments)
        key = (query, *map(_fixed, args), *((name, _fixed(value)) for name, value in arguments.items()))
        if key not in reading.answered:
            reading.answered[key] = query(reading, *args, **arguments)
        answer: R = reading.answered[key]
        return answer

    return cast("Callable[Concatenate[Reading, P], R]", asked)


def _fixed(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value
