"""``/показатель безработица Заречный``: an indicator asked for in words, for any place."""

from dataclasses import dataclass

from bots.engine.talk import Talk
from bots.flows.charts import LONGEST_CODE
from bots.flows.indicators import show_figure
from core.identity import Viewer
from core.indicators import Asked, Indicator, catalogue, favourites, understood
from core.shared.ids import TerritoryId
from core.shared.language import N_
from core.store import Reading
from core.territories import Territory, territories, territory
from messengers import Button, Link, Open, Place, Press, Screen, ShowFigure, bold, plain, stacked

COMMANDS = {"показатель", "indicator"}
# With the way to all of them and the way out that fills a message of VK.
MOST_SUGGESTED = 4


@dataclass(frozen=True, slots=True)
class _Choice:
    """One thing that may have been meant."""

    indicator: Indicator
    place: Territory


async def ask(talk: Talk, words: str) -> None:
    """Show the indicator that the words mean, or let the person choose among those that they may mean."""
    if not words:
        await talk.go(Place.INDICATORS)
        return
    home_id = await talk.need_home()
    await talk.dialogue.set_state(None)
    asked, home = await talk.ask(_understood, words=words, viewer=talk.viewer, home_id=home_id)
    places = asked.places or (home,)
    choices = [_Choice(indicator, place) for indicator in asked.indicators for place in places]
    if len(choices) == 1 and not asked.unknown:
        (only,) = choices
        await show_figure(talk, ShowFigure(only.indicator.code, only.place.id))
        return
    if not choices:
        choices = [
            _Choice(indicator, places[0])
            for indicator in await talk.ask(_usual, viewer=talk.viewer, place_id=places[0].id)
        ]
    await _suggest(talk, asked, places[0], choices[:MOST_SUGGESTED])


async def _suggest(talk: Talk, asked: Asked, place: Territory, choices: list[_Choice]) -> None:
    unknown = ", ".join(f"«{word}»" for word in asked.unknown)
    if unknown:
        news = talk.say(N_("Not found here: {words}."), words=unknown)
        question = talk.say(N_("Perhaps one of these?") if choices else N_("There are no figures here yet."))
        text = stacked(bold(news), question)
    else:
        text = plain(talk.say(N_("Which indicator do you mean?")))
    every = Link(talk.say(N_("All indicators")), talk.site.address(f"t/{place.slug}/indicators"))
    buttons: tuple[tuple[Button, ...], ...] = (*((_way_to(talk, one),) for one in choices), (every,))
    await talk.show(Screen(text=text, buttons=buttons), back=Open(Place.INDICATORS))


def _way_to(talk: Talk, choice: _Choice) -> Button:
    indicator, place = choice.indicator, choice.place
    label = f"{indicator.title(talk.language)}, {place.name(talk.language)}"
    if len(indicator.code) > LONGEST_CODE:
        return Link(label, talk.site.address(f"t/{place.slug}/indicators/{indicator.code}"))
    return Press(label, ShowFigure(indicator.code, place.id))


def _understood(
    reading: Reading, *, words: str, viewer: Viewer, home_id: TerritoryId
) -> tuple[Asked, Territory]:
    asked = understood(words, catalogue(reading, viewer=viewer), territories(reading))
    return asked, territory(reading, territory_id=home_id)


def _usual(reading: Reading, *, viewer: Viewer, place_id: TerritoryId) -> list[Indicator]:
    """What people ask for most often."""
    return [card.indicator for card in favourites(reading, viewer=viewer, territory_id=place_id)]
