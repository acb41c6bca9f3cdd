"""The two doors into all conversations: a message and a tap."""

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from bots.engine.talk import Talk
from bots.engine.words import as_command
from bots.flows import alert_people, asking, direct_line, linking, menu, start
from bots.flows.letters import UNREAD, Letter, letter_of
from bots.flows.routes import Routes
from core.identity import is_code
from core.shared.language import N_
from messengers import Open, Place, Screen, plain

CANCEL = {"cancel", "отмена"}


def open_doors(router: Router, routes: Routes) -> None:
    """Two handlers without a filter, on the dispatcher itself: each further router costs every update."""

    async def on_message(message: Message, talk: Talk) -> None:
        letter = await letter_of(talk, message)
        if letter is not None:
            await _hear_message(talk, routes, message, letter)

    async def on_tap(_query: CallbackQuery, talk: Talk) -> None:
        if talk.action is not None:
            await routes.perform(talk, talk.action)

    router.message.register(on_message)
    router.callback_query.register(on_tap)


async def _hear_message(talk: Talk, routes: Routes, message: Message, letter: Letter) -> None:
    if letter.is_empty:
        await talk.show(Screen(text=plain("\n".join(letter.left_out) or talk.say(UNREAD))))
        return
    if letter.left_out:
        talk.news = plain("\n".join(letter.left_out))
    if letter.files or letter.spot:
        await _hear_letter(talk, letter)
    elif not await _is_note(talk, message, letter.text):
        await hear(talk, routes, letter.text)


async def _is_note(talk: Talk, message: Message, text: str) -> bool:
    """Whether the words were a reply to the message of an alert, which makes them a note on it."""
    # Citizens get no alerts: nothing is looked up for them.
    if message.reply_to_message is None or not talk.viewer.grants or as_command(text) is not None:
        return False
    return await alert_people.hear_reply(talk, message.reply_to_message.message_id, text)


async def _hear_letter(talk: Talk, letter: Letter) -> None:
    if talk.home_id is None:
        await direct_line.keep_first_words(talk, letter)
        await start.welcome_newcomer(talk)
    else:
        await direct_line.hear_letter(talk, letter)


async def hear(talk: Talk, routes: Routes, text: str) -> None:
    """Words: a command, a label of the menu, an answer to what was asked, or out of the blue."""
    command = as_command(text)
    place = menu.COMMANDS.get(command.name) if command else menu.place_said(text)
    if command and command.name == "start":
        await start.begin(talk, command.argument)
    elif command and command.name in CANCEL:
        await _cancel(talk)
    elif command and command.name == "help":
        await menu.show_help(talk)
    elif command and command.name in asking.COMMANDS:
        await asking.ask(talk, command.argument)
    elif place is not None:
        talk.action = Open(place)
        await routes.perform(talk, talk.action)
    elif is_code(text):
        await linking.link(talk, text)
    else:
        await _listen(talk, routes, text)


async def _cancel(talk: Talk) -> None:
    await talk.dialogue.clear()
    await talk.go(Place.MENU, news=talk.say(N_("Left. Nothing was sent.")))


async def _listen(talk: Talk, routes: Routes, text: str) -> None:
    state = await talk.dialogue.get_state()
    if state in routes.hears:
        await routes.hears[state](talk, text)
    elif talk.home_id is None:
        await direct_line.keep_first_words(talk, Letter(text))
        await start.welcome_newcomer(talk)
    else:
        await routes.out_of_the_blue(talk, text)
