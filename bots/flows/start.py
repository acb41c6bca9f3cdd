"""First contact: who we are, the consent, where you live, the menu. At most four taps."""

from bots.engine.talk import Talk
from bots.engine.words import bare
from bots.flows import linking
from bots.flows.routes import Flow
from core.identity import (
    PERSONAL_DATA,
    ConsentState,
    current_consent,
    give_consent,
    settle,
)
from core.shared.ids import TerritoryId
from core.shared.language import N_, Language
from core.territories import Territory, TerritoryKind, inhabited, territories
from messengers import AcceptConsent, ChooseTerritory, Open, Place, Press, Screen, bold, plain, stacked

CHOOSING_PLACE = "start:choosing_place"
# More would not fit on a phone; whoever lives elsewhere writes the name.
MOST_PLACES_SHOWN = 6


async def begin(talk: Talk, code: str) -> None:
    """``/start``, with a one-time code from the site if there is one."""
    if code:
        await linking.link(talk, code)
    elif talk.home_id is None:
        await welcome_newcomer(talk)
    else:
        await talk.go(Place.MENU)


async def welcome_newcomer(talk: Talk) -> None:
    """The first two messages that a person gets here."""
    places = await talk.ask(territories)
    text = stacked(
        talk.rich(
            N_("Hello. This is “{place}. Direct contact”."), place=bold(_house_name(places, talk.language))
        ),
        talk.say(N_("Here you can write to the authority, vote and see how the town is doing.")),
    )
    await talk.show(Screen(text=text), ways_out=False)
    consent = await _consent(talk)
    if consent.given:
        await talk.go(Place.TERRITORIES)
    else:
        await show_consent(talk)


async def show_consent(talk: Talk, _subject: str = "") -> None:
    """The consent on a screen of its own, as the law asks."""
    consent = await _consent(talk)
    text = stacked(
        bold(talk.say(N_("Your consent"))),
        talk.say(
            N_(
                "To write and to vote we need your consent to keep your name, your messages and the fact of "
                "your vote. You can take it back at any time in “My account”."
            )
        ),
        talk.say(N_("Without it you can read everything that is open.")),
    )
    later = Open(Place.TERRITORIES) if talk.home_id is None else Open(Place.MENU)
    buttons = (
        (Press(talk.say(N_("Read the consent")), Open(Place.CONSENT_TEXT)),),
        (
            Press(talk.say(N_("I agree")), AcceptConsent(consent.version)),
            Press(talk.say(N_("Not now")), later),
        ),
    )
    await talk.show(Screen(text=text, buttons=buttons), ways_out=False)


async def ask_consent(talk: Talk) -> None:
    """Somebody wants what needs a consent: keep the wish, show the document."""
    await _keep_wish(talk)
    await show_consent(talk)


async def show_consent_text(talk: Talk, _subject: str = "") -> None:
    """The whole document, in a message."""
    consent = await _consent(talk)
    text = consent.text_ru if talk.language == "ru" else consent.text_en
    agree = Press(talk.say(N_("I agree")), AcceptConsent(consent.version))
    await talk.show(Screen(text=plain(text), buttons=((agree,),)), back=Open(Place.CONSENT))


async def accept_consent(talk: Talk, action: AcceptConsent) -> None:
    """Keep the consent; a button under an older text shows the newer one."""
    consent = await _consent(talk)
    if action.version != consent.version:
        talk.news = plain(talk.say(N_("The text has changed since then. Please look at the new one.")))
        await show_consent(talk)
        return
    await talk.do(give_consent, type(None), person_id=talk.person.id, kind=PERSONAL_DATA)
    await talk.look_again()
    await _carry_on(talk, news=talk.say(N_("Thank you, the consent is kept.")))


async def show_territories(talk: Talk, _subject: str = "") -> None:
    """Where do you live?"""
    places = inhabited(await talk.ask(territories))
    await talk.dialogue.set_state(CHOOSING_PLACE)
    text = stacked(
        bold(talk.say(N_("Where do you live?"))),
        talk.say(N_("Choose a place, or write its name.")),
    )
    await talk.show(Screen(text=text, buttons=_place_buttons(places, talk.language)), ways_out=False)


async def ask_home(talk: Talk) -> None:
    """Somebody wants what depends on a place: keep the wish, ask for the place."""
    await _keep_wish(talk)
    await show_territories(talk)


async def hear_place(talk: Talk, text: str) -> None:
    """The name of a place, typed."""
    wanted = bare(text)
    places = inhabited(await talk.ask(territories))
    found = [place for place in places if wanted and wanted in (bare(place.name_ru), bare(place.name_en))]
    if not found:
        found = [
            place for place in places if len(wanted) > 2 and wanted in bare(place.name_ru + place.name_en)
        ]
    if len(found) == 1:
        await choose_territory(talk, ChooseTerritory(found[0].id))
        return
    sentence = (
        N_("There are several such places. Choose one.")
        if found
        else N_("No such place here yet. Write the name as on the map, for example “Zarechny”.")
    )
    buttons = _place_buttons(found or places, talk.language)
    await talk.show(Screen(text=plain(talk.say(sentence)), buttons=buttons), ways_out=False)


async def choose_territory(talk: Talk, action: ChooseTerritory) -> None:
    """I live here."""
    places = await talk.ask(territories)
    home = next((place for place in places if place.id == action.territory_id), None)
    if home is None:
        await talk.go(Place.TERRITORIES, news=talk.say(N_("This place is no longer on the list.")))
        return
    await talk.do(settle, type(None), person_id=talk.person.id, home_id=TerritoryId(home.id))
    await talk.look_again()
    await talk.dialogue.set_state(None)
    await _carry_on(talk, news=talk.say(N_("You live here: {place}."), place=home.name(talk.language)))


async def _consent(talk: Talk) -> ConsentState:
    return await talk.ask(current_consent, person_id=talk.viewer.person_id, kind=PERSONAL_DATA)


async def _keep_wish(talk: Talk) -> None:
    if talk.action is not None:
        await talk.dialogue.update_data(wish=talk.codec.encode(talk.action))


async def _carry_on(talk: Talk, *, news: str) -> None:
    """What the person wanted before we asked, else the next step of the first contact."""
    talk.news = plain(news)
    if talk.home_id is None:
        await show_territories(talk)
        return
    wish = (await talk.dialogue.get_data()).get("wish")
    if wish is None:
        await talk.go(Place.MENU)
        return
    await talk.dialogue.update_data(wish=None)
    talk.action = talk.codec.decode(wish)
    await talk.perform(talk, talk.action)


def _house_name(places: list[Territory], language: Language) -> str:
    """One municipality gives its name to the bot, several let their region do so."""
    kinds = (TerritoryKind.MUNICIPALITY, TerritoryKind.REGION)
    of_kind = [[place for place in places if place.kind is kind] for kind in kinds]
    chosen = next((alike for alike in of_kind if len(alike) == 1), places)
    return chosen[0].name(language) if chosen else "Strategy24"


def _place_buttons(places: list[Territory], language: Language) -> tuple[tuple[Press, ...], ...]:
    return tuple(
        (Press(place.name(language), ChooseTerritory(place.id)),) for place in places[:MOST_PLACES_SHOWN]
    )


FLOW = Flow(
    places={
        Place.CONSENT: show_consent,
        Place.CONSENT_TEXT: show_consent_text,
        Place.TERRITORIES: show_territories,
    },
    actions={AcceptConsent: accept_consent, ChooseTerritory: choose_territory},
    hears={CHOOSING_PLACE: hear_place},
)
