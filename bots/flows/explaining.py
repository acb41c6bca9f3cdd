"""«Как посчитано?»: how the forecast of an indicator and its scenarios were made, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bots.engine.talk import Talk
from bots.flows.routes import Flow
from core.identity import Viewer
from core.indicators import IndicatorPage, checks_words, definition_words, indicator_page, method_shares
from core.scenarios import equation_facts, past_words, published_results
from core.shared.ids import TerritoryId
from core.shared.language import N_
from core.store import Reading
from core.territories import Territory, territory
from messengers import ExplainFigure, Link, RichText, Screen, ShowFigure, bold, stacked

_BLEND = N_(
    "The forecast is a blend of simple methods; each has the share that its accuracy on the past has earned:"
)
_BANDS = N_(
    "The bands show where the value falls with a probability of 50, 80 and 95 %: they come from the errors "
    "of the same procedure on the past data."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Explained:
    place: Territory
    page: IndicatorPage
    result: Mapping[str, Any] | None


async def explain(talk: Talk, wanted: ExplainFigure) -> None:
    """The methods with their shares, how they did on the past, the equation of the published scenarios."""
    found = await talk.ask(
        _explained, viewer=talk.viewer, place_id=TerritoryId(wanted.territory_id), code=wanted.indicator
    )
    indicator, slug = found.page.indicator, found.place.slug
    parts = [part for part in (_forecast(talk, found.page), _scenarios(talk, found)) if part is not None]
    text = stacked(
        bold(talk.say(N_("How is it counted?"))),
        f"{indicator.title(talk.language)}, {found.place.name(talk.language)}",
        *(parts or [RichText(talk.say(N_("There is no forecast for this indicator yet.")))]),
        gap="\n\n",
    )
    address = talk.site.address(f"t/{slug}/indicators/{indicator.code}")
    rows = [(Link(talk.say(N_("Chart and table")), address),)]
    if found.result is not None:
        address = talk.site.address(f"t/{slug}/scenarios?of={indicator.code}")
        rows.append((Link(talk.say(N_("All scenarios")), address),))
    await talk.show(
        Screen(text=text, buttons=tuple(rows)), back=ShowFigure(wanted.indicator, wanted.territory_id)
    )


def _forecast(talk: Talk, page: IndicatorPage) -> RichText | None:
    if page.forecast is None:
        return None
    shares = method_shares(talk.language, page.forecast)
    return stacked(
        talk.say(_BLEND),
        *(f"• {name} — {percent}\u00a0%" for name, percent in shares),
        checks_words(talk.language, page.forecast.backtest) or None,
        definition_words(talk.language, page.forecast, page.redefined_in) or None,
        talk.say(_BANDS),
    )


def _scenarios(talk: Talk, found: _Explained) -> RichText | None:
    if found.result is None:
        return None
    code = found.page.indicator.code
    equation = found.result["equations"][code]
    return stacked(
        bold(talk.say(N_("The published scenarios"))),
        equation["words"][talk.language],
        equation["text"],
        equation_facts(talk.language, found.result, code) or None,
        past_words(talk.language, found.result, code) or None,
    )


def _explained(reading: Reading, *, viewer: Viewer, place_id: TerritoryId, code: str) -> _Explained:
    page = indicator_page(reading, viewer=viewer, code=code, territory_id=place_id)
    result = published_results(reading, viewer=viewer, territory_ids=[place_id]).get(place_id)
    told = result is not None and code in result["equations"]
    place = territory(reading, territory_id=place_id)
    return _Explained(place=place, page=page, result=result if told else None)


FLOW = Flow(actions={ExplainFigure: explain})
