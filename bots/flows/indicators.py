"""How the town is doing: a few indicators with arrows, one of them in a sentence, the chart on the site."""

from bots.engine.talk import Talk
from bots.flows.routes import Flow
from core.identity import Viewer
from core.indicators import (
    IndicatorCard,
    IndicatorPage,
    favourites,
    forecast_sentence,
    indicator_page,
    period_words,
    with_unit,
)
from core.shared.ids import TerritoryId
from core.shared.language import N_, Language
from core.store import Reading
from core.territories import Territory, territory
from messengers import Button, Link, Open, Place, Press, RichText, Screen, bold, plain, stacked

_ARROWS = {1: "▲", -1: "▼", 0: "■"}
_VERDICTS = {"good": N_("better"), "bad": N_("worse"), "same": ""}


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
        talk.say(N_("Synthetic data: an example, not the real town.")) if home.synthetic else None,
    )
    buttons = tuple(
        (Press(card.indicator.title(talk.language), Open(Place.INDICATOR, card.indicator.code)),)
        for card in cards
    )
    await talk.show(Screen(text=text, buttons=buttons))


async def show_indicator(talk: Talk, subject: str) -> None:
    """One indicator: the last figure, where it goes, and the way to the chart."""
    home_id = await talk.need_home()
    home, page = await talk.ask(_page, viewer=talk.viewer, home_id=home_id, code=subject)
    card = IndicatorCard(indicator=page.indicator, points=page.points)
    indicator = page.indicator
    outlook = None
    if page.forecast is not None:
        outlook = forecast_sentence(
            talk.language,
            page.forecast,
            unit=indicator.unit_words(talk.language),
            decimals=indicator.decimals,
        )
    text = stacked(
        bold(indicator.title(talk.language)),
        _figure(talk, card) if card.last else talk.say(N_("There are no figures here yet.")),
        outlook,
        talk.say(N_("Synthetic data: an example, not the real town.")) if home.synthetic else None,
        gap="\n\n",
    )
    address = talk.site.address(f"t/{home.slug}/indicators/{indicator.code}")
    chart: tuple[Button, ...] = (Link(talk.say(N_("Chart and table")), address),)
    await talk.show(Screen(text=text, buttons=(chart,)), back=Open(Place.INDICATORS))


def _line(talk: Talk, card: IndicatorCard) -> RichText:
    if card.last is None:
        return plain(card.indicator.title(talk.language))
    value = _value(talk.language, card, card.last.value)
    return plain(f"{_arrow(card)} {card.indicator.title(talk.language)}: ") + bold(value)


def _figure(talk: Talk, card: IndicatorCard) -> RichText:
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


def _page(
    reading: Reading, *, viewer: Viewer, home_id: TerritoryId, code: str
) -> tuple[Territory, IndicatorPage]:
    page = indicator_page(reading, viewer=viewer, code=code, territory_id=home_id)
    return territory(reading, territory_id=home_id), page


FLOW = Flow(places={Place.INDICATORS: show_indicators, Place.INDICATOR: show_indicator})
