"""My account: name, place, language, the way to the site, the consent and its withdrawal."""

from dataclasses import dataclass

from bots.engine.talk import Talk
from bots.flows.routes import Flow
from core.identity import (
    PERSONAL_DATA,
    POLICY,
    Action,
    Identity,
    choose_language,
    current_consent,
    identities_of,
    issue_sign_in_link,
    rename,
    withdraw_consent,
)
from core.shared.ids import PersonId, TerritoryId
from core.shared.language import LANGUAGES, N_, as_language
from core.store import Reading
from core.territories import Territory, territory
from messengers import (
    CARRIER_NAMES,
    Button,
    Carrier,
    ChooseLanguage,
    Link,
    Open,
    Place,
    Press,
    Screen,
    WithdrawConsent,
    bold,
    plain,
    stacked,
)

CHOOSING_NAME = "account:choosing_name"
LANGUAGE_NAMES = {"ru": "Русский", "en": "English"}


@dataclass(frozen=True, slots=True)
class _Account:
    home: Territory | None
    identities: list[Identity]
    consent_given: bool


async def show_account(talk: Talk, _subject: str = "") -> None:
    """What is known about the person, and what they can change."""
    account = await talk.ask(_account, person_id=talk.person.id, home_id=talk.home_id)
    consent = N_("Consent: given") if account.consent_given else N_("Consent: not given, reading only")
    text = stacked(
        bold(talk.person.display_name),
        talk.person.position or None,
        talk.say(N_("Lives: {place}"), place=account.home.name(talk.language)) if account.home else None,
        talk.say(N_("Language: {name}"), name=LANGUAGE_NAMES[talk.language]),
        _ways_in(talk, account.identities),
        talk.say(consent),
    )
    rows: list[tuple[Button, ...]] = [
        (Press(talk.say(N_("Open my account on the site")), Open(Place.WEB_LINK)),),
        (Press(talk.say(N_("🔔 Notifications")), Open(Place.NOTICES)),),
        (
            Press(talk.say(N_("Another language")), Open(Place.LANGUAGES)),
            Press(talk.say(N_("Another place")), Open(Place.TERRITORIES)),
            Press(talk.say(N_("Another name")), Open(Place.NAME)),
        ),
        (
            Press(talk.say(N_("Messengers")), Open(Place.MESSENGERS)),
            Press(talk.say(N_("What we keep")), Open(Place.MY_DATA)),
        ),
        (
            Press(talk.say(N_("Take back the consent")), Open(Place.WITHDRAWAL))
            if account.consent_given
            else Press(talk.say(N_("Your consent")), Open(Place.CONSENT)),
        ),
    ]
    if any(Action.RUN_MODELS in POLICY[grant.role] for grant in talk.viewer.grants):
        rows.insert(0, (Press(talk.say(N_("Runs of scenarios")), Open(Place.RUNS)),))
    await talk.show(Screen(text=text, buttons=tuple(rows)))


async def show_web_link(talk: Talk, _subject: str = "") -> None:
    """A one-time link to the site; in the browser chat the person is signed in already."""
    if talk.carrier is Carrier.WEB:
        here = Link(talk.say(N_("Open my account")), talk.site.address("me"))
        await talk.show(
            Screen(text=plain(talk.say(N_("You are signed in here already."))), buttons=((here,),)),
            back=Open(Place.ACCOUNT),
        )
        return
    # Not through run_once: the answer of a repeated call would have to be stored, and it is a secret.
    token = await talk.database.run_async(issue_sign_in_link, person_id=talk.person.id)
    button = Link(talk.say(N_("Sign in on the site")), talk.site.sign_in(token))
    text = stacked(
        bold(talk.say(N_("Your link to the site is ready."))),
        talk.say(N_("It works once and for ten minutes. Do not pass it on: it opens your account.")),
    )
    await talk.show(Screen(text=text, buttons=((button,),)), back=Open(Place.ACCOUNT))


async def show_languages(talk: Talk, _subject: str = "") -> None:
    """Which language shall we speak?"""
    row = tuple(Press(LANGUAGE_NAMES[language], ChooseLanguage(language)) for language in LANGUAGES)
    text = plain(talk.say(N_("Which language shall we speak?")))
    await talk.show(Screen(text=text, buttons=(row,)), back=Open(Place.ACCOUNT))


async def change_language(talk: Talk, action: ChooseLanguage) -> None:
    """Speak this language from now on."""
    await talk.do(
        choose_language, type(None), person_id=talk.person.id, language=as_language(action.language)
    )
    await talk.look_again()
    await talk.go(Place.ACCOUNT, news=talk.say(N_("We speak English now.")))


async def show_name(talk: Talk, _subject: str = "") -> None:
    """How shall others see you?"""
    await talk.dialogue.set_state(CHOOSING_NAME)
    text = stacked(
        bold(talk.say(N_("How shall others see you?"))),
        talk.say(N_("Now: {name}. Write another name."), name=talk.person.display_name),
    )
    await talk.show(Screen(text=text), back=Open(Place.ACCOUNT))


async def hear_name(talk: Talk, text: str) -> None:
    """A name, typed."""
    await talk.do(rename, type(None), person_id=talk.person.id, display_name=text)
    await talk.look_again()
    await talk.go(Place.ACCOUNT, news=talk.say(N_("Done. This is how others see you.")))


async def show_withdrawal(talk: Talk, _subject: str = "") -> None:
    """What happens when the consent is taken back."""
    text = stacked(
        bold(talk.say(N_("Take back your consent?"))),
        talk.say(N_("You will no longer be able to write and to vote. Votes already cast stay counted.")),
    )
    buttons = ((Press(talk.say(N_("Yes, take it back")), WithdrawConsent()),),)
    await talk.show(Screen(text=text, buttons=buttons), back=Open(Place.ACCOUNT))


async def take_consent_back(talk: Talk, _action: WithdrawConsent) -> None:
    """The consent is withdrawn from this moment."""
    await talk.do(withdraw_consent, type(None), person_id=talk.person.id, kind=PERSONAL_DATA)
    news = talk.say(N_("The consent is taken back. You can give it again at any time."))
    await talk.go(Place.ACCOUNT, news=news)


def _ways_in(talk: Talk, identities: list[Identity]) -> str | None:
    found = {identity.provider for identity in identities}
    names = [name for carrier, name in CARRIER_NAMES.items() if carrier in found]
    return talk.say(N_("Connected: {names}"), names=", ".join(names)) if names else None


def _account(reading: Reading, *, person_id: PersonId, home_id: TerritoryId | None) -> _Account:
    return _Account(
        home=territory(reading, territory_id=home_id) if home_id else None,
        identities=identities_of(reading, person_id=person_id),
        consent_given=current_consent(reading, person_id=person_id, kind=PERSONAL_DATA).given,
    )


FLOW = Flow(
    places={
        Place.ACCOUNT: show_account,
        Place.WEB_LINK: show_web_link,
        Place.LANGUAGES: show_languages,
        Place.NAME: show_name,
        Place.WITHDRAWAL: show_withdrawal,
    },
    actions={ChooseLanguage: change_language, WithdrawConsent: take_consent_back},
    hears={CHOOSING_NAME: hear_name},
)
