"""What a handler has in hand: who talks, in which words, and the one way to show a screen."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.fsm.context import FSMContext
from aiogram.methods import EditMessageText, SendMessage
from aiogram.types import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    MessageEntity,
    ReplyKeyboardMarkup,
)

from bots.engine.pictures import send_picture
from bots.engine.scope import UpdateScope
from core.files import FILE_LIMIT_MB, FileTooLarge, KeptContent, keep_upload, refuse_too_large, stored_file
from core.identity import (
    PERSONAL_DATA,
    ConsentNeeded,
    Person,
    SignInNeeded,
    Viewer,
    current_consent,
    viewer_of,
)
from core.shared.errors import DomainError
from core.shared.ids import PersonId, TerritoryId
from core.shared.language import DEFAULT_LANGUAGE, N_, Language, translate, translate_plural
from core.store import Database, Reading, UnitOfWork
from messengers import (
    CAPABILITIES,
    Action,
    Button,
    ButtonCodec,
    Carrier,
    Open,
    OpenBelow,
    Photo,
    Place,
    Press,
    RichText,
    Screen,
    Site,
    Turn,
    button_rows,
    in_parts,
    page_of,
    plain,
    rich,
    stacked,
    with_usable_links,
)

P = ParamSpec("P")
R = TypeVar("R")


class HomeNeeded(DomainError):
    """The screen depends on where the person lives; the territory list is shown first."""

    code = "home_needed"
    message = N_("First say where you live.")


class FileNotFetched(DomainError):
    """The messenger does not hand out the file that it has told of."""

    code = "file_not_fetched"
    message = N_("The messenger did not give us the file. Send it once more.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tapped:
    """The message under which a button was tapped."""

    message_id: int
    has_file: bool


@dataclass(slots=True, kw_only=True)
class Talk:
    """One person's turn in one chat."""

    bot: Bot
    carrier: Carrier
    chat_id: int
    viewer: Viewer
    scope: UpdateScope
    codec: ButtonCodec
    site: Site
    dialogue: FSMContext
    perform: Callable[["Talk", Action], Awaitable[None]]
    files: Path
    action: Action | None = None
    tapped: Tapped | None = None
    # The screen that is being shown, and which page of its buttons.
    here: Open | None = None
    page: int = 0
    # A sentence that goes above the next screen: what happened, or why this is another screen.
    news: RichText | None = None

    @property
    def database(self) -> Database:
        """The store."""
        return self.scope.database

    @property
    def person(self) -> Person:
        """Whoever talks. Raises: SignInNeeded."""
        if self.viewer.person is None:
            raise SignInNeeded
        return self.viewer.person

    @property
    def language(self) -> Language:
        """The language of whoever talks."""
        return self.viewer.person.language if self.viewer.person else DEFAULT_LANGUAGE

    @property
    def home_id(self) -> TerritoryId | None:
        """Where the person lives."""
        return self.viewer.person.home_id if self.viewer.person else None

    async def take_file(self, file_id: str, *, name: str, announced_bytes: int | None) -> KeptContent:
        """Keep a file that the person has sent.

        Raises: FileTooLarge, UnwelcomeFile, DamagedPicture, FileNotFetched.
        """
        if self.carrier is Carrier.WEB:
            # The browser has brought it already, and its key is its id.
            found = await self.ask(stored_file, key=file_id)
            return KeptContent(
                key=found.key, media_type=found.media_type, size_bytes=found.size_bytes, name=name
            )
        refuse_too_large(announced_bytes)
        try:
            fetched = await self.bot.download(file_id)
        except TelegramBadRequest as refusal:
            # "file is too big" is Telegram's, "download_too_large" our own clients'.
            too_large = "too big" in refusal.message or "too_large" in refusal.message
            raise FileTooLarge(limit=FILE_LIMIT_MB) if too_large else FileNotFetched from refusal
        content = fetched.read() if fetched is not None else b""
        return await asyncio.to_thread(keep_upload, self.files, content, name=name)

    async def look_again(self) -> None:
        """Read the person anew after something about them has changed."""
        self.viewer = await self.ask(viewer_of, person_id=self.person.id)

    async def look_again_as(self, person_id: PersonId) -> None:
        """The messenger now leads to another person: go on as that one."""
        self.viewer = await self.ask(viewer_of, person_id=person_id)

    async def go(self, place: Place, subject: str = "", *, news: RichText | str | None = None) -> None:
        """Show another screen, perhaps with a sentence above it."""
        if news is not None:
            self.news = plain(news)
        await self.perform(self, Open(place, subject))

    async def need_home(self) -> TerritoryId:
        """Go on only if we know where the person lives. Raises: HomeNeeded."""
        if self.home_id is None:
            raise HomeNeeded
        return self.home_id

    async def need_consent(self) -> None:
        """Go on only with a consent to keep personal data. Raises: ConsentNeeded."""
        state = await self.ask(current_consent, person_id=self.viewer.person_id, kind=PERSONAL_DATA)
        if not state.given:
            raise ConsentNeeded

    def say(self, message: str, **fields: object) -> str:
        """A sentence in the person's language."""
        return translate(self.language, message, **fields)

    def count(self, one: str, many: str, count: int, **fields: object) -> str:
        """A counted sentence in the person's language."""
        return translate_plural(self.language, one, many, count, **fields)

    def rich(self, message: str, **fields: object) -> RichText:
        """A sentence some of whose fields are marked."""
        return rich(self.language, message, **fields)

    async def ask(
        self, query: Callable[Concatenate[Reading, P], R], *args: P.args, **arguments: P.kwargs
    ) -> R:
        """Answer of a core query; what others ask at the same moment is read in the same view."""
        return await self.scope.reads.ask(query, *args, **arguments)

    async def do(
        self,
        command: Callable[Concatenate[UnitOfWork, P], R],
        returns: type[R],
        *args: P.args,
        **arguments: P.kwargs,
    ) -> R:
        """Run a core command, once for this update."""
        return await self.scope.run_once(command, returns, *args, **arguments)

    def ways_out(self, back: Action | None = None, *, lasting: bool = False) -> tuple[Button, ...]:
        """The last row of every screen; under a lasting one it opens the menu below."""
        menu = Press(self.say(N_("⌂ Menu")), OpenBelow(Place.MENU) if lasting else Open(Place.MENU))
        return (menu,) if back is None else (Press(self.say(N_("‹ Back")), back), menu)

    async def show(
        self,
        screen: Screen,
        *,
        back: Action | None = None,
        ways_out: bool = True,
        fresh: bool = False,
        lasting: bool = False,
    ) -> None:
        """Answer with a screen: in place of the tapped one where that can be, else as a new message.

        fresh: leave the tapped message as it is, it is not a screen of the conversation.
        lasting: this message says something that must not be replaced by the next screen.
        """
        last = self.ways_out(back, lasting=lasting) if ways_out else ()
        screen = replace(screen, buttons=self._that_fit(screen.buttons, last))
        if self.news is not None:
            screen = replace(screen, text=stacked(self.news, screen.text, gap="\n\n"))
            self.news = None
        screen = with_usable_links(screen, self.carrier)
        if fresh or not await self._shown_in_place(screen):
            await self._send(screen)
        # One tapped message is replaced once; whatever else this update shows comes below it.
        self.tapped = None

    def _that_fit(
        self, rows: tuple[tuple[Button, ...], ...], last: tuple[Button, ...]
    ) -> tuple[tuple[Button, ...], ...]:
        """The buttons of this page, those that turn it, and the last row."""
        page = page_of(rows, self.page, limits=CAPABILITIES[self.carrier], beside=len(last))
        turns: tuple[Button, ...] = ()
        if page.of > 1:
            if self.here is None:
                raise ValueError(f"more buttons than {self.carrier} takes, on a screen without a place")
            place, subject = self.here.place, self.here.subject
            other = [
                (self.say(N_("◂ Previous")), page.number - 1),
                (self.say(N_("More ▸")), page.number + 1),
            ]
            turns = tuple(
                Press(label, Turn(place, subject, number)) for label, number in other if 0 <= number < page.of
            )
        return (*page.rows, *filter(None, (turns, last)))

    async def _shown_in_place(self, screen: Screen) -> bool:
        limits = CAPABILITIES[self.carrier]
        replaceable = self.tapped is not None and not self.tapped.has_file
        if (
            not replaceable
            or screen.file is not None
            or (screen.keyboard and limits.reply_keyboard)
            or len(screen.text) > limits.text_limit
        ):
            return False
        assert self.tapped is not None  # noqa: S101 - narrows the type after `replaceable`
        try:
            await self.bot(
                EditMessageText(
                    chat_id=self.chat_id,
                    message_id=self.tapped.message_id,
                    text=screen.text.text,
                    entities=as_entities(screen.text),
                    reply_markup=inline_keyboard(screen.buttons, self.codec),
                )
            )
        except TelegramBadRequest as refusal:
            # The same screen again is what was asked for; a message that is gone is replaced by a new one.
            return "not modified" in refusal.message
        return True

    async def _send(self, screen: Screen) -> None:
        for part in in_parts(screen, self.carrier):
            if isinstance(part.file, Photo):
                await self._send_picture(part.file, part)
            else:
                await self._say(part.text, self._markup(part))

    async def _say(
        self, text: RichText, markup: InlineKeyboardMarkup | ReplyKeyboardMarkup | None = None
    ) -> None:
        said, entities = text.text or "…", as_entities(text)
        await self.bot(SendMessage(chat_id=self.chat_id, text=said, entities=entities, reply_markup=markup))

    async def _send_picture(self, photo: Photo, screen: Screen) -> None:
        await send_picture(
            self.bot,
            self.database,
            self.carrier,
            photo,
            chat_id=self.chat_id,
            caption=screen.text.text or None,
            caption_entities=as_entities(screen.text),
            reply_markup=inline_keyboard(screen.buttons, self.codec),
        )

    def _markup(self, screen: Screen) -> InlineKeyboardMarkup | ReplyKeyboardMarkup | None:
        if screen.keyboard and CAPABILITIES[self.carrier].reply_keyboard:
            return reply_keyboard(screen.keyboard)
        return inline_keyboard(screen.buttons, self.codec)


# The same keyboards are drawn again and again, and a button costs aiogram 5 µs.
@lru_cache(maxsize=1024)
def inline_keyboard(rows: tuple[tuple[Button, ...], ...], codec: ButtonCodec) -> InlineKeyboardMarkup | None:
    """Buttons under a message, None where there are none."""
    wire = button_rows(rows, codec)
    if not wire:
        return None
    return InlineKeyboardMarkup(
        inline_keyboard=[
            [InlineKeyboardButton(text=b["text"], callback_data=b.get("data"), url=b.get("url")) for b in row]
            for row in wire
        ]
    )


@lru_cache(maxsize=64)
def reply_keyboard(rows: tuple[tuple[str, ...], ...]) -> ReplyKeyboardMarkup:
    """The lasting menu of labels."""
    keyboard = [[KeyboardButton(text=label) for label in row] for row in rows]
    return ReplyKeyboardMarkup(keyboard=keyboard, resize_keyboard=True, is_persistent=True)


def as_entities(text: RichText) -> list[MessageEntity] | None:
    """Marks in aiogram's form."""
    if not text.entities:
        return None
    return [MessageEntity(type=e.kind, offset=e.offset, length=e.length, url=e.url) for e in text.entities]
