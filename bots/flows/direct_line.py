"""The direct line: a citizen writes to the authority; the answer comes back into the same chat."""

import asyncio
from dataclasses import replace
from typing import Any

from bots.engine.talk import Talk
from bots.flows.letters import Letter, goes_on
from bots.flows.routes import Flow
from core.contact import Conversation, ConversationStatus, Sent, Spot, conversations_of, send_message
from core.files import KeptContent, has_content
from core.identity import ConsentNeeded
from core.shared.ids import TerritoryId
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
        await _ask_to_send(talk, Letter.from_draft(draft))
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
    await _send_or_keep(talk, Letter(text))


async def send_letter(talk: Talk, letter: Letter) -> None:
    """Send words, files, a place to the authority. Each further file is a message of its own."""
    home_id = await talk.need_home()
    first, *further = letter.files or (None,)
    sent = await _send(talk, home_id, "message", text=letter.text, file=first, spot=letter.spot)
    for place, file in enumerate(further, 2):
        await _send(talk, home_id, f"message {place}", file=file)
    await talk.dialogue.set_state(WRITING)
    number = bold(sent.number)
    many = talk.say(N_("Files: {count}."), count=len(letter.files)) if further else None
    if sent.opened:
        reply = stacked(
            talk.rich(N_("Accepted: {number}."), number=number),
            many,
            talk.say(N_("The authority sees it already. The answer will come here.")),
            talk.say(
                N_("If you want to add something, just write on, or send a photo, a document or a place.")
            ),
        )
    else:
        reply = stacked(
            talk.rich(N_("Added to {number}."), number=number),
            many,
            talk.say(N_("The answer will come here.")),
        )
    await talk.show(Screen(text=reply), lasting=True)


async def _send(
    talk: Talk,
    home_id: TerritoryId,
    name: str,
    *,
    text: str = "",
    file: KeptContent | None,
    spot: Spot | None = None,
) -> Sent:
    return await talk.do(
        send_message,
        Sent,
        citizen_id=talk.person.id,
        territory_id=home_id,
        text=text,
        client_id=talk.scope.client_id(name),
        file=file,
        spot=spot,
    )


async def hear_letter(talk: Talk, letter: Letter) -> None:
    """A file or a place: part of what is being written, or the beginning of a report."""
    if await talk.dialogue.get_state() == WRITING:
        await _send_or_keep(talk, letter)
    else:
        await offer_to_send(talk, letter)


async def offer_to_send(talk: Talk, letter: Letter) -> None:
    """What nobody asked for is most often for the authority: one tap sends it, with what came just before."""
    await _ask_to_send(talk, await _kept_as_draft(talk, letter))


async def _ask_to_send(talk: Talk, letter: Letter) -> None:
    preview = shortened(plain(letter.told), limit=PREVIEW)
    question = stacked(
        bold(talk.say(N_("Send this to the authority?"))),
        plain("«") + preview + "»",
    )
    send = Press(talk.say(N_("Send")), Open(Place.DIRECT_LINE, DRAFT))
    await talk.show(Screen(text=question, buttons=((send,),)))


async def offer_words(talk: Talk, text: str) -> None:
    """Words out of the blue."""
    await offer_to_send(talk, Letter(text))


async def keep_first_words(talk: Talk, letter: Letter) -> None:
    """A newcomer who begins with a report is asked about it once they have settled in."""
    if len(letter.text) >= LEAST_REPORT or letter.files or letter.spot:
        await _offer_later(talk, letter)


async def _send_or_keep(talk: Talk, letter: Letter) -> None:
    """Send it; without a consent it is asked about again once that is given. Raises: ConsentNeeded."""
    try:
        if letter.files or letter.spot:
            await talk.need_consent()
        await send_letter(talk, letter)
    except ConsentNeeded:
        await _offer_later(talk, letter)
        raise


async def _offer_later(talk: Talk, letter: Letter) -> None:
    await _kept_as_draft(talk, letter)
    await talk.dialogue.update_data(wish=talk.codec.encode(Open(Place.DIRECT_LINE, OFFER)))


async def _kept_as_draft(talk: Talk, letter: Letter) -> Letter:
    """Remember it, together with the draft that it goes on with; what waits now."""
    waiting, at = (await talk.dialogue.get_data()).get(DRAFT), talk.scope.update.received_at
    if goes_on(waiting, letter, at):
        letter = Letter.from_draft(waiting).joined(letter).bounded(talk)
        talk.news = plain("\n".join(letter.left_out)) if letter.left_out else None
    letter = replace(letter, left_out=())
    await talk.dialogue.update_data({DRAFT: letter.as_draft(at)})
    return letter


async def _send_draft(talk: Talk, draft: Any) -> None:
    if not draft:
        await talk.go(Place.DIRECT_LINE, news=talk.say(N_("This was sent already. You can write more.")))
        return
    await talk.dialogue.update_data(draft=None)
    letter = Letter.from_draft(draft)
    here = [await asyncio.to_thread(has_content, talk.files, file.key) for file in letter.files]
    if not all(here):
        # Nothing points to a file that was never sent, so it is swept after a day.
        await talk.go(
            Place.DIRECT_LINE, news=talk.say(N_("The file has waited too long. Send it once more."))
        )
        return
    await send_letter(talk, letter)


async def _open_conversation(talk: Talk) -> Conversation | None:
    found = await talk.ask(conversations_of, citizen_id=talk.person.id, limit=5)
    here = [one for one in found if one.territory_id == talk.home_id]
    return next((one for one in here if one.status is not ConversationStatus.RESOLVED), None)


FLOW = Flow(places={Place.DIRECT_LINE: show_direct_line}, hears={WRITING: hear_message})
