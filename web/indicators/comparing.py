"""Territories beside each other by one indicator: lines over time, the places at one period, the table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

from django.http import HttpResponse
from django.utils.translation import gettext

from core.charts import Head, Line, LineStyle, Measure, OverTime
from core.identity import Viewer
from core.indicators import Indicator, Point, all_series, indicator
from core.shared.ids import TerritoryId
from core.store import Reading
from core.territories import Territory, TerritoryKind, ancestry, territories, territory_by_slug
from web.dependencies import dependencies
from web.indicators.views import MOST_DRAWN, Speaker
from web.page_request import PageRequest
from web.rendering import show
from web.scenes import ChartOnPage

# The history is the line of a fan alone; the others tell territories apart, by dash as well as by colour.
_STYLES: tuple[LineStyle, ...] = tuple(one for one in get_args(LineStyle) if one != "history")
MOST_COMPARED = len(_STYLES)
# A total of the country is thousands of times that of a town and would press its line to the floor; what is
# reckoned a head or in per cent is not.
_ALIKE = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """The territory, its neighbours of the same kind, and their series, from one consistent view."""

    own: Territory
    peers: list[Territory]
    # The country around them, if it has the indicator: beside them, never among them.
    country: Territory | None
    indicator: Indicator
    series: Mapping[TerritoryId, Sequence[Point]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A territory in the order of one period; the country has no place in it.

    ``change`` is against the period before, in words.
    """

    place: int | None
    name: str
    slug: str
    value: str
    change: str
    percent: int
    own: bool


def beside(reading: Reading, *, slug: str, code: str, viewer: Viewer) -> Beside:
    """All of it. Raises: UnknownTerritory, UnknownIndicator, also for an indicator that is hidden."""
    own = territory_by_slug(reading, slug=slug)
    # Before any value: it refuses those who may not see the indicator.
    found = indicator(reading, code=code, viewer=viewer)
    places = territories(reading)
    peers = [one for one in places if (one.kind, one.parent_id) == (own.kind, own.parent_id)]
    above = ancestry(reading, territory_id=own.id)[1:]
    countries = [one for one in places if one.kind is TerritoryKind.COUNTRY and one.id in above]
    series = all_series(reading, territory_ids=[one.id for one in (*peers, *countries)], indicators=[code])
    return Beside(
        own=own,
        peers=[one for one in peers if (one.id, code) in series or one.id == own.id],
        country=next((one for one in countries if (one.id, code) in series), None),
        indicator=found,
        series={place: points for (place, _), points in series.items()},
    )


async def comparison(request: PageRequest, slug: str, code: str) -> HttpResponse:
    """The page."""
    found = await dependencies().database.read_async(
        beside, slug=slug, code=code, viewer=request.visit.viewer
    )
    say = Speaker(indicator=found.indicator, language=request.language)
    chosen = _chosen(found, [str(one) for one in request.GET.getlist("with")])
    periods = sorted({point.period for points in found.series.values() for point in points}, reverse=True)
    asked = str(request.GET.get("period", ""))
    period = asked if asked in periods else next(iter(periods), "")
    # Nobody chooses from three hundred months on a phone.
    choice = periods[: MOST_DRAWN[found.indicator.frequency]]
    title = found.indicator.title(request.language)
    return show(
        request,
        "indicators/compare.html",
        title=gettext("Comparison: %(title)s") % {"title": title},
        active="indicators",
        territory=found.own,
        code=code,
        indicator_title=title,
        most=MOST_COMPARED - 1,
        chart=_chart(found, chosen, say),
        peers=[
            (one.slug, one.name(request.language), one in chosen) for one in found.peers if one != found.own
        ],
        periods=[(one, say.period(one), one == period) for one in choice],
        period_words=say.period(period) if period else "",
        standings=standings(found, period, say),
    )


def standings(found: Beside, period: str, say: Speaker) -> list[Standing]:
    """The territories that have a value at the period, the best first."""
    values = {
        place: (point.value, points[at - 1].value if at else None)
        for place, points in found.series.items()
        for at, point in enumerate(points)
        if point.period == period
    }
    peers = [one for one in found.peers if one.id in values]
    peers.sort(key=lambda one: values[one.id][0], reverse=found.indicator.good != "down")
    most = max((abs(values[one.id][0]) for one in peers), default=0.0) or 1.0
    around = [found.country] if found.country is not None and found.country.id in values else []
    return [
        Standing(
            place=place,
            name=gettext("Across the country") if one in around else one.name(say.language),
            slug=one.slug,
            value=say.value(values[one.id][0]),
            change=_change(*values[one.id], say),
            percent=min(100, round(100 * abs(values[one.id][0]) / most)),
            own=one == found.own,
        )
        for place, one in (*enumerate(peers, start=1), *((None, one) for one in around))
    ]


def _change(value: float, before: float | None, say: Speaker) -> str:
    if before is None:
        return ""
    return say.change(value - before) if value != before else gettext("no change")


def _chosen(found: Beside, slugs: Sequence[str]) -> list[Territory]:
    """The territory itself first, then those asked for, or the first neighbours if nobody was."""
    others = [one for one in found.peers if one != found.own]
    asked = [one for one in others if one.slug in slugs] if slugs else others
    return [found.own, *asked][:MOST_COMPARED]


def _chart(found: Beside, chosen: Sequence[Territory], say: Speaker) -> ChartOnPage | None:
    most = MOST_DRAWN[found.indicator.frequency]
    drawn = [(one, one.name(say.language)) for one in chosen]
    if found.country is not None and _is_alike(found, found.country):
        drawn.append((found.country, gettext("Across the country")))
    lines = tuple(
        Line(
            name=name,
            style=style,
            points=tuple((point.period, point.value) for point in found.series[one.id][-most:]),
        )
        for (one, name), style in zip(drawn, _STYLES, strict=False)
        if found.series.get(one.id)
    )
    if not lines:
        return None
    measure = Measure(language=say.language, unit=say.unit, decimals=found.indicator.decimals)
    head = Head(title=found.indicator.title(say.language), subtitle=say.unit)
    return ChartOnPage(chart=OverTime(head=head, measure=measure, lines=lines), language=say.language)


def _is_alike(found: Beside, country: Territory) -> bool:
    """Whether the figure of the country is of the size of theirs."""
    last = [abs(found.series[one.id][-1].value) for one in found.peers if found.series.get(one.id)]
    return abs(found.series[country.id][-1].value) <= _ALIKE * max(last, default=0.0)
