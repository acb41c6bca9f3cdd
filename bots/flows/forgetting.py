"""``/забыть``: what is erased and what stays, said before; then two taps, and it is done."""

import asyncio

from bots.engine.talk import Talk
from bots.flows.routes import Flow
from core.files import drop_content
from core.personal import forget_person
from core.shared.language import N_
from messengers import ForgetMe, Open, Place, Press, Screen, bold, plain, stacked

# The subject of the second screen.
SURE = "sure"


async def show_forgetting(talk: Talk, subject: str = "") -> None:
    """What is erased, what stays; the first tap leads to the question, the second one does it."""
    if subject == SURE:
        await _ask_again(talk)
        return
    text = stacked(
        bold(talk.say(N_("Erase everything that is kept of you?"))),
        talk.say(
            N_(
                "Erased: your name, the place where you live, your messengers and browsers, this chat, your "
                "photos and documents, what you said in the discussions, your wishes for notifications."
            )
        ),
        talk.say(
            N_(
                "Stays without your name: votes already cast go on counting, and messages to the authority "
                "with its answers remain in its record."
            )
        ),
        talk.say(N_("If you want a copy, download it first: «What we keep».")),
        gap="\n\n",
    )
    buttons = (
        (Press(talk.say(N_("What we keep")), Open(Place.MY_DATA)),),
        (Press(talk.say(N_("Go on to erasing")), Open(Place.FORGET, SURE)),),
    )
    await talk.show(Screen(text=text, buttons=buttons), back=Open(Place.ACCOUNT))


async def forget_me(talk: Talk, _action: ForgetMe) -> None:
    """Erase, and say goodbye."""
    orphans = await talk.do(forget_person, list, person_id=talk.person.id)
    for key in orphans:
        await asyncio.to_thread(drop_content, talk.files, key)
    text = stacked(
        bold(talk.say(N_("Done. We no longer know who you are."))),
        talk.say(N_("Messages that you see in this messenger can be deleted here by yourself.")),
        talk.say(N_("You are welcome to come back: write /start, and we begin anew.")),
    )
    await talk.show(Screen(text=text), ways_out=False, fresh=True)


async def _ask_again(talk: Talk) -> None:
    text = stacked(
        bold(talk.say(N_("This cannot be undone."))),
        plain(talk.say(N_("Erase everything now?"))),
    )
    buttons = ((Press(talk.say(N_("Yes, erase everything")), ForgetMe()),),)
    await talk.show(Screen(text=text, buttons=buttons), back=Open(Place.ACCOUNT))


FLOW = Flow(places={Place.FORGET: show_forgetting}, actions={ForgetMe: forget_me})
