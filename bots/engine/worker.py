"""What is done with one update: meet the person, feed the dispatcher, settle the row."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass

from aiogram import Dispatcher
from aiogram.exceptions import (
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.types import Chat, TelegramObject, Update, User

from bots.engine.lanes import CarrierUnavailable
from bots.engine.meeting import Account, Meeting, meet, meet_in_browser, part
from bots.engine.port import CarrierPort
from bots.engine.scope import UpdateScope, current_scope
from core.chats import Dialogue
from core.identity import mark_unreachable
from core.shared.ids import ChatId
from core.shared.language import as_language
from core.store import Database, GroupCommit, GroupRead, WaitingUpdate
from messengers import Carrier

# The operator has to mend the token; until then every answer would only knock in vain.
WRONG_TOKEN_PAUSE_S = 60.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Heard:
    """What somebody has said or tapped, as the dispatcher takes it."""

    kind: str
    event: TelegramObject
    chat: Chat
    user: User


class Worker:
    """Works on one inbox row at a time, whatever carrier it came by."""

    def __init__(
        self, database: Database, dispatcher: Dispatcher, carriers: Mapping[Carrier, CarrierPort]
    ) -> None:
        self._database = database
        self._dispatcher = dispatcher
        self._carriers = carriers
        self._reads = GroupRead(database)
        self._writes = GroupCommit(database)

    async def __call__(self, waiting: WaitingUpdate) -> None:
        """Work the update through. Raises: CarrierUnavailable to have it tried later."""
        port = self._carriers[Carrier(waiting.carrier)]
        update = await port.translate(waiting)
        heard = _heard(update)
        if heard is None:
            await self._leave_alone(port.carrier, waiting, update)
            return
        meeting = await self._meeting(port.carrier, waiting, heard.user)
        scope = UpdateScope(waiting, self._database, self._reads, self._writes, meeting)
        token = current_scope.set(scope)
        try:
            await self._feed(port, heard)
        finally:
            current_scope.reset(token)
        await self._settle(waiting, meeting.chat.id, scope.dialogue_left)

    async def _settle(self, waiting: WaitingUpdate, chat_id: ChatId | None, left: Dialogue | None) -> None:
        """Settle the row; those of other chats that end meanwhile share its commit."""
        await self._writes.write(lambda uow: part(uow, row=waiting.row, chat_id=chat_id, dialogue_now=left))

    async def _feed(self, port: CarrierPort, heard: _Heard) -> None:
        state = self._dispatcher.fsm.get_context(port.bot, chat_id=heard.chat.id, user_id=heard.user.id)
        try:
            # Not by `feed_update`: its chain finds out once more who writes and where the talk stands.
            await self._dispatcher.propagate_event(heard.kind, heard.event, bot=port.bot, state=state)
        except TelegramForbiddenError:
            # Blocked between the message and our answer: what was asked for is done, only unseen.
            scope = current_scope.get()
            await self._database.run_async(
                mark_unreachable, provider=port.carrier.value, subject=scope.meeting.chat.native_id
            )
        except TelegramRetryAfter as pause:
            raise CarrierUnavailable(pause.retry_after) from pause
        except TelegramUnauthorizedError as refusal:
            log.exception("token_refused carrier=%s: check the token of this messenger", port.carrier)
            raise CarrierUnavailable(WRONG_TOKEN_PAUSE_S) from refusal
        except (TelegramNetworkError, TelegramServerError) as failure:
            raise CarrierUnavailable from failure

    async def _meeting(self, carrier: Carrier, waiting: WaitingUpdate, user: User) -> Meeting:
        if carrier is Carrier.WEB:
            return await meet_in_browser(self._reads, ChatId(waiting.lane))
        account = Account(
            subject=str(user.id),
            display_name=user.full_name,
            language=as_language(user.language_code),
        )
        return await meet(self._reads, self._writes, carrier, account)

    async def _leave_alone(self, carrier: Carrier, waiting: WaitingUpdate, update: Update) -> None:
        """Nothing was said to us; whoever has blocked us is reached no more."""
        if update.my_chat_member and update.my_chat_member.new_chat_member.status == "kicked":
            subject = str(update.my_chat_member.from_user.id)
            await self._database.run_async(mark_unreachable, provider=carrier.value, subject=subject)
        await self._settle(waiting, None, None)


def _heard(update: Update) -> _Heard | None:
    """What was said or tapped in a private chat; groups are not talked to."""
    message, query = update.message, update.callback_query
    if message is not None and message.chat.type == "private" and message.from_user is not None:
        return _Heard("message", message, message.chat, message.from_user)
    if query is not None and query.message is not None and query.message.chat.type == "private":
        return _Heard("callback_query", query, query.message.chat, query.from_user)
    return None
