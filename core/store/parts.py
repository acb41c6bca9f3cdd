"""A long list, part by part."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Self, TypeVar

from sqlalchemy import Select, func, select

from core.store.prepared import Columns
from core.store.unit_of_work import Reading

T = TypeVar("T")
U = TypeVar("U")

# So many lines of a list are shown at once.
PART = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Part(Generic[T]):
    """Some of a list in its order, how many stand before them, and how many there are in all."""

    items: list[T]
    before: int
    total: int

    @classmethod
    def of(cls, whole: Sequence[T], *, first: int = 0, limit: int = PART) -> Self:
        """A part of a list that is in memory.

        >>> Part.of("abcde", first=4, limit=2)
        Part(items=['e'], before=4, total=5)
        >>> Part.of("abcde", first=9, limit=2).items
        ['e']
        """
        before = _begin(len(whole), first, limit)
        return cls(items=list(whole[before : before + limit]), before=before, total=len(whole))

    def map(self, change: Callable[[T], U]) -> "Part[U]":
        """The same part of a list of something else."""
        return Part(items=[change(one) for one in self.items], before=self.before, total=self.total)


def part_of(
    reading: Reading, wanted: Select[*Columns], *, first: int = 0, limit: int = PART
) -> Part[tuple[*Columns]]:
    """The rows of an ordered query from ``first`` (0: the first) on; the last part if there are fewer."""
    rows = list(reading.session.execute(wanted.offset(first).limit(limit)).tuples())
    if len(rows) < limit and (rows or not first):
        return Part(items=rows, before=first, total=first + len(rows))
    total = reading.session.execute(
        select(func.count()).select_from(wanted.order_by(None).subquery())
    ).scalar_one()
    before = _begin(total, first, limit)
    if before != first:
        rows = list(reading.session.execute(wanted.offset(before).limit(limit)).tuples())
    return Part(items=rows, before=before, total=total)


def _begin(total: int, first: int, limit: int) -> int:
    """Where a part begins that is not beyond the end."""
    return first if first < total else max(total - 1, 0) // limit * limit
