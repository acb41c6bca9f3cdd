"""Questions about indicators: the catalogue, series as of any vintage, pages and cards."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, true

from core.identity import Viewer
from core.indicators.access import open_to
from core.indicators.errors import UnknownIndicator, UnknownRelease
from core.indicators.forecasts import Forecast
from core.indicators.model import (
    ForecastRow,
    HeldRow,
    IndicatorRow,
    ObservationRow,
    PassportRow,
    ReleaseRow,
    TargetRow,
)
from core.indicators.rules import (
    AccessLevel,
    Indicator,
    IndicatorCard,
    IndicatorPage,
    Point,
    Release,
    Revision,
    Target,
    VintageNote,
    levels_seen_by,
)
from core.shared.ids import PersonId, ReleaseId, TerritoryId
from core.store import Reading, once_a_view
from core.territories import ancestry

CARD_POINTS = 12
FAVOURITES = 6


def catalogue(
    reading: Reading, *, viewer: Viewer | None = None, rubric: str | None = None
) -> list[Indicator]:
    """Indicators in their order; those the viewer may see, or all for the importer (None)."""
    wanted = select(IndicatorRow).order_by(IndicatorRow.position)
    if viewer is not None:
        wanted = wanted.where(open_to(viewer))
    if rubric is not None:
        wanted = wanted.where(IndicatorRow.rubric == rubric)
    return [_as_indicator(row) for row in reading.session.execute(wanted).scalars()]


def indicator(reading: Reading, *, code: str, viewer: Viewer | None = None) -> Indicator:
    """One indicator. Raises: UnknownIndicator, also for one that the viewer may not see."""
    wanted = select(IndicatorRow).where(IndicatorRow.code == code)
    if viewer is not None:
        wanted = wanted.where(open_to(viewer))
    row = reading.session.execute(wanted).scalar_one_or_none()
    if row is None:
        raise UnknownIndicator(indicator=code)
    return _as_indicator(row)


def series(
    reading: Reading, *, indicator: str, territory_id: TerritoryId, as_of: int | None = None
) -> tuple[Point, ...]:
    """Values in order of time as they were known at a vintage (as of now if None)."""
    found = _series(reading, territory_ids=[territory_id], indicators=[indicator], as_of=as_of)
    return found.get((territory_id, indicator), ())


def all_series(
    reading: Reading,
    *,
    territory_ids: Collection[TerritoryId],
    indicators: Collection[str],
    as_of: int | None = None,
) -> dict[tuple[TerritoryId, str], tuple[Point, ...]]:
    """Many series at once by (territory, indicator)."""
    return _series(reading, territory_ids=territory_ids, indicators=indicators, as_of=as_of)


def current_values(
    reading: Reading, *, territory_ids: Collection[TerritoryId], indicators: Collection[str]
) -> dict[tuple[str, str, str], float]:
    """Values as of now by (territory, indicator, period)."""
    found = _series(reading, territory_ids=territory_ids, indicators=indicators, as_of=None)
    return {
        (territory_id, code, point.period): point.value
        for (territory_id, code), points in found.items()
        for point in points
    }


def indicator_page(
    reading: Reading, *, viewer: Viewer, code: str, territory_id: TerritoryId, as_of: int | None = None
) -> IndicatorPage:
    """Everything about one indicator of one territory, as of now or as it was known at a vintage.

    Raises: UnknownIndicator.
    """
    return _page(reading, indicator(reading, code=code, viewer=viewer), territory_id, as_of)


def chart_page(reading: Reading, *, code: str, territory_id: TerritoryId) -> IndicatorPage:
    """The same for the job that draws; who sees the picture is asked when it is shown."""
    return _page(reading, indicator(reading, code=code), territory_id)


def cards(
    reading: Reading, *, viewer: Viewer, territory_id: TerritoryId, rubric: str | None = None
) -> list[IndicatorCard]:
    """Indicators of a territory with their last facts, in the order of the catalogue."""
    return _cards(reading, territory_id, catalogue(reading, viewer=viewer, rubric=rubric))


def favourites(reading: Reading, *, viewer: Viewer, territory_id: TerritoryId) -> list[IndicatorCard]:
    """The (at most six) indicators that the home of a territory shows."""
    return _favourites(reading, levels=levels_seen_by(viewer), territory_id=territory_id)


@once_a_view
def _favourites(
    reading: Reading, *, levels: tuple[AccessLevel, ...], territory_id: TerritoryId
) -> list[IndicatorCard]:
    rows = reading.session.execute(
        select(IndicatorRow)
        .where(IndicatorRow.access_level.in_(levels), IndicatorRow.featured > 0)
        .order_by(IndicatorRow.featured, IndicatorRow.position)
        .limit(FAVOURITES)
    ).scalars()
    cards = _cards(reading, territory_id, [_as_indicator(row) for row in rows])
    return [card for card in cards if card.points]


def values_at(
    reading: Reading, *, indicator: str, territory_ids: Collection[TerritoryId], period: str
) -> dict[TerritoryId, float]:
    """The values of one period in several territories, those that have one.

    For a door that has asked for the indicator with its viewer.
    """
    found = _series(reading, territory_ids=territory_ids, indicators=[indicator], as_of=None)
    return {
        place: point.value
        for (place, _), points in found.items()
        for point in points
        if point.period == period
    }


def targets(reading: Reading, *, indicator: str, territory_id: TerritoryId) -> tuple[Target, ...]:
    """Targets of a series in order of their periods."""
    rows = reading.session.execute(
        select(TargetRow)
        .where(TargetRow.indicator == indicator, TargetRow.territory_id == territory_id)
        .order_by(TargetRow.period)
    ).scalars()
    return tuple(Target(period=row.period, value=row.value, op=row.op) for row in rows)


def all_targets(
    reading: Reading, *, territory_ids: Collection[TerritoryId], indicators: Collection[str]
) -> dict[tuple[TerritoryId, str], tuple[Target, ...]]:
    """Targets of many series by (territory, indicator), each in order of their periods."""
    rows = reading.session.execute(
        select(TargetRow)
        .where(TargetRow.territory_id.in_(territory_ids), TargetRow.indicator.in_(indicators))
        .order_by(TargetRow.territory_id, TargetRow.indicator, TargetRow.period)
    ).scalars()
    found: defaultdict[tuple[TerritoryId, str], list[Target]] = defaultdict(list)
    for row in rows:
        target = Target(period=row.period, value=row.value, op=row.op)
        found[TerritoryId(row.territory_id), row.indicator].append(target)
    return {key: tuple(each) for key, each in found.items()}


def revisions(reading: Reading, *, indicator: str, territory_id: TerritoryId) -> tuple[Revision, ...]:
    """Published values that were changed later, newest change first."""
    rows = reading.session.execute(
        select(ObservationRow, ReleaseRow.recorded_at)
        .join(ReleaseRow, ReleaseRow.vintage == ObservationRow.vintage)
        .where(ObservationRow.indicator == indicator, ObservationRow.territory_id == territory_id)
        .order_by(ObservationRow.period, ObservationRow.vintage)
    )
    found: list[Revision] = []
    before: ObservationRow | None = None
    for row, recorded_at in rows.tuples():
        if before is not None and before.period == row.period:
            found.append(
                Revision(
                    period=row.period,
                    before=before.value,
                    after=row.value,
                    vintage=row.vintage,
                    recorded_at=recorded_at,
                )
            )
        before = row
    return tuple(sorted(found, key=lambda revision: revision.vintage, reverse=True))


def vintage_notes(reading: Reading, *, indicator: str, territory_id: TerritoryId) -> list[VintageNote]:
    """Every vintage that changed a series, with how much, the newest first."""
    rows = reading.session.execute(
        select(ObservationRow.vintage, ReleaseRow.recorded_at, ObservationRow.period)
        .join(ReleaseRow, ReleaseRow.vintage == ObservationRow.vintage)
        .where(ObservationRow.indicator == indicator, ObservationRow.territory_id == territory_id)
        .order_by(ObservationRow.vintage)
    )
    known: set[str] = set()
    found: dict[int, VintageNote] = {}
    for vintage, recorded_at, period in rows.tuples():
        note = found.setdefault(vintage, VintageNote(vintage=vintage, recorded_at=recorded_at))
        revised = period in known
        found[vintage] = replace(note, new=note.new + (not revised), revised=note.revised + revised)
        known.add(period)
    return list(found.values())[::-1]


def latest_forecast(
    reading: Reading, *, indicator: str, territory_id: TerritoryId, as_of: int | None = None
) -> tuple[Forecast, int] | None:
    """The newest forecast of a series (not later than the vintage `as_of`) and its vintage, or None."""
    row = reading.session.execute(
        select(ForecastRow)
        .where(
            ForecastRow.indicator == indicator,
            ForecastRow.territory_id == territory_id,
            true() if as_of is None else ForecastRow.vintage <= as_of,
        )
        .order_by(ForecastRow.vintage.desc(), ForecastRow.made_at.desc())
        .limit(1)
    ).scalar_one_or_none()
    return None if row is None else (Forecast.from_json(row.body), row.vintage)


def latest_forecasts(
    reading: Reading, *, territory_ids: Collection[TerritoryId], indicators: Collection[str]
) -> dict[tuple[TerritoryId, str], Forecast]:
    """The newest forecast of many series by (territory, indicator)."""
    wanted = (ForecastRow.territory_id.in_(territory_ids), ForecastRow.indicator.in_(indicators))
    key = (ForecastRow.territory_id, ForecastRow.indicator)
    newest = select(*key, func.max(ForecastRow.vintage).label("vintage")).where(*wanted).group_by(*key)
    last = newest.subquery()
    rows = reading.session.execute(
        select(ForecastRow)
        .join(
            last,
            (ForecastRow.territory_id == last.c.territory_id)
            & (ForecastRow.indicator == last.c.indicator)
            & (ForecastRow.vintage == last.c.vintage),
        )
        # Of two procedures on one vintage the one that ran last comes last and stays.
        .order_by(ForecastRow.made_at)
    ).scalars()
    return {(TerritoryId(row.territory_id), row.indicator): Forecast.from_json(row.body) for row in rows}


def forecast_of(
    reading: Reading, *, indicator: str, territory_id: TerritoryId, vintage: int
) -> Forecast | None:
    """The forecast made from the data of one vintage, or None."""
    row = reading.session.execute(
        select(ForecastRow)
        .where(
            ForecastRow.indicator == indicator,
            ForecastRow.territory_id == territory_id,
            ForecastRow.vintage == vintage,
        )
        .order_by(ForecastRow.made_at.desc())
        .limit(1)
    ).scalar_one_or_none()
    return None if row is None else Forecast.from_json(row.body)


def release(reading: Reading, *, release_id: ReleaseId) -> Release:
    """One release. Raises: UnknownRelease."""
    row = reading.session.execute(select(ReleaseRow).where(ReleaseRow.id == release_id)).scalar_one_or_none()
    if row is None:
        raise UnknownRelease
    return as_release(row)


def releases(reading: Reading, *, limit: int = 20) -> list[Release]:
    """Releases, newest first."""
    rows = reading.session.execute(select(ReleaseRow).order_by(ReleaseRow.vintage.desc()).limit(limit))
    return [as_release(row) for row in rows.scalars()]


def vintages_since(reading: Reading, *, moment: datetime) -> set[int]:
    """The vintages of the releases that were recorded since then."""
    rows = reading.session.execute(select(ReleaseRow.vintage).where(ReleaseRow.recorded_at >= moment))
    return set(rows.scalars())


def series_changed_by(reading: Reading, *, vintage: int) -> list[tuple[TerritoryId, str]]:
    """(territory, indicator) of the series that a release has changed, higher territories first.

    What is known of the country is known when its regions are judged.
    """
    rows = reading.session.execute(
        select(ObservationRow.territory_id, ObservationRow.indicator)
        .where(ObservationRow.vintage == vintage)
        .distinct()
        .order_by(ObservationRow.territory_id, ObservationRow.indicator)
    )
    found = [(TerritoryId(territory_id), code) for territory_id, code in rows.tuples()]
    depth = {place: len(ancestry(reading, territory_id=place)) for place in {place for place, _ in found}}
    return sorted(found, key=lambda pair: depth[pair[0]])


def series_forecast_at(reading: Reading, *, vintage: int) -> set[tuple[TerritoryId, str]]:
    """(territory, indicator) of the series that have a forecast made from the data of this vintage."""
    rows = reading.session.execute(
        select(ForecastRow.territory_id, ForecastRow.indicator).where(ForecastRow.vintage == vintage)
    )
    return {(TerritoryId(territory_id), code) for territory_id, code in rows.tuples()}


def forecasts_before(
    reading: Reading, *, indicator: str, territory_id: TerritoryId, vintage: int
) -> list[Forecast]:
    """Forecasts made from the data of earlier vintages, the oldest first."""
    rows = reading.session.execute(
        select(ForecastRow.body)
        .where(
            ForecastRow.indicator == indicator,
            ForecastRow.territory_id == territory_id,
            ForecastRow.vintage < vintage,
        )
        .order_by(ForecastRow.vintage, ForecastRow.made_at)
    ).scalars()
    return [Forecast.from_json(body) for body in rows]


def territories_with(reading: Reading, *, indicator: str) -> list[TerritoryId]:
    """Territories that have any value of the indicator."""
    rows = reading.session.execute(
        select(ObservationRow.territory_id)
        .where(ObservationRow.indicator == indicator)
        .distinct()
        .order_by(ObservationRow.territory_id)
    ).scalars()
    return [TerritoryId(row) for row in rows]


def vintages_of(
    reading: Reading,
    *,
    indicator: str,
    territory_id: TerritoryId,
    after: int,
    upto: int,
    with_held: bool = False,
) -> list[int]:
    """Vintages that changed a series, later than `after` and not later than `upto`, in order.

    with_held: also those that have held a value of it, or decided about one.
    """

    def between(table: type[ObservationRow | HeldRow], vintage: Any) -> set[int]:
        wanted = (
            table.indicator == indicator,
            table.territory_id == territory_id,
            vintage > after,
            vintage <= upto,
        )
        return set(reading.session.execute(select(vintage).where(*wanted)).scalars())

    found = between(ObservationRow, ObservationRow.vintage)
    if with_held:
        found |= between(HeldRow, HeldRow.vintage) | between(HeldRow, HeldRow.decided_vintage)
    return sorted(found)


def newest_vintage(reading: Reading) -> int:
    """Vintage of the newest release, 0 if there is none."""
    return reading.session.execute(select(func.max(ReleaseRow.vintage))).scalar_one() or 0


def as_release(row: ReleaseRow) -> Release:
    """The row as a value that may leave the folder."""
    return Release(
        id=ReleaseId(row.id),
        vintage=row.vintage,
        title=row.title,
        recorded_at=row.recorded_at,
        recorded_by=None if row.recorded_by is None else PersonId(row.recorded_by),
        new=row.new,
        revised=row.revised,
        unchanged=row.unchanged,
        rejected=row.rejected,
        jumps=row.jumps,
    )


def _page(
    reading: Reading, found: Indicator, territory_id: TerritoryId, as_of: int | None = None
) -> IndicatorPage:
    code = found.code
    points = series(reading, indicator=code, territory_id=territory_id, as_of=as_of)
    vintage = max((point.vintage for point in points), default=0)
    release = reading.session.get(ReleaseRow, vintage)
    newest = latest_forecast(reading, indicator=code, territory_id=territory_id, as_of=as_of)
    return IndicatorPage(
        indicator=found,
        territory_id=territory_id,
        points=points,
        vintage=vintage,
        recorded_at=None if release is None else release.recorded_at,
        forecast=None if newest is None else newest[0],
        forecast_vintage=None if newest is None else newest[1],
        targets=targets(reading, indicator=code, territory_id=territory_id),
        revisions=revisions(reading, indicator=code, territory_id=territory_id),
        redefined_in=_redefined_in(reading, code),
    )


def _redefined_in(reading: Reading, code: str) -> str:
    row = reading.session.get(PassportRow, code)
    return "" if row is None else row.redefined_in


def _series(
    reading: Reading,
    *,
    territory_ids: Collection[TerritoryId],
    indicators: Collection[str],
    as_of: int | None,
) -> dict[tuple[TerritoryId, str], tuple[Point, ...]]:
    found: defaultdict[tuple[TerritoryId, str], list[Point]] = defaultdict(list)
    for row in reading.session.execute(_known_at(territory_ids, indicators, as_of)).scalars():
        key = (TerritoryId(row.territory_id), row.indicator)
        found[key].append(Point(period=row.period, value=row.value, source=row.source, vintage=row.vintage))
    return {key: tuple(points) for key, points in found.items()}


def _known_at(
    territory_ids: Collection[TerritoryId], indicators: Collection[str], as_of: int | None
) -> Select[ObservationRow]:
    """Rows of the newest vintage of each period that is not later than `as_of`."""
    wanted: list[ColumnElement[bool]] = [
        ObservationRow.territory_id.in_(territory_ids),
        ObservationRow.indicator.in_(indicators),
    ]
    if as_of is not None:
        wanted.append(ObservationRow.vintage <= as_of)
    key = (ObservationRow.territory_id, ObservationRow.indicator, ObservationRow.period)
    newest = (
        select(*key, func.max(ObservationRow.vintage).label("vintage"))
        .where(*wanted)
        .group_by(*key)
        .subquery()
    )
    return (
        select(ObservationRow)
        .join(
            newest,
            (ObservationRow.territory_id == newest.c.territory_id)
            & (ObservationRow.indicator == newest.c.indicator)
            & (ObservationRow.period == newest.c.period)
            & (ObservationRow.vintage == newest.c.vintage),
        )
        .order_by(*key)
    )


def _cards(reading: Reading, territory_id: TerritoryId, wanted: list[Indicator]) -> list[IndicatorCard]:
    found = _series(
        reading, territory_ids=[territory_id], indicators=[item.code for item in wanted], as_of=None
    )
    return [
        IndicatorCard(indicator=item, points=found.get((territory_id, item.code), ())[-CARD_POINTS:])
        for item in wanted
    ]


def _as_indicator(row: IndicatorRow) -> Indicator:
    return Indicator(
        code=row.code,
        rubric=row.rubric,
        title_ru=row.title_ru,
        title_en=row.title_en,
        unit=row.unit,
        unit_en=row.unit_en,
        frequency=row.frequency,
        good=row.good,
        decimals=row.decimals,
        access_level=AccessLevel(row.access_level),
        low=row.low,
        high=row.high,
        featured=row.featured,
    )
