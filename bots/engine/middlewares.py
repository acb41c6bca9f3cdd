"""What happens around every handler: the tap is answered, the person known, a refusal said in words."""

import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiogram import BaseMiddleware
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError
from aiogram.methods import AnswerCallbackQuery
from aiogram.types import CallbackQuery, Message, TelegramObject

from bots.engine.scope import current_scope
from bots.engine.talk import HomeNeeded, Talk, Tapped
from core.identity import ConsentNeeded
from core.shared.errors import DomainError, RefusalKind
from core.shared.language import N_
from messengers import (
    Action,
    ButtonCodec,
    Carrier,
    ChannelPolicy,
    Link,
    Policies,
    Screen,
    Site,
    plain,
)

log = logging.getLogger(__name__)

Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]
Front = Callable[[Talk], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What all conversations of this process share."""

    codec: ButtonCodec
    site: Site
    policies: Policies
    perform: Callable[[Talk, Action], Awaitable[None]]
    # The folder of stored files: photos that people send.
    files: Path


class AnswerTaps(BaseMiddleware):
    """Answers a tap before anything else, so that the button stops turning at once.

    Messengers wait a few seconds at most; what the tap did is said by the screen that follows.
    """

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        """Answer, then go on; a replayed tap is too old to be answered, which is no harm.

        Nor is it that whoever tapped has blocked us since: what they asked for is done.
        """
        if isinstance(event, CallbackQuery):
            with suppress(TelegramBadRequest, TelegramForbiddenError):
                await data["bot"](AnswerCallbackQuery(callback_query_id=event.id))
        return await handler(event, data)


class TakeTheFloor(BaseMiddleware):
    """Puts a ``Talk`` into the handler's hands: the person, their words, the one way to show a screen."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        """Build the talk; events outside a private chat are passed over."""
        place = _place(event)
        if place is None:
            return None
        scope = current_scope.get()
        data["talk"] = Talk(
            bot=data["bot"],
            carrier=Carrier(scope.update.carrier),
            chat_id=place[0],
            viewer=scope.meeting.viewer,
            scope=scope,
            codec=self._house.codec,
            site=self._house.site,
            dialogue=data["state"],
            perform=self._house.perform,
            files=self._house.files,
            tapped=place[1],
        )
        return await handler(event, data)


def _place(event: TelegramObject) -> tuple[int, Tapped | None] | None:
    """Chat and tapped message of an event in a private chat."""
    if isinstance(event, Message):
        return (event.chat.id, None) if event.chat.type == "private" else None
    if (
        isinstance(event, CallbackQuery)
        and event.message is not None
        and event.message.chat.type == "private"
    ):
        shown = event.message
        has_file = isinstance(shown, Message) and bool(shown.photo or shown.document)
        return shown.chat.id, Tapped(message_id=shown.message_id, has_file=has_file)
    return None


class KeepToThePolicy(BaseMiddleware):
    """In a messenger that may carry no answers, says only where the answer is."""

    def __init__(self, house: House) -> None:
        self._house = house

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        """Go on under a full policy, say the notice under the lesser one, say nothing where all is off."""
        talk: Talk = data["talk"]
        policy = self._house.policies.get(talk.carrier, ChannelPolicy.OFF)
        if policy is ChannelPolicy.FULL:
            return await handler(event, data)
        if policy is ChannelPolicy.OFF:
            return None
        button = Link(talk.say(N_("Open my account")), talk.site.address("chat"))
        # Nothing of it is kept, so nobody must wait for an answer to it.
        text = N_(
            "We do not answer in this messenger, and nobody reads what is written here. Write to us in your "
            "account on the site: the answer comes there."
        )
        await talk.show(Screen(text=plain(talk.say(text)), buttons=((button,),)), ways_out=False)
        return None


class SayRefusals(BaseMiddleware):
    """Turns an expected refusal into a screen with its reason and a way on."""

    def __init__(self, *, ask_consent: Front, ask_home: Front) -> None:
        self._ask_consent = ask_consent
        self._ask_home = ask_home

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        """Go on; a refusal of core becomes words, a store that is away becomes a later attempt."""
        talk: Talk = data["talk"]
        try:
            if isinstance(event, CallbackQuery):
                talk.action = talk.codec.decode(event.data or "")
            return await handler(event, data)
        except ConsentNeeded:
            await self._ask_consent(talk)
        except HomeNeeded:
            await self._ask_home(talk)
        except DomainError as refusal:
            if refusal.kind is RefusalKind.UNAVAILABLE:
                raise
            log.info("request_refused code=%s update=%s", refusal.code, talk.scope.key)
            await talk.show(Screen(text=plain(refusal.sentence(talk.language))))
        return None
