"""The direct line: a citizen writes to the authority; the answer comes back into the same chat."""

from bots.engine.talk import Talk
from bots.flows.routes import Flow
from core.contact import Conversation, ConversationStatus, Sent, conversations_of, send_message
from core.shared.language import N_
from messengers import Open, Place, Press, Screen, bold, plain, shortened, stacked

WRITING = "direct_line:writing"
# Subjects of buttons: send what was written out of the blue; ask whether to send it.
DRAFT, OFFER = "draft", "offer"
# Shorter first words are a greeting.
LEAST_REPORT = 15
PREVIEW = 200


async def show_direct_line(talk: Talk, subject: str = "") -> None:
    """The invitation to write, with the open conversation if there is one."""
    await talk.need_consent()
    await talk.need_home()
    draft = (await talk.dialogue.get_data()).get(DRAFT)
    if subject == OFFER and draft:
        await offer_to_send(talk, draft)
        return
    await talk.dialogue.set_state(WRITING)
    if subject == DRAFT:
        await _send_draft(talk, draft)
        return
    current = await _open_conversation(talk)
    if current is None:
        text = stacked(
            bold(talk.say(N_("Write what happened."))),
            talk.say(N_("What, where and since when, in your own words. One message or several.")),
            talk.say(N_("The authority of your town reads it; the answer comes here.")),
        )
    else:
        text = stacked(
            talk.rich(N_("Conversation {number} is open."), number=bold(current.number)),
            talk.say(
                N_("An answer has come. Write on if something is not settled.")
                if current.status is ConversationStatus.ANSWERED
                else N_("The authority has your message. Add whatever helps.")
            ),
            talk.say(N_("Just write: every message goes into this conversation.")),
        )
    await talk.show(Screen(text=text))


async def hear_message(talk: Talk, text: str) -> None:
    """A message for the authority. The state stays: what is written next goes the same way."""
    home_id = await talk.need_home()
    sent = await talk.do(
        send_message,
        Sent,
        citizen_id=talk.person.id,
        territory_id=home_id,
        text=text,
        client_id=talk.scope.client_id("message"),
    )
    await talk.dialogue.set_state(WRITING)
    number = bold(sent.number)
    if sent.opened:
        reply = stacked(
            talk.rich(N_("Accepted: {number}."), number=number),
            talk.say(N_("The authority sees it already. The answer will come here.")),
            talk.say(N_("If you want to add something, just write on.")),
        )
    else:
        reply = stacked(
            talk.rich(N_("Added to {number}."), number=number),
            talk.say(N_("The answer will come here.")),
        )
    await talk.show(Screen(text=reply), lasting=True)


async def offer_to_send(talk: Talk, text: str) -> None:
    """Words that nobody asked for are most often for the authority: one tap sends them."""
    await talk.dialogue.update_data(draft=text)
    preview = shortened(plain(text), limit=PREVIEW)
    question = stacked(
        bold(talk.say(N_("Send this to the authority?"))),
        plain("«") + preview + "»",
    )
    send = Press(talk.say(N_("Send")), Open(Place.DIRECT_LINE, DRAFT))
    await talk.show(Screen(text=question, buttons=((send,),)))


async def keep_first_words(talk: Talk, text: str) -> None:
    """A newcomer who begins with a report is asked about it once they have settled in."""
    if len(text) >= LEAST_REPORT:
        wish = talk.codec.encode(Open(Place.DIRECT_LINE, OFFER))
        await talk.dialogue.update_data(draft=text, wish=wish)


async def _send_draft(talk: Talk, draft: str | None) -> None:
    if not draft:
        await talk.go(Place.DIRECT_LINE, news=talk.say(N_("This was sent already. You can write more.")))
        return
    await talk.dialogue.update_data(draft=None)
    await hear_message(talk, draft)


async def _open_conversation(talk: Talk) -> Conversation | None:
    found = await talk.ask(conversations_of, citizen_id=talk.person.id, limit=5)
    here = [one for one in found if one.territory_id == talk.home_id]
    return next((one for one in here if one.status is not ConversationStatus.RESOLVED), None)


FLOW = Flow(places={Place.DIRECT_LINE: show_direct_line}, hears={WRITING: hear_message})
