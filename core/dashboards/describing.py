"""From what was chosen to a chart of `core.charts`. Pure: everything it needs has been read."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from core.charts import (
    Chart,
    Column,
    Columns,
    Figure,
    Grid,
    Head,
    Line,
    LineStyle,
    Measure,
    OverTime,
    Row,
    Rows,
    Spread,
    Status,
)
from core.dashboards.materials import Materials
from core.dashboards.rules import ChartKind, ChartSpec
from core.indicators import (
    Indicator,
    Point,
    Target,
    change_words,
    period_words,
    probability_words,
    verdict,
)
from core.scenarios import contributions_chart, scenarios_chart
from core.shared.ids import TerritoryId
from core.shared.language import N_, Language, translate

_FORECAST, _FACT = N_("forecast"), N_("actual")
_BANDS = N_("Bands: 50, 80 and 95 % probability.")
_THRESHOLD = N_("Dashes: threshold {value}.")
_CHANCE = N_("Star: target {value} by {period}, probability {percent}.")
_STAR = N_("Star: target {value} by {period}.")
_PLAN_NOTE = N_("✓ reached, ✗ not reached, … still to come; the line across is the plan.")
_AMONG = N_("{period}, from the best on")
_AMONG_PLAIN = N_("{period}, from the largest on")
_SYNTHETIC = N_("synthetic data, an example")
_BETTER, _WORSE, _SAME = N_("better"), N_("worse"), N_("no change")
_INDICATOR, _PERIOD = N_("Indicator"), N_("Period")
_STYLES: tuple[LineStyle, ...] = ("main", "second", "third", "fourth", "fifth", "sixth")
_MOST_POINTS = {"A": 30, "Q": 40, "M": 48}
_MOST_COLUMNS = 14


def described(spec: ChartSpec, materials: Materials, language: Language) -> Chart | None:
    """The chart, or None where there is nothing to show: no value, no plan, no published scenario."""
    one = _One.of(spec, materials, language)
    if one is None:
        return None
    make: dict[ChartKind, Callable[[], Chart | None]] = {
        ChartKind.FAN: one.fan,
        ChartKind.PLAN: one.plan,
        ChartKind.SCENARIOS: one.scenarios,
        ChartKind.CONTRIBUTIONS: one.scenarios,
        ChartKind.RANKING: one.ranking,
        ChartKind.LINES: one.lines,
        ChartKind.BARS: one.bars,
        ChartKind.NUMBER: one.number,
        ChartKind.TABLE: one.table,
    }
    return make[spec.kind]()


class _One:
    """One chart being described: its first indicator and territory, and the words around them."""

    def __init__(self, spec: ChartSpec, materials: Materials, language: Language) -> None:
        self._spec, self._materials, self._language = spec, materials, language
        self._shown = materials.indicators[spec.indicators[0]]
        self._place = spec.territories[0]

    @classmethod
    def of(cls, spec: ChartSpec, materials: Materials, language: Language) -> "_One | None":
        known = materials.indicators.keys() >= set(spec.indicators)
        return (
            cls(spec, materials, language)
            if known and set(spec.territories) <= materials.places.keys()
            else None
        )

    def fan(self) -> OverTime | None:
        points = self._points()
        if not points:
            return None
        last = (points[-1].period, points[-1].value)
        forecast = self._materials.forecasts.get(self._series)
        lines = [Line(name=self._say(_FACT), style="history", points=_pairs(points), named=forecast is None)]
        spreads: list[Spread] = []
        if forecast is not None:
            ahead = tuple((point.period, point.median) for point in forecast.points)
            lines.append(Line(name=self._say(_FORECAST), style="main", points=(last, *ahead)))
            for percent in (95, 80, 50):
                ends = [(point.period, point.band(percent)) for point in forecast.points]
                band = tuple((period, *pair) for period, pair in ends if pair is not None)
                if len(band) == len(ends):
                    spreads.append(Spread(percent=percent, points=((*last, last[1]), *band)))
        goal, rule = self._goal(last[0]), self._materials.thresholds.get(self._series)
        notes = [self._say(_BANDS)] if spreads else []
        notes += [] if rule is None else [self._say(_THRESHOLD, value=self._measure.bare(rule.threshold))]
        return OverTime(
            head=replace(self._head(), note=" ".join([*notes, *self._goal_words(goal)])),
            measure=self._measure,
            lines=tuple(lines),
            spreads=tuple(spreads),
            now=last[0] if forecast is not None else None,
            threshold=None if rule is None else rule.threshold,
            goals=() if goal is None else ((goal.period, goal.value),),
        )

    def plan(self) -> Columns | None:
        goals = {one.period: one for one in self._materials.targets.get(self._series, ())}
        points = {point.period: point.value for point in self._points()[-_MOST_COLUMNS + len(goals) :]}
        if not points or not goals:
            return None
        periods = sorted(points.keys() | goals.keys())
        columns = tuple(_column(period, points.get(period), goals.get(period)) for period in periods)
        return Columns(
            head=replace(self._head(), note=self._say(_PLAN_NOTE)), measure=self._measure, columns=columns
        )

    def scenarios(self) -> Chart | None:
        body = self._materials.results.get(self._place)
        if body is None:
            return None
        make = scenarios_chart if self._spec.kind is ChartKind.SCENARIOS else contributions_chart
        return make(body, self._shown.code, head=self._head(), language=self._language)

    def ranking(self) -> Rows | None:
        points = self._points()
        if not points:
            return None
        period = points[-1].period
        values = {
            place.id: point.value
            for place in self._materials.neighbours(self._place)
            for point in self._materials.points.get((place.id, self._shown.code), ())
            if point.period == period
        }
        ranked = sorted(values.items(), key=lambda pair: pair[1], reverse=self._shown.good != "down")
        if len(ranked) < 2:
            return None
        order = _AMONG_PLAIN if self._shown.good == "none" else _AMONG
        words = self._say(order, period=period_words(self._language, period))
        rows = tuple(
            Row(name=self._name(place), value=value, own=place == self._place) for place, value in ranked
        )
        head = replace(self._head(), subtitle=f"{words} · {self._measure.unit}")
        return Rows(head=head, measure=self._measure, rows=rows, places=True)

    def lines(self) -> OverTime | None:
        several = len(self._spec.indicators) > 1
        pairs = [(place, code) for code in self._spec.indicators for place in self._spec.territories]
        found = [(place, code, self._points((place, code))) for place, code in pairs]
        shown = [one for one in found if one[2]][: len(_STYLES)]
        if not shown:
            return None
        lines = tuple(
            Line(name=self._line_name(place, code, several=several), style=style, points=_pairs(points))
            for (place, code, points), style in zip(shown, _STYLES, strict=False)
        )
        return OverTime(head=self._head(), measure=self._measure, lines=lines)

    def bars(self) -> Columns | None:
        points = self._points()[-_MOST_COLUMNS:]
        columns = tuple(Column(period=point.period, value=point.value) for point in points)
        return Columns(head=self._head(), measure=self._measure, columns=columns) if columns else None

    def number(self) -> Figure | None:
        points = self._points()
        if not points:
            return None
        change = points[-1].value - points[-2].value if len(points) > 1 else None
        judged = verdict(self._shown.good, change)
        words = "" if change is None else self._say(_SAME)
        if change:
            word = {"good": self._say(_BETTER), "bad": self._say(_WORSE), "same": ""}[judged]
            said = change_words(self._language, change, self._shown)
            words = ", ".join(part for part in (word, said) if part)
        return Figure(
            head=self._head(), measure=self._measure, points=_pairs(points), change=words, verdict=judged
        )

    def table(self) -> Grid | None:
        """The last values: an indicator a line, a territory a column."""
        places = self._spec.territories
        rows = []
        for code in self._spec.indicators:
            shown = self._materials.indicators[code]
            measure = self._measure_of(shown)
            last = [self._points((place, code))[-1:] for place in places]
            cells = [
                f"{measure.plain(one[0].value)} ({period_words(self._language, one[0].period)})"
                if one
                else "—"
                for one in last
            ]
            if any(last):
                rows.append((f"{shown.title(self._language)}, {measure.unit}", *cells))
        header = (self._say(_INDICATOR), *map(self._name, places))
        return Grid(head=self._head(), header=header, rows=tuple(rows)) if rows else None

    @property
    def _series(self) -> tuple[TerritoryId, str]:
        return self._place, self._shown.code

    @property
    def _measure(self) -> Measure:
        return self._measure_of(self._shown)

    def _measure_of(self, shown: Indicator) -> Measure:
        unit = shown.unit_words(self._language)
        return Measure(language=self._language, unit=unit, decimals=shown.decimals)

    def _points(self, series: tuple[TerritoryId, str] | None = None) -> Sequence[Point]:
        points = self._materials.points.get(series or self._series, ())
        shown = [point for point in points if point.period >= self._spec.since]
        return shown[-_MOST_POINTS[self._shown.frequency] :]

    def _head(self) -> Head:
        places = ", ".join(self._name(place) for place in self._spec.territories)
        titles = [self._materials.indicators[code].title(self._language) for code in self._spec.indicators]
        points = self._points()
        synthetic = self._materials.places[self._place].synthetic
        return Head(
            title=self._spec.title or "; ".join(titles[:2]),
            subtitle=f"{places} · {self._measure.unit}",
            source=self._say(_SYNTHETIC) if synthetic else points[-1].source if points else "",
        )

    def _goal(self, last: str) -> Target | None:
        goals = self._materials.targets.get(self._series, ())
        return next((goal for goal in goals if goal.period > last), None)

    def _goal_words(self, goal: Target | None) -> list[str]:
        if goal is None:
            return []
        period = period_words(self._language, goal.period)
        fields = {"value": self._measure.bare(goal.value), "period": period}
        forecast = self._materials.forecasts.get(self._series)
        chance = None if forecast is None else forecast.chance_of(goal.period, goal.value, goal.op)
        if chance is None:
            return [self._say(_STAR, **fields)]
        return [self._say(_CHANCE, percent=probability_words(self._language, chance), **fields)]

    def _line_name(self, place: TerritoryId, code: str, *, several: bool) -> str:
        title = self._materials.indicators[code].title(self._language)
        if not several:
            return self._name(place)
        return title if len(self._spec.territories) == 1 else f"{self._name(place)}: {title}"

    def _name(self, place: TerritoryId) -> str:
        return self._materials.places[place].name(self._language)

    def _say(self, message: str, **fields: object) -> str:
        return translate(self._language, message, **fields)


def _pairs(points: Sequence[Point]) -> tuple[tuple[str, float], ...]:
    return tuple((point.period, point.value) for point in points)


def _column(period: str, value: float | None, goal: Target | None) -> Column:
    if goal is None:
        return Column(period=period, value=value)
    return Column(period=period, value=value, goal=goal.value, status=plan_status(value, goal))


def plan_status(value: float | None, goal: Target) -> Status:
    """How a plan stands against the fact of its period.

    >>> goal = Target(period="2030", value=5.0, op="<=")
    >>> plan_status(4.8, goal), plan_status(5.2, goal), plan_status(None, goal)
    ('met', 'missed', 'ahead')
    """
    if value is None:
        return "ahead"
    reached = value >= goal.value if goal.op == ">=" else value <= goal.value
    return "met" if reached else "missed"
