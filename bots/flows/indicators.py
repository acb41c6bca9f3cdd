"""How the town is doing: a few indicators with arrows, one of them with its chart and a sentence."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

from bots.engine.talk import Talk
from bots.flows.charts import LONGEST_CODE, PATIENCE_S, look_beside, offers
from bots.flows.routes import Flow
from core.files import FileDamaged, UnknownFile, read_content
from core.identity import Viewer
from core.indicators import (
    ChartPicture,
    IndicatorCard,
    IndicatorPage,
    chart_key,
    chart_picture,
    favourites,
    forecast_sentence,
    indicator_page,
    order_chart,
    period_words,
    with_unit,
)
from core.shared.ids import TerritoryId
from core.shared.language import N_, Language
from core.store import Reading
from core.territories import Territory, territory
from messengers import (
    Button,
    CompareScenarios,
    ExplainFigure,
    Link,
    Open,
    Photo,
    Place,
    Press,
    RichText,
    Screen,
    ShowFigure,
    bold,
    plain,
    stacked,
)

_ARROWS = {1: "▲", -1: "▼", 0: "■"}
_VERDICTS = {"good": N_("better"), "bad": N_("worse"), "same": ""}
_LOOK_AGAIN_S = 0.1
_TABLE_ROWS = 6


@dataclass(frozen=True, slots=True)
class _Figure:
    """An indicator of a territory, and its chart if somebody has ordered it."""

    place: Territory
    page: IndicatorPage
    chart: ChartPicture | None

    @property
    def card(self) -> IndicatorCard:
        return IndicatorCard(indicator=self.page.indicator, points=self.page.points)


async def show_indicators(talk: Talk, _subject: str = "") -> None:
    """The indicators that the home of the territory shows."""
    home_id = await talk.need_home()
    home, cards = await talk.ask(_favourites, viewer=talk.viewer, home_id=home_id)
    if not cards:
        text = stacked(
            bold(talk.say(N_("There are no figures here yet."))),
            talk.say(N_("They appear as soon as the authority has published them.")),
        )
        await talk.show(Screen(text=text))
        return
    text = stacked(
        bold(talk.say(N_("{place} in figures"), place=home.name(talk.language))),
        *[_line(talk, card) for card in cards],
        _synthetic(talk, home),
    )
    buttons = tuple(
        (Press(card.indicator.title(talk.language), Open(Place.INDICATOR, card.indicator.code)),)
        for card in cards
    )
    await talk.show(Screen(text=text, buttons=buttons))


async def show_indicator(talk: Talk, subject: str) -> None:
    """One indicator of the person's own place."""
    await show_figure(talk, ShowFigure(subject, await talk.need_home()))


async def show_figure(talk: Talk, wanted: ShowFigure) -> None:
    """One indicator of a place: the chart, the last figure, where it goes, the way to the table."""
    figure = await _with_chart(talk, wanted)
    photo = await _photo(talk, figure)
    indicator, card = figure.page.indicator, figure.card
    title = indicator.title(talk.language)
    if figure.place.id != talk.home_id:
        title = f"{title}, {figure.place.name(talk.language)}"
    text = stacked(
        bold(title),
        _last(talk, card) if card.last else talk.say(N_("There are no figures here yet.")),
        _outlook(talk, figure.page),
        None if photo else _table(talk, card),
        _synthetic(talk, figure.place),
        gap="\n\n",
    )
    address = talk.site.address(f"t/{figure.place.slug}/indicators/{indicator.code}")
    more = Link(talk.say(N_("Chart and table")), address)
    beside = await look_beside(talk, wanted)
    last: tuple[Button, ...] = (more,)
    if (figure.page.forecast or CompareScenarios in beside.charts) and len(indicator.code) <= LONGEST_CODE:
        how = ExplainFigure(indicator.code, figure.place.id)
        last = (Press(talk.say(N_("How is it counted?")), how), more)
    rows = (*offers(talk, beside), last)
    await talk.show(Screen(text=text, buttons=rows, file=photo), back=Open(Place.INDICATORS))


async def _with_chart(talk: Talk, wanted: ShowFigure) -> _Figure:
    """The figure, with a chart if one comes soon: it is ordered, and waited for while it may be drawn."""
    figure = await _look(talk, wanted)
    if not figure.page.points:
        return figure
    if figure.chart is None:
        await talk.database.run_async(order_chart, chart=chart_key(figure.page, talk.language))
        figure = await _look(talk, wanted)
    for _ in range(_looks_left(talk, figure.chart)):
        if figure.chart is None or figure.chart.settled:
            break
        await asyncio.sleep(_LOOK_AGAIN_S)
        figure = await _look(talk, wanted)
    return figure


def _looks_left(talk: Talk, chart: ChartPicture | None) -> int:
    # Counted from the order: when nobody draws, only the first of many has to wait.
    age = talk.database.clock.now() - chart.ordered_at if chart else timedelta()
    return max(0, round((PATIENCE_S - age.total_seconds()) / _LOOK_AGAIN_S))


async def _look(talk: Talk, wanted: ShowFigure) -> _Figure:
    return await talk.ask(
        _figure,
        viewer=talk.viewer,
        place_id=TerritoryId(wanted.territory_id),
        code=wanted.indicator,
        language=talk.language,
    )


async def _photo(talk: Talk, figure: _Figure) -> Photo | None:
    chart = figure.chart
    if chart is None or chart.picture is None:
        return None
    try:
        content = await asyncio.to_thread(read_content, talk.files, chart.picture)
    except (UnknownFile, FileDamaged):
        # A lost picture is no reason to keep the figures back.
        return None
    name = f"{figure.page.indicator.code}.png"
    return Photo(content=content, file_name=name, alt=chart.alt, key=chart.picture)


def _line(talk: Talk, card: IndicatorCard) -> RichText:
    if card.last is None:
        return plain(card.indicator.title(talk.language))
    value = _value(talk.language, card, card.last.value)
    return plain(f"{_arrow(card)} {card.indicator.title(talk.language)}: ") + bold(value)


def _last(talk: Talk, card: IndicatorCard) -> RichText:
    if card.last is None:
        return plain("")
    now = talk.rich(
        N_("{value} — {period}."),
        value=bold(_value(talk.language, card, card.last.value)),
        period=period_words(talk.language, card.last.period),
    )
    if card.change is None:
        return now
    before = _value(talk.language, card, card.points[-2].value)
    verdict = _VERDICTS[card.verdict]
    ending = f" ({talk.say(verdict)})" if verdict else ""
    return stacked(now, f"{_arrow(card)} " + talk.say(N_("Before it was {value}"), value=before) + ending)


def _outlook(talk: Talk, page: IndicatorPage) -> str | None:
    if page.forecast is None:
        return None
    unit = page.indicator.unit_words(talk.language)
    return forecast_sentence(
        talk.language,
        page.forecast,
        unit=unit,
        decimals=page.indicator.decimals,
        redefined_in=page.redefined_in,
    )


def _table(talk: Talk, card: IndicatorCard) -> RichText | None:
    """In place of the picture: the last values, the newest first."""
    if len(card.points) < 2:
        return None
    rows = [
        f"{period_words(talk.language, point.period)}: {_value(talk.language, card, point.value)}"
        for point in reversed(card.points[-_TABLE_ROWS:])
    ]
    return stacked(talk.say(N_("The chart is not ready yet. The figures in a table:")), *rows)


def _synthetic(talk: Talk, place: Territory) -> str | None:
    return talk.say(N_("Synthetic data: an example, not the real town.")) if place.synthetic else None


def _arrow(card: IndicatorCard) -> str:
    change = card.change or 0.0
    return _ARROWS[(change > 0) - (change < 0)]


def _value(language: Language, card: IndicatorCard, value: float) -> str:
    indicator = card.indicator
    return with_unit(language, value, indicator.unit_words(language), decimals=indicator.decimals)


def _favourites(
    reading: Reading, *, viewer: Viewer, home_id: TerritoryId
) -> tuple[Territory, list[IndicatorCard]]:
    return territory(reading, territory_id=home_id), favourites(reading, viewer=viewer, territory_id=home_id)


def _figure(
    reading: Reading, *, viewer: Viewer, place_id: TerritoryId, code: str, language: Language
) -> _Figure:
    page = indicator_page(reading, viewer=viewer, code=code, territory_id=place_id)
    place = territory(reading, territory_id=place_id)
    return _Figure(place, page, chart_picture(reading, chart=chart_key(page, language)))


FLOW = Flow(
    places={Place.INDICATORS: show_indicators, Place.INDICATOR: show_indicator},
    actions={ShowFigure: show_figure},
)
