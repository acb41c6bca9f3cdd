"""Messengers of one person: a code and a link to bring another one, joining two accounts, unlinking."""

from bots.engine.talk import Talk
from bots.flows.routes import Flow
from core.chats import Chat, bot_names, open_chat
from core.identity import (
    Identity,
    IdentityTaken,
    as_issued,
    identities_of,
    issue_link_code,
    link_code_owner,
    link_messenger,
    unlink_messenger,
)
from core.personal import merge_by_code
from core.shared.ids import PersonId
from core.shared.language import N_
from messengers import (
    CARRIER_NAMES,
    Button,
    Carrier,
    Link,
    MergeAccounts,
    Open,
    Place,
    Press,
    Screen,
    UnlinkMessenger,
    bold,
    deep_link,
    plain,
    stacked,
)


async def link(talk: Talk, code: str) -> None:
    """Join this messenger to the person who asked for the code."""
    if talk.carrier is Carrier.WEB:
        text = talk.say(N_("This code is for a messenger: send it to our bot there. Here you are signed in."))
        await talk.show(Screen(text=plain(text)))
        return
    try:
        person_id = await talk.do(
            link_messenger, str, code=code, provider=talk.carrier.value, subject=str(talk.chat_id)
        )
    except IdentityTaken:
        await _ask_to_merge(talk, code)
        return
    # The chat follows its owner at once, not at the next message: an alert may come before that.
    await talk.do(
        open_chat,
        Chat,
        carrier=talk.carrier.value,
        native_id=str(talk.chat_id),
        person_id=PersonId(person_id),
    )
    await _go_on_as(talk, PersonId(person_id))


async def merge(talk: Talk, action: MergeAccounts) -> None:
    """Yes, both accounts are mine."""
    person_id = await talk.do(
        merge_by_code, str, code=action.code, provider=talk.carrier.value, subject=str(talk.chat_id)
    )
    await _go_on_as(talk, PersonId(person_id))


async def show_messengers(talk: Talk, _subject: str = "") -> None:
    """Which messengers lead to the person."""
    linked = _linked(await talk.ask(identities_of, person_id=talk.person.id))
    if linked:
        names = ", ".join(CARRIER_NAMES[carrier] for carrier in linked)
        what = stacked(
            talk.rich(N_("Your messengers: {names}."), names=bold(names)),
            talk.say(N_("They all lead to one account: messages and votes are common to them.")),
        )
    else:
        what = stacked(
            bold(talk.say(N_("No messenger is linked yet."))),
            talk.say(N_("Link one, and answers come where you already are.")),
        )
    rows: list[tuple[Button, ...]] = [
        (Press(talk.say(N_("Link another messenger")), Open(Place.LINK_CODE)),),
        *(
            (Press(talk.say(N_("Unlink {name}"), name=CARRIER_NAMES[carrier]), Open(Place.UNLINK, carrier)),)
            for carrier in linked
        ),
    ]
    await talk.show(Screen(text=what, buttons=tuple(rows)), back=Open(Place.ACCOUNT))


async def show_code(talk: Talk, _subject: str = "") -> None:
    """A code, and links that carry it into the other messengers."""
    # Not through run_once: the answer of a repeated call would have to be stored, and it is a secret.
    code = await talk.database.run_async(issue_link_code, person_id=talk.person.id)
    names = await talk.ask(bot_names)
    linked = _linked(await talk.ask(identities_of, person_id=talk.person.id))
    rows: list[tuple[Button, ...]] = [
        (Link(talk.say(N_("Open {name}"), name=title), deep_link(carrier, name=names[carrier], code=code)),)
        for carrier, title in CARRIER_NAMES.items()
        if carrier in names and carrier not in linked and carrier is not talk.carrier
    ]
    text = stacked(
        talk.rich(N_("Your code: {code}"), code=bold(f"{code[:4]} {code[4:]}")),
        talk.say(N_("Open our bot in the other messenger and press “Start”, or send it this code.")),
        talk.say(N_("The code works once and for ten minutes. Tell it to nobody: it opens your account.")),
    )
    await talk.show(Screen(text=text, buttons=tuple(rows)), back=Open(Place.MESSENGERS))


async def ask_to_unlink(talk: Talk, subject: str) -> None:
    """Really?"""
    name = CARRIER_NAMES[Carrier(subject)]
    text = stacked(
        bold(talk.say(N_("Unlink {name}?"), name=name)),
        talk.say(N_("Answers will no longer come there. Your messages and votes stay with you.")),
    )
    yes = Press(talk.say(N_("Unlink {name}"), name=name), UnlinkMessenger(subject))
    await talk.show(Screen(text=text, buttons=((yes,),)), back=Open(Place.MESSENGERS))


async def unlink(talk: Talk, action: UnlinkMessenger) -> None:
    """The messenger no longer leads to the person."""
    await talk.do(unlink_messenger, type(None), person_id=talk.person.id, provider=action.provider)
    news = talk.say(N_("{name} is unlinked."), name=CARRIER_NAMES[Carrier(action.provider)])
    if action.provider == talk.carrier:
        text = stacked(news, talk.say(N_("Whatever you write here begins anew, as a newcomer.")))
        await talk.show(Screen(text=text), ways_out=False)
    else:
        await talk.go(Place.MESSENGERS, news=news)


async def _ask_to_merge(talk: Talk, code: str) -> None:
    owner = await talk.ask(link_code_owner, code=code)
    text = stacked(
        bold(talk.say(N_("You already have an account here."))),
        talk.say(
            N_("In this messenger you are “{here}”, the code is of “{there}”. Join them into one account?"),
            here=talk.person.display_name,
            there=owner.display_name,
        ),
        talk.say(N_("Messages and votes become common; where you voted twice, the last vote stays.")),
        talk.say(N_("If somebody else sent you this code, do not join: they would read your messages.")),
    )
    row = (
        Press(talk.say(N_("Join")), MergeAccounts(as_issued(code))),
        Press(talk.say(N_("Not now")), Open(Place.MENU)),
    )
    await talk.show(Screen(text=text, buttons=(row,)), ways_out=False)


async def _go_on_as(talk: Talk, person_id: PersonId) -> None:
    await talk.look_again_as(person_id)
    who = talk.person.display_name
    if talk.person.position:
        who = f"{who}, {talk.person.position}"
    await talk.go(Place.MENU, news=talk.say(N_("You are connected: {who}."), who=who))


def _linked(identities: list[Identity]) -> list[Carrier]:
    found = {identity.provider for identity in identities}
    return [carrier for carrier in CARRIER_NAMES if carrier in found]


FLOW = Flow(
    places={
        Place.MESSENGERS: show_messengers,
        Place.LINK_CODE: show_code,
        Place.UNLINK: ask_to_unlink,
    },
    actions={MergeAccounts: merge, UnlinkMessenger: unlink},
)
