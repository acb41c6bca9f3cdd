"""What of a territory has been reported, for those who prepare the data."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import and_, or_, select

from core.indicators.model import HeldRow, IndicatorRow, ObservationRow, PassportChangeRow, ReleaseRow
from core.indicators.periods import Frequency
from core.indicators.queries import as_release
from core.indicators.rules import Release
from core.shared.ids import TerritoryId
from core.store import Reading


def reported(
    reading: Reading, *, territory_id: TerritoryId, periods: Mapping[Frequency, str]
) -> tuple[list[str], list[str]]:
    """Codes of the indicators that have a value at the period of their frequency, and of those that lack one.

    Expected is whatever the territory has ever reported, in the order of the catalogue.
    """
    ever = (
        select(ObservationRow.indicator)
        .where(ObservationRow.territory_id == territory_id)
        .distinct()
        .scalar_subquery()
    )
    now = or_(
        *(
            and_(IndicatorRow.frequency == frequency, ObservationRow.period == period)
            for frequency, period in periods.items()
        )
    )
    expected = reading.session.execute(
        select(IndicatorRow.code)
        .where(IndicatorRow.code.in_(ever), IndicatorRow.frequency.in_(periods))
        .order_by(IndicatorRow.position)
    ).scalars()
    there = set(
        reading.session.execute(
            select(ObservationRow.indicator)
            .join(IndicatorRow, IndicatorRow.code == ObservationRow.indicator)
            .where(ObservationRow.territory_id == territory_id, now)
        ).scalars()
    )
    codes = list(expected)
    return [code for code in codes if code in there], [code for code in codes if code not in there]


def newest_release_of(reading: Reading, *, territory_id: TerritoryId, since: datetime) -> Release | None:
    """The newest release that has changed or decided anything of a territory since a moment, or None."""
    touched = (
        select(ObservationRow.vintage)
        .where(ObservationRow.territory_id == territory_id)
        .union(select(HeldRow.decided_vintage).where(HeldRow.territory_id == territory_id))
    )
    row = reading.session.execute(
        select(ReleaseRow)
        .where(ReleaseRow.recorded_at >= since, ReleaseRow.vintage.in_(touched))
        .order_by(ReleaseRow.vintage.desc())
        .limit(1)
    ).scalar_one_or_none()
    return None if row is None else as_release(row)


def access_changed_since(reading: Reading, *, since: datetime) -> bool:
    """Whether anybody has changed a level of access or a named list since a moment."""
    wanted = (PassportChangeRow.at >= since, PassportChangeRow.field.in_(("access_level", "reader")))
    return reading.session.execute(select(PassportChangeRow.id).where(*wanted).limit(1)).first() is not None
