"""Who sees an indicator: the one check that stands before its values, at every door.

A page, the API, a table, a picture, the bot and a run of a model all come here by asking the catalogue or
the indicator for a viewer; none has a check of its own.
"""

from collections.abc import Collection

from sqlalchemy import ColumnElement, delete, insert, or_, select

from core.identity import Viewer
from core.indicators.errors import UnknownIndicator
from core.indicators.model import IndicatorReaderRow, IndicatorRow
from core.indicators.rules import AccessLevel, levels_seen_by
from core.shared.ids import PersonId
from core.store import Reading, UnitOfWork


def open_to(viewer: Viewer) -> ColumnElement[bool]:
    """The condition on rows of the catalogue: of a level that the viewer has, or naming the viewer."""
    by_level = IndicatorRow.access_level.in_(levels_seen_by(viewer))
    if viewer.person_id is None:
        return by_level
    named = select(IndicatorReaderRow.indicator).where(IndicatorReaderRow.person_id == viewer.person_id)
    restricted = IndicatorRow.access_level == AccessLevel.RESTRICTED
    return or_(by_level, restricted & IndicatorRow.code.in_(named))


def hidden_from(reading: Reading, *, viewer: Viewer) -> set[str]:
    """Codes of the indicators that the viewer must not learn of."""
    return set(reading.session.execute(select(IndicatorRow.code).where(~open_to(viewer))).scalars())


def forget_reader(uow: UnitOfWork, *, person_id: PersonId) -> None:
    """Take a person off every named list."""
    uow.session.execute(delete(IndicatorReaderRow).where(IndicatorReaderRow.person_id == person_id))


def readers_of(reading: Reading, *, indicator: str) -> set[PersonId] | None:
    """The named list of a restricted indicator, None for one that is not restricted."""
    row = reading.session.get(IndicatorRow, indicator)
    if row is None or row.access_level != AccessLevel.RESTRICTED:
        return None
    named = select(IndicatorReaderRow.person_id).where(IndicatorReaderRow.indicator == indicator)
    return {PersonId(one) for one in reading.session.execute(named).scalars()}


def add_reader(uow: UnitOfWork, *, indicator: str, person_id: PersonId) -> bool:
    """Put a person on the named list; False if they are on it. For commands that have asked for the right."""
    row = {"indicator": indicator, "person_id": person_id}
    return uow.insert_new(IndicatorReaderRow, row, conflict=("indicator", "person_id"))


def drop_reader(uow: UnitOfWork, *, indicator: str, person_id: PersonId) -> None:
    """Take a person off the named list. For commands that have asked for the right."""
    mine = (IndicatorReaderRow.indicator == indicator, IndicatorReaderRow.person_id == person_id)
    uow.session.execute(delete(IndicatorReaderRow).where(*mine))


def name_readers(
    uow: UnitOfWork,
    *,
    indicator: str,
    readers: Collection[PersonId],
) -> None:
    """Replace the named list of an indicator, as the operator of the instance. Raises: UnknownIndicator."""
    if uow.session.get(IndicatorRow, indicator) is None:
        raise UnknownIndicator(indicator=indicator)
    uow.session.execute(delete(IndicatorReaderRow).where(IndicatorReaderRow.indicator == indicator))
    rows = [{"indicator": indicator, "person_id": one} for one in sorted(set(readers))]
    if rows:
        uow.session.execute(insert(IndicatorReaderRow), rows)
    uow.audit("readers_named", actor=None, subject=f"indicator:{indicator}")
