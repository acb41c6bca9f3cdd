"""The answer of a run as charts: scenarios side by side, what growth is made of, what moves the budget.

The answer has passed `visible_part` for whoever looks, so nothing here asks who that is.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from core.charts import Head, Line, LineStyle, Measure, OverTime, Row, Rows, Spread
from core.shared.language import N_, Language, translate

Body = Mapping[str, Any]

_FACT = N_("actual")
_BANDS = N_("Bands: 80 and 95 % of the {title} scenario. The star is the target.")
_MADE_OF = N_("{title}: what growth is made of")
_MOVES = N_("{title}: what moves it most")
_SPAN = N_("{first}–{last}, {title} scenario")
_SUMS = N_("What each part adds to growth over these years together.")
_SUMS_LOGIT = N_("What each part adds over these years together, in hundredths of the logit.")
_TENTH = N_("By the last year, if the driver is a tenth higher every year.")
_TOGETHER = N_("together")
_OWN_TREND = N_("own trend")
_MOMENTUM = N_("its own momentum")
_CORRECTION = N_("correction by the past and by hand")
_OTHERS: tuple[LineStyle, ...] = ("second", "third", "fourth", "fifth", "sixth")
_LOW = {80: 0.1, 95: 0.025}


def scenarios_chart(body: Body, name: str, *, head: Head, language: Language) -> OverTime | None:
    """History and the scenarios of one indicator; None if the answer does not tell of it."""
    history = body["history"].get(name)
    if not history or name not in body["fans"]:
        return None
    past = tuple(sorted(history.items()))
    others = iter(_OTHERS)
    styles = {key: "main" if key == body["main"] else next(others, _OTHERS[-1]) for key in body["scenarios"]}
    lines = [
        Line(name=title, style=styles[key], points=(past[-1], *_medians(body, name, key)))
        for key, title in body["scenarios"].items()
    ]
    shown = body["shown"][name]
    return OverTime(
        head=Head(
            title=head.title,
            subtitle=head.subtitle,
            source=head.source,
            note=translate(language, _BANDS, title=body["scenarios"][body["main"]]),
        ),
        measure=Measure(language=language, unit=shown["unit"], decimals=shown.get("decimals", 1)),
        lines=(
            Line(name=translate(language, _FACT), style="history", points=past, named=False),
            *lines,
        ),
        spreads=tuple(_spread(body, name, percent, past[-1]) for percent in (95, 80)),
        now=past[-1][0],
        goals=tuple(_goals(body, name)),
    )


def first_chart(body: Body, *, place: str, language: Language) -> tuple[str, OverTime] | None:
    """The first indicator that the answer tells of, with its scenarios; None if there is none."""
    for name, shown in body["shown"].items():
        head = Head(title=shown["title"], subtitle=f"{place} · {shown['unit']}")
        chart = scenarios_chart(body, name, head=head, language=language) if shown["told"] else None
        if chart is not None:
            return name, chart
    return None


def contributions_chart(body: Body, name: str, *, head: Head, language: Language) -> Rows | None:
    """What the growth of an indicator is made of, step by step; None if nothing is known of it."""
    found = body["contributions"].get(name, {}).get(body["main"], [])
    if not found:
        return None
    sums = [100.0 * sum(one["by_year"]) for one in found]
    rows = [
        Row(name=term_words(body, one, name, language), value=total)
        for one, total in zip(found, sums, strict=True)
        if round(total, 1)
    ]
    rows.sort(key=lambda row: -abs(row.value))
    logit = body["equations"][name]["text"].startswith("dlogit")
    return Rows(
        head=Head(
            title=translate(language, _MADE_OF, title=head.title),
            subtitle=f"{head.subtitle} · {_span(body, language)}",
            source=head.source,
            note=translate(language, _SUMS_LOGIT if logit else _SUMS),
        ),
        measure=Measure(language=language, unit="" if logit else "%", decimals=1),
        rows=(*rows, Row(name=translate(language, _TOGETHER), value=sum(sums), own=True)),
        steps=True,
        signed=True,
    )


def levers_charts(body: Body, *, language: Language) -> list[tuple[str, Rows]]:
    """What moves the revenue of the budget most, the strongest first: (name of the revenue, chart)."""
    charts = []
    for name, found in body["levers"].items():
        head = Head(
            title=translate(language, _MOVES, title=_title(body, name)),
            subtitle=_span(body, language),
            note=translate(language, _TENTH),
        )
        rows = tuple(Row(name=_title(body, one["driver"]), value=one["percent"]) for one in found)
        # A change of a sum of money in per cent is a per cent, not a percentage point.
        measure = Measure(language=language, unit="\u2009%", decimals=1)
        if rows:
            charts.append((name, Rows(head=head, measure=measure, rows=rows, signed=True)))
    return charts


def behind(body: Body, name: str) -> set[str]:
    """The variables that the contributions to an indicator tell of, with itself."""
    terms = body["contributions"].get(name, {}).get(body["main"], [])
    return {name, *(one for term in terms for one in term["about"])}


def term_words(body: Body, term: Mapping[str, Any], name: str, language: Language) -> str:
    """What a term of the equation of an indicator stands for."""
    if not term["term"]:
        return translate(language, _CORRECTION)
    if not term["about"]:
        return translate(language, _OWN_TREND)
    momentum = translate(language, _MOMENTUM)
    return ", ".join(momentum if one == name else _title(body, one) for one in term["about"])


def _title(body: Body, name: str) -> str:
    found = body["shown"].get(name) or body["drivers"].get(name)
    return name if found is None else str(found["title"])


def _span(body: Body, language: Language) -> str:
    years, title = body["years"], body["scenarios"][body["main"]]
    return translate(language, _SPAN, first=years[0], last=years[-1], title=title)


def _quantiles(body: Body, name: str, key: str, level: float) -> list[float]:
    place = body["levels"].index(level)
    return [float(row[place]) for row in body["fans"][name][key]["quantiles"]]


def _medians(body: Body, name: str, key: str) -> Sequence[tuple[str, float]]:
    return list(zip(map(str, body["years"]), _quantiles(body, name, key, 0.5), strict=True))


def _spread(body: Body, name: str, percent: int, last: tuple[str, float]) -> Spread:
    low = _quantiles(body, name, body["main"], _LOW[percent])
    high = _quantiles(body, name, body["main"], 1 - _LOW[percent])
    ends = zip(map(str, body["years"]), low, high, strict=True)
    return Spread(percent=percent, points=((last[0], last[1], last[1]), *ends))


def _goals(body: Body, name: str) -> list[tuple[str, float]]:
    return [
        (str(one["year"]), one["value"])
        for one in body["chances"]
        if one["indicator"] == name and one["year"] in body["years"]
    ]
