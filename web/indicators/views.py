"""From indicators of the core to what templates show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from django.utils.translation import gettext

from core.alerts import AlertRule
from core.charts import short_period
from core.indicators import (
    Forecast,
    ForecastPoint,
    Indicator,
    IndicatorCard,
    IndicatorPage,
    Point,
    Target,
    format_number,
    period_words,
    redefinition_words,
    with_unit,
)
from core.shared.language import Language
from core.territories import Territory
from web.charts import Ahead, Fan, Goal, Seen, sparkline
from web.view_models import ChartView, Mood
from web.view_models import IndicatorCard as CardView

# More would make the dots of a phone's chart touch.
MOST_DRAWN: dict[str, int] = {"A": 40, "Q": 28, "M": 36}

Arrow = Literal["arrow-up-right", "arrow-down-right", "move-right"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """Says the figures of one indicator in one language."""

    indicator: Indicator
    language: Language

    def value(self, value: float) -> str:
        """A figure with its unit: «6,1 %»."""
        return with_unit(self.language, value, self.unit, decimals=self.indicator.decimals)

    def bare(self, value: float) -> str:
        """A figure without its unit."""
        return format_number(self.language, value, decimals=self.indicator.decimals)

    def change(self, value: float) -> str:
        """A change with its sign; a change of a percentage is counted in percentage points."""
        unit = gettext("p.p.") if self.unit.startswith("%") else self.unit
        size = with_unit(self.language, abs(value), unit, decimals=self.indicator.decimals)
        return f"+{size}" if value > 0 else f"−{size}"

    def period(self, period: str) -> str:
        """A period as in a sentence: «март 2026»."""
        return period_words(self.language, period)

    @property
    def unit(self) -> str:
        """The unit in words."""
        return self.indicator.unit_words(self.language)


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRow:
    """A line of the table beside the chart. ``band`` is the 80 % band of a forecast.

    ``mark`` says that the value was or will be another one at another vintage.
    """

    period: str
    value: str
    band: str
    forecast: bool
    mark: str = ""


def card_view(card: IndicatorCard, *, slug: str, language: Language) -> CardView:
    """An indicator in a list."""
    say = Speaker(indicator=card.indicator, language=language)
    return CardView(
        address=f"/t/{slug}/indicators/{card.indicator.code}",
        name=card.indicator.title(language),
        value_words="—" if card.last is None else say.bare(card.last.value),
        unit=say.unit,
        arrow=_arrow(card.change),
        mood=_mood(card.verdict),
        change_words=_change_words(card, say),
        sparkline=sparkline([point.value for point in card.points]),
    )


def headline(page: IndicatorPage, rules: Sequence[AlertRule], say: Speaker) -> str:
    """The news in one sentence: what, when, against the threshold, and which way it went."""
    if not page.points:
        return gettext("No values have been published yet.")
    last = page.points[-1]
    parts = [f"{say.period(last.period)}: {say.value(last.value)}"]
    broken = next((rule for rule in rules if rule.is_bad(last.value)), None)
    if broken is not None:
        parts.append(_beyond(broken, say))
    if len(page.points) > 1:
        before = page.points[-2]
        fields = {
            "change": say.change(last.value - before.value),
            "before": say.value(before.value),
            "period": say.period(before.period),
        }
        parts.append(
            gettext("the same as before (%(period)s)") % fields
            if last.value == before.value
            else gettext("%(change)s, before: %(before)s (%(period)s)") % fields
        )
    text = ", ".join(parts)
    return f"{text[0].upper()}{text[1:]}."


def chart_view(
    *,
    points: Sequence[Point],
    forecast: Forecast | None,
    rules: Sequence[AlertRule],
    targets: Sequence[Target],
    say: Speaker,
    redefined_in: str = "",
) -> ChartView | None:
    """The fan chart, None without a single value. The line breaks where the indicator was redefined."""
    if not points:
        return None
    drawn = points[-MOST_DRAWN[say.indicator.frequency] :]
    seen = tuple(_seen(point, say) for point in drawn)
    ahead = () if forecast is None else tuple(_ahead(point, say) for point in forecast.points)
    periods = [point.period for point in drawn] + [
        point.period for point in (() if forecast is None else forecast.points)
    ]
    goals = tuple(
        Goal(index=periods.index(target.period), value=target.value)
        for target in targets
        if target.period in periods
    )
    threshold = rules[0] if rules else None
    anew = [index for index, point in enumerate(drawn) if redefined_in and point.period >= redefined_in]
    redefined = anew[0] if anew and anew[0] > 0 else None
    broken = "" if redefined is None else redefinition_words(say.language, redefined_in)
    return ChartView(
        fan=Fan(
            seen=seen,
            ahead=ahead,
            goals=goals,
            threshold=None if threshold is None else threshold.threshold,
            redefined=redefined,
        ),
        alt=" ".join(filter(None, (_alt(seen, ahead, say), broken))),
        redefined_words="" if redefined is None else redefined_words(redefined_in, say),
        readout=seen[-1].words,
        threshold_words=""
        if threshold is None
        else gettext("threshold %(value)s") % {"value": say.value(threshold.threshold)},
        spread_known=forecast is not None and bool(forecast.points[0].quantiles),
        has_goal=bool(goals),
    )


def redefined_words(redefined_in: str, say: Speaker) -> str:
    """``redefined in 2019``."""
    return gettext("redefined in %(period)s") % {"period": say.period(redefined_in)}


@dataclass(frozen=True, slots=True, kw_only=True)
class RankingRow:
    """A territory among its neighbours; `percent` is the length of its bar."""

    place: int
    name: str
    slug: str
    value: str
    percent: int
    own: bool


def ranking_rows(beside: Sequence[tuple[Territory, float]], own: Territory, say: Speaker) -> list[RankingRow]:
    """The neighbours in their order."""
    most = max((abs(value) for _, value in beside), default=0.0) or 1.0
    return [
        RankingRow(
            place=place,
            name=territory.name(say.language),
            slug=territory.slug,
            value=say.value(value),
            percent=round(100 * abs(value) / most),
            own=territory.id == own.id,
        )
        for place, (territory, value) in enumerate(beside, start=1)
    ]


def table_rows(
    points: Sequence[Point],
    forecast: Forecast | None,
    say: Speaker,
    marks: Mapping[str, str] = MappingProxyType({}),
) -> list[TableRow]:
    """The chart as a table: the facts, newest first, then the forecast. marks: of revisions, by period."""
    ahead = () if forecast is None else forecast.points
    rows = [
        TableRow(
            period=say.period(point.period),
            value=say.bare(point.value),
            band="",
            forecast=False,
            mark=marks.get(point.period, ""),
        )
        for point in reversed(points)
    ]
    return rows + [
        TableRow(
            period=say.period(point.period),
            value=say.bare(point.median),
            band=_band_words(point, say),
            forecast=True,
        )
        for point in ahead
    ]


def target_words(target: Target, say: Speaker) -> str:
    """``By 2030: at least 65 %``."""
    fields = {"period": say.period(target.period), "value": say.value(target.value)}
    if target.op == ">=":
        return gettext("%(period)s: at least %(value)s") % fields
    return gettext("%(period)s: at most %(value)s") % fields


def rule_words(rule: AlertRule, say: Speaker) -> str:
    """``Officials are told when it rises above 6.5 %``."""
    fields = {"value": say.value(rule.threshold)}
    if rule.bad == "above":
        return gettext("officials are told when it rises above %(value)s") % fields
    return gettext("officials are told when it falls below %(value)s") % fields


def _seen(point: Point, say: Speaker) -> Seen:
    words = f"{say.period(point.period)}: {say.value(point.value)}"
    return Seen(period=short_period(point.period), value=point.value, words=words)


def _ahead(point: ForecastPoint, say: Speaker) -> Ahead:
    flat = (point.median, point.median)
    fields = {
        "period": say.period(point.period),
        "value": say.value(point.median),
        "band": _band_words(point, say),
    }
    words = (
        gettext("%(period)s, forecast: %(value)s; with a probability of 80 %% %(band)s")
        if point.quantiles
        else gettext("%(period)s, forecast: %(value)s")
    )
    return Ahead(
        period=short_period(point.period),
        value=point.median,
        band_50=point.band(50) or flat,
        band_80=point.band(80) or flat,
        band_95=point.band(95) or flat,
        words=words % fields,
    )


def _band_words(point: ForecastPoint, say: Speaker) -> str:
    ends = point.band(80)
    if ends is None:
        return ""
    return gettext("from %(low)s to %(high)s") % {"low": say.bare(ends[0]), "high": say.bare(ends[1])}


def _alt(seen: Sequence[Seen], ahead: Sequence[Ahead], say: Speaker) -> str:
    fields = {
        "title": say.indicator.title(say.language),
        "first": seen[0].words,
        "last": seen[-1].words,
        "forecast": ahead[-1].words if ahead else "",
    }
    if not ahead:
        return gettext("Chart. %(title)s. %(first)s. %(last)s.") % fields
    return gettext("Chart. %(title)s. %(first)s. %(last)s. %(forecast)s.") % fields


def _beyond(rule: AlertRule, say: Speaker) -> str:
    fields = {"value": say.value(rule.threshold)}
    if rule.bad == "above":
        return gettext("above the threshold of %(value)s") % fields
    return gettext("below the threshold of %(value)s") % fields


def _arrow(change: float | None) -> Arrow:
    if not change:
        return "move-right"
    return "arrow-up-right" if change > 0 else "arrow-down-right"


def _mood(verdict: Literal["good", "bad", "same"]) -> Mood:
    return "muted" if verdict == "same" else verdict


def _change_words(card: IndicatorCard, say: Speaker) -> str:
    if card.last is None:
        return gettext("no values yet")
    if not card.change:
        return gettext("no change, %(period)s") % {"period": say.period(card.last.period)}
    judged = {"good": gettext("better"), "bad": gettext("worse"), "same": ""}[card.verdict]
    parts = (judged, say.change(card.change), say.period(card.last.period))
    return ", ".join(part for part in parts if part)
