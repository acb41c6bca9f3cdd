"""From the answer of a run to what templates show: numbers in words, tables, the chart."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext

from core.charts import Chart, Head
from core.indicators import format_number, probability_words, with_unit
from core.scenarios import (
    contributions_chart,
    equation_facts,
    levers_charts,
    past_words,
    scenarios_chart,
    term_words,
)
from core.shared.language import Language
from web.scenes import ChartOnPage
from web.words import NBSP
from web.workshop.rows import ChanceRow, EffectRow, EquationRow, TermRow, YearRow

Body = Mapping[str, Any]


class Answer:
    """Says the answer of one run in one language."""

    def __init__(self, body: Body, language: Language) -> None:
        self.body = body
        self._language = language
        self.years: tuple[int, ...] = tuple(body["years"])
        self.scenarios: dict[str, str] = dict(body["scenarios"])
        self.main: str = body["main"]

    @property
    def main_title(self) -> str:
        """The title of the main scenario."""
        return self.scenarios[self.main]

    @property
    def indicators(self) -> list[tuple[str, str]]:
        """(name, title) of what the model tells of."""
        shown = self.body["shown"]
        return [(name, one["title"]) for name, one in shown.items() if one["told"]]

    def chosen(self, wanted: str) -> str:
        """The indicator that is looked at: the wanted one, else the first; empty if none may be seen."""
        names = [name for name, _ in self.indicators]
        return wanted if wanted in names else next(iter(names), "")

    def title(self, name: str) -> str:
        """The title of a variable or driver."""
        found = self.body["shown"].get(name) or self.body["drivers"].get(name)
        return name if found is None else str(found["title"])

    def chart(self, name: str) -> ChartOnPage | None:
        """The scenarios of one indicator side by side, or None without a history."""
        head = Head(title=self.title(name), subtitle=self._shown(name)["unit"])
        return self._on_page(scenarios_chart(self.body, name, head=head, language=self._language))

    def made_of(self, name: str) -> ChartOnPage | None:
        """What its growth in the main scenario is made of, or None if nothing is known."""
        head = Head(title=self.title(name), subtitle=self._shown(name)["unit"])
        return self._on_page(contributions_chart(self.body, name, head=head, language=self._language))

    def levers(self) -> list[ChartOnPage]:
        """What moves each revenue of the budget most."""
        found = levers_charts(self.body, language=self._language)
        return [ChartOnPage(chart=chart, language=self._language) for _, chart in found]

    def _on_page(self, chart: Chart | None) -> ChartOnPage | None:
        return None if chart is None else ChartOnPage(chart=chart, language=self._language)

    def table(self, name: str) -> list[YearRow]:
        """The chart as a table."""
        band = self._band(name, 0.1)
        return [
            YearRow(
                year=str(year),
                cells=tuple(self._number(name, self._median(name, key)[place]) for key in self.scenarios),
                band=f"{self._number(name, band[place][0])} … {self._number(name, band[place][1])}",
            )
            for place, year in enumerate(self.years)
        ]

    def told(self, name: str) -> list[str]:
        """What is said about an indicator: the paragraph and the sentences of its targets."""
        return [one[self._language] for one in self.body["description"] if one["of"] == name]

    def chances(self) -> list[ChanceRow]:
        """The targets of the model with their probabilities."""
        return [self._chance(one) for one in self.body["chances"]]

    def terms(self, name: str) -> list[TermRow]:
        """What moves an indicator in the main scenario, in percentage points of its growth."""
        found = self.body["contributions"].get(name, {}).get(self.main, [])
        return [
            TermRow(
                title=term_words(self.body, one, name, self._language),
                cells=tuple(self._points(value) for value in one["by_year"]),
            )
            for one in found
        ]

    def effects(self) -> list[EffectRow]:
        """What the decision of the run changes by the last year."""
        decision = self.body["decision"]
        return [
            EffectRow(
                title=self.title(one["variable"]),
                low=self._change(one["variable"], one["low"][-1], bare=True),
                median=self._change(one["variable"], one["median"][-1]),
                high=self._change(one["variable"], one["high"][-1], bare=True),
            )
            for one in (decision["effects"] if decision else [])
            if self.body["shown"][one["variable"]]["told"]
        ]

    def found(self) -> str:
        """The answer to a search, in a sentence; empty if none was asked for."""
        asked, answered = self.body["request"]["search"], self.body["search"]
        if asked is None or not answered or not answered["answers"]:
            return ""
        amount = answered["answers"][0]["amount"]
        return gettext(
            "For “%(title)s” to reach %(value)s by %(year)d, “%(instrument)s” must change by %(amount)s "
            "every year."
        ) % {
            "title": self.title(asked["indicator"]),
            "value": self._said(asked["indicator"], asked["value"]),
            "year": asked["year"],
            "instrument": self.title(asked["instrument"]),
            "amount": self._change(asked["instrument"], amount),
        }

    def equations(self) -> list[EquationRow]:
        """How everything is computed."""
        return [
            EquationRow(
                title=self.title(name),
                words=one["words"][self._language],
                formula=one["text"],
                facts=equation_facts(self._language, self.body, name),
                past=past_words(self._language, self.body, name),
            )
            for name, one in self.body["equations"].items()
        ]

    def _median(self, name: str, key: str) -> list[float]:
        place = self.body["levels"].index(0.5)
        return [float(row[place]) for row in self.body["fans"][name][key]["quantiles"]]

    def _band(self, name: str, low: float) -> tuple[tuple[float, float], ...]:
        levels = self.body["levels"]
        lower, upper = levels.index(low), len(levels) - 1 - levels.index(low)
        rows = self.body["fans"][name][self.main]["quantiles"]
        return tuple((float(row[lower]), float(row[upper])) for row in rows)

    def _chance(self, one: Mapping[str, Any]) -> ChanceRow:
        fields = {
            "title": self.title(one["indicator"]),
            "value": self._said(one["indicator"], one["value"]),
            "year": one["year"],
        }
        least = one["op"] == ">="
        goal = (
            gettext("%(title)s by %(year)d: at least %(value)s") % fields
            if least
            else gettext("%(title)s by %(year)d: at most %(value)s") % fields
        )
        return ChanceRow(
            goal=goal,
            cells=tuple(
                (attainability_words(chance), probability_words(self._language, chance))
                for chance in one["by_scenario"].values()
            ),
        )

    def _shown(self, name: str) -> Mapping[str, Any]:
        found = self.body["shown"].get(name)
        if found is None:
            found = self.body["drivers"].get(name, {"unit": ""})
        return dict(found)

    def _number(self, name: str, value: float, *, finer: int = 0) -> str:
        decimals = self._shown(name).get("decimals", 1)
        return format_number(self._language, value, decimals=decimals + (finer if decimals else 0))

    def _said(self, name: str, value: float, *, finer: int = 0) -> str:
        shown = self._shown(name)
        decimals = shown.get("decimals", 1)
        return with_unit(self._language, value, shown["unit"], decimals=decimals + (finer if decimals else 0))

    def _change(self, name: str, value: float, *, bare: bool = False) -> str:
        shown = self._shown(name)
        decimals = shown.get("decimals", 1)
        # A change of a percentage is counted in percentage points.
        unit = gettext("p.p.") if shown["unit"].startswith("%") else shown["unit"]
        finer = decimals + (decimals > 0)
        text = with_unit(self._language, abs(value), "" if bare else unit, decimals=finer).rstrip()
        if not round(value, finer):
            return text
        return f"+{text}" if value > 0 else f"−{text}"

    def _percent(self, value: float, *, sign: bool = True) -> str:
        text = format_number(self._language, value, decimals=1)
        return f"{'+' if sign and value > 0 else ''}{text}{NBSP}%"

    def _points(self, value: float) -> str:
        text = format_number(self._language, 100 * value, decimals=1)
        return f"+{text}" if value > 0 else text


def attainability_words(chance: float) -> str:
    """The word for a probability (0..1)."""
    if chance >= 0.95:
        return gettext("almost certain")
    if chance >= 0.66:
        return gettext("likely")
    if chance > 0.33:
        return gettext("about even")
    return gettext("unlikely") if chance > 0.05 else gettext("almost excluded")
