"""Statements compiled once and handed to the driver as they are: for what each update of a messenger asks.

SQLAlchemy builds, keys and compiles a statement whenever it is executed, and makes objects of its rows:
0.11 ms for one row by its key. The driver itself takes 2 µs for it. A prepared statement is still written in
SQLAlchemy's words, so the tables stay in one place, both databases understand it, and the types of the
columns convert what goes in and what comes out.
"""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVarTuple

from sqlalchemy import (
    ARRAY,
    BindParameter,
    ColumnElement,
    Connection,
    Dialect,
    Insert,
    String,
    TypeDecorator,
    bindparam,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.selectable import TypedReturnsRows
from sqlalchemy.types import NullType, TypeEngine

Columns = TypeVarTuple("Columns")
Convert = Callable[[Any], Any]


class _Kept:
    """A statement whose parameters are named by ``bindparam``, kept for as long as the process lives."""

    def __init__(self, statement: Any) -> None:
        self._statement = statement
        self._ready: dict[str, _Ready] = {}

    def _for(self, dialect: Dialect) -> "_Ready":
        ready = self._ready.get(dialect.name)
        if ready is None:
            ready = self._ready[dialect.name] = _compiled(self._statement, dialect)
        return ready


class PreparedQuery(_Kept, Generic[*Columns]):
    """A SELECT that finds rows of these columns."""

    def __init__(self, statement: TypedReturnsRows[*Columns]) -> None:
        super().__init__(statement)

    def rows(self, connection: Connection, arguments: Mapping[str, Any]) -> list[tuple[*Columns]]:
        """What the statement finds. Raises: DBAPIError, as SQLAlchemy's own statements do."""
        ready = self._for(connection.dialect)
        with _Cursor(connection, ready.sql) as cursor:
            cursor.execute(ready.sql, ready.bound(arguments))
            return ready.converted(cursor.fetchall())


class PreparedChange(_Kept):
    """An INSERT, UPDATE or DELETE."""

    def __init__(self, statement: UpdateBase) -> None:
        super().__init__(statement)

    def apply(self, connection: Connection, arguments: Sequence[Mapping[str, Any]]) -> int:
        """Run it for each of the arguments; how many rows it touched in all. Raises: DBAPIError."""
        if not arguments:
            return 0
        ready = self._for(connection.dialect)
        with _Cursor(connection, ready.sql) as cursor:
            if len(arguments) == 1:
                cursor.execute(ready.sql, ready.bound(arguments[0]))
            else:
                cursor.executemany(ready.sql, [ready.bound(one) for one in arguments])
            touched: int = cursor.rowcount
            return touched


def insert_new(table: type[Any], *columns: str, conflict: Collection[str]) -> Insert:
    """INSERT of these columns that leaves a row whose key is taken as it is; parameters named as the columns.

    Written in PostgreSQL's dialect, whose ON CONFLICT SQLite has taken over.
    """
    values: dict[str, BindParameter[Any]] = {column: bindparam(column) for column in columns}
    return postgresql.insert(table).values(values).on_conflict_do_nothing(index_elements=list(conflict))


class _Names(TypeDecorator[list[str]]):
    """Several ids in one parameter."""

    impl = String
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """An array where there are arrays."""
        return dialect.type_descriptor(ARRAY(String()) if dialect.name == "postgresql" else String())

    def process_bind_param(self, value: Collection[str] | None, dialect: Dialect) -> Any:
        """A list, as JSON for SQLite."""
        names = list(value or ())
        return names if dialect.name == "postgresql" else json.dumps(names)


class one_of(ColumnElement[Any]):  # noqa: N801 - reads as a word of SQL, as SQLAlchemy's own constructs do
    """``column`` is one of the ids in the parameter ``name``: IN, for as many as there may be."""

    inherit_cache = False
    # Not Boolean: SQLite, which has none, would be asked whether it "= 1".
    type = NullType()

    def __init__(self, column: InstrumentedAttribute[Any], name: str) -> None:
        self._column: ColumnElement[Any] = column.expression
        self._ids = bindparam(name, type_=_Names())

    def words(self, compiler: SQLCompiler, keywords: dict[str, Any]) -> tuple[str, str]:
        """The column and the parameter in SQL."""
        return compiler.process(self._column, **keywords), compiler.process(self._ids, **keywords)


@compiles(one_of, "sqlite")
def _one_of_json(element: one_of, compiler: SQLCompiler, **keywords: Any) -> str:
    column, ids = element.words(compiler, keywords)
    return f"{column} IN (SELECT value FROM json_each({ids}))"  # noqa: S608 - two parts made by the compiler


@compiles(one_of, "postgresql")
def _one_of_array(element: one_of, compiler: SQLCompiler, **keywords: Any) -> str:
    column, ids = element.words(compiler, keywords)
    return f"{column} = ANY ({ids})"


@dataclass(frozen=True, slots=True)
class _Ready:
    """A statement in the words of one database."""

    sql: str
    # Names of the parameters where the driver takes them by position.
    positions: tuple[str, ...] | None
    # What the statement itself compares with or writes.
    own: Mapping[str, Any]
    into: Mapping[str, Convert]
    out_of: Sequence[tuple[int, Convert]]

    def bound(self, arguments: Mapping[str, Any]) -> Any:
        """The parameters as the driver takes them. Raises: KeyError for one that is missing."""
        values = {**self.own, **arguments}
        for name, convert in self.into.items():
            if name in arguments:
                values[name] = convert(values[name])
        return values if self.positions is None else [values[name] for name in self.positions]

    def converted(self, rows: list[Any]) -> list[Any]:
        """Rows with the values that their columns stand for."""
        if not self.out_of:
            return rows
        return [self._converted(list(row)) for row in rows]

    def _converted(self, row: list[Any]) -> tuple[Any, ...]:
        for position, convert in self.out_of:
            row[position] = convert(row[position])
        return tuple(row)


def _compiled(statement: Any, dialect: Dialect) -> _Ready:
    compiled = statement.compile(dialect=dialect)
    convert = {name: _into(bind.type, dialect) for name, bind in compiled.binds.items()}
    into = {name: one for name, one in convert.items() if one is not None}
    defaults = {column.key: column.default.arg for column in compiled.insert_prefetch}
    own = {
        name: into[name](value) if name in into else value
        for name, value in {**compiled.params, **defaults}.items()
        if value is not None
    }
    columns = [column.type.dialect_impl(dialect) for column in statement.exported_columns]
    out_of = [(at, kind.result_processor(dialect, None)) for at, kind in enumerate(columns)]
    return _Ready(
        sql=compiled.string,
        positions=tuple(compiled.positiontup) if compiled.positional else None,
        own=own,
        into=into,
        out_of=[(at, one) for at, one in out_of if one is not None],
    )


def _into(kind: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    return kind.dialect_impl(dialect).bind_processor(dialect)


class _Cursor:
    """A cursor of the driver whose failures are those of SQLAlchemy, as the retries expect them."""

    __slots__ = ("_connection", "_cursor", "_sql")

    def __init__(self, connection: Connection, sql: str) -> None:
        self._connection = connection
        self._sql = sql

    def __enter__(self) -> Any:
        self._cursor = self._connection.connection.cursor()
        return self._cursor

    def __exit__(self, _kind: object, failure: BaseException | None, _trace: object) -> None:
        self._cursor.close()
        dialect = self._connection.dialect
        if isinstance(failure, dialect.loaded_dbapi.Error):
            gone = dialect.is_disconnect(failure, self._connection.connection.dbapi_connection, self._cursor)
            if gone:
                self._connection.invalidate(failure)
            raise DBAPIError.instance(
                self._sql,
                None,
                failure,
                dialect.loaded_dbapi.Error,
                hide_parameters=True,
                connection_invalidated=gone,
                dialect=dialect,
            ) from failure
