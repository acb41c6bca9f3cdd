"""Charts of indicators as pictures: ordered by whoever shows one, drawn by a job, kept until data change."""

import hashlib
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, update

from core.files import register_file
from core.indicators.model import ChartRow
from core.indicators.rules import IndicatorPage
from core.jobs import add_job
from core.shared.doors import Actor, Door, reached
from core.shared.ids import TerritoryId
from core.shared.language import Language
from core.store import Reading, UnitOfWork

DRAW_INDICATOR = "draw_indicator"
"""Kind of the job that draws the chart of an indicator."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartKey:
    """Which chart: a series, a language, and the ``version`` of the data that it shows."""

    territory_id: TerritoryId
    indicator: str
    language: Language
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartPicture:
    """A chart that was ordered. ``picture``: its key in ``core.files``, None if there is none (yet).

    ``alt``: the chart in words, for those who do not see it.
    """

    ordered_at: datetime
    settled: bool
    picture: str | None
    alt: str


def chart_key(page: IndicatorPage, language: Language) -> ChartKey:
    """The chart of what the page shows: another fact, forecast or target makes another one."""
    shown = (page.vintage, page.forecast_vintage, page.targets)
    version = hashlib.sha256(repr(shown).encode()).hexdigest()[:32]
    return ChartKey(
        territory_id=page.territory_id, indicator=page.indicator.code, language=language, version=version
    )


def chart_picture(reading: Reading, *, chart: ChartKey) -> ChartPicture | None:
    """The chart, None if nobody has ordered this version yet."""
    row = reading.session.get(ChartRow, (chart.territory_id, chart.indicator, chart.language))
    if row is None or row.version != chart.version:
        return None
    return ChartPicture(
        ordered_at=row.ordered_at,
        settled=row.settled_at is not None,
        picture=row.picture,
        alt=row.alt,
    )


@reached(Actor.PROGRAM, Door.BOT)
def order_chart(uow: UnitOfWork, *, chart: ChartKey) -> None:
    """Have the chart drawn; ordered twice, it is drawn once. A newer version takes the place of the older."""
    fresh = {"ordered_at": uow.now, "settled_at": None, "picture": None, "alt": ""}
    if not uow.insert_new(
        ChartRow, asdict(chart) | fresh, conflict=("territory_id", "indicator", "language")
    ):
        older = ChartRow.version != chart.version
        uow.changed(update(ChartRow).where(*_series(chart), older).values(version=chart.version, **fresh))
    key = f"chart:{chart.territory_id}:{chart.indicator}:{chart.language}:{chart.version}"
    add_job(uow, key=key, kind=DRAW_INDICATOR, arguments=asdict(chart))


def settle_chart(
    uow: UnitOfWork, *, chart: ChartKey, picture: str | None, size_bytes: int = 0, alt: str = ""
) -> None:
    """Note the drawn PNG, None if it could not be drawn. A version that is out of date is passed over."""
    if picture is not None:
        parent = f"figure:{chart.indicator}"
        register_file(uow, key=picture, media_type="image/png", size_bytes=size_bytes, parent=parent)
    uow.changed(
        update(ChartRow)
        .where(*_series(chart), ChartRow.version == chart.version)
        .values(settled_at=uow.now, picture=picture, alt=alt)
    )


def _series(chart: ChartKey) -> tuple[ColumnElement[bool], ...]:
    return (
        ChartRow.territory_id == chart.territory_id,
        ChartRow.indicator == chart.indicator,
        ChartRow.language == chart.language,
    )
