"""What an indicator is reckoned from in a territory, as the territory's model says."""

from collections.abc import Collection, Mapping

from sqlalchemy import delete, select

from core.indicators.model import IndicatorInputRow, IndicatorRow
from core.shared.ids import TerritoryId
from core.store import Reading, UnitOfWork
from core.territories import ancestry


def name_inputs(uow: UnitOfWork, *, territory_id: TerritoryId, inputs: Mapping[str, Collection[str]]) -> int:
    """Say anew what the indicators of a territory, and of those below it, are reckoned from; how many pairs.

    Names that are not in the catalogue (a model has variables of its own) are left out.
    """
    known = set(uow.session.execute(select(IndicatorRow.code)).scalars())
    rows = [
        {"territory_id": territory_id, "indicator": code, "input": one}
        for code, several in inputs.items()
        for one in several
        if {code, one} <= known and code != one
    ]
    uow.session.execute(delete(IndicatorInputRow).where(IndicatorInputRow.territory_id == territory_id))
    return uow.insert_all_new(IndicatorInputRow, rows, conflict=("territory_id", "indicator", "input"))


def inputs_of(reading: Reading, *, indicator: str, territory_id: TerritoryId) -> set[str]:
    """The indicators that this one is reckoned from there, itself not among them."""
    above = ancestry(reading, territory_id=territory_id)
    rows = reading.session.execute(
        select(IndicatorInputRow.input).where(
            IndicatorInputRow.indicator == indicator, IndicatorInputRow.territory_id.in_(above)
        )
    )
    return set(rows.scalars())


def dependants_of(reading: Reading, *, indicator: str, territory_id: TerritoryId) -> set[str]:
    """The indicators that are reckoned from this one there."""
    above = ancestry(reading, territory_id=territory_id)
    rows = reading.session.execute(
        select(IndicatorInputRow.indicator).where(
            IndicatorInputRow.input == indicator, IndicatorInputRow.territory_id.in_(above)
        )
    )
    return set(rows.scalars())
