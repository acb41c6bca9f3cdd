"""What is kept of a person, in a few lines, and the way to all of it."""

from bots.engine.talk import Talk
from bots.flows.routes import Flow
from core.personal import personal_data
from core.shared.language import N_
from messengers import CARRIER_NAMES, Button, Carrier, Link, Open, Place, Press, Screen, bold, stacked


async def show_my_data(talk: Talk, _subject: str = "") -> None:
    """A summary here; the whole as a file on the site."""
    kept = await talk.ask(personal_data, person_id=talk.person.id)
    providers = {identity.provider for identity in kept.identities}
    names = [name for carrier, name in CARRIER_NAMES.items() if carrier in providers]
    numbers = ", ".join(conversation.number for conversation, _ in kept.conversations)
    text = stacked(
        bold(talk.say(N_("What we keep of you"))),
        talk.say(N_("Name: {name}"), name=kept.person.display_name),
        talk.say(N_("Messengers: {names}"), names=", ".join(names)) if names else None,
        talk.say(N_("Consent: given") if kept.consent.given else N_("Consent: not given, reading only")),
        talk.say(N_("Messages to the authority: {count}"), count=kept.messages)
        + (f" ({numbers})" if numbers else ""),
        talk.say(N_("Votes: {count}"), count=len(kept.ballots)),
        talk.say(N_("Only you see your votes one by one; others see sums.")) if kept.ballots else None,
    )
    erase = Press(talk.say(N_("Erase everything…")), Open(Place.FORGET))
    await talk.show(Screen(text=text, buttons=((_download(talk),), (erase,))), back=Open(Place.ACCOUNT))


def _download(talk: Talk) -> Button:
    label = talk.say(N_("Download everything"))
    if talk.carrier is Carrier.WEB:
        return Link(label, talk.site.address("me/data"))
    # The file is shown to whoever is signed in, so the way leads over a one-time link.
    return Press(label, Open(Place.WEB_LINK))


FLOW = Flow(places={Place.MY_DATA: show_my_data})
