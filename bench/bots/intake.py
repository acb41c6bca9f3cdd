"""Updates a CPU-second: through our whole stack, and through bare aiogram with the state in memory."""

import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from aiogram import Bot, Dispatcher, Router
from aiogram.fsm.context import FSMContext
from aiogram.fsm.storage.memory import MemoryStorage, SimpleEventIsolation
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Update

from bench.bots.messenger import Counting, CountingSession
from bench.bots.town import SECRET, BenchTown
from bots.process import Conversations
from core.store import waiting_updates
from messengers import Carrier, keep_updates

# As many as one getUpdates brings.
BATCH = 100

Raw = dict[str, Any]


async def ours(town: BenchTown, updates: list[Raw]) -> float:
    """Updates a CPU-second through inbox, lanes, middlewares, dialogue and core.

    Raises: RuntimeError if an update is left over or nothing was shown for it.
    """
    port = Counting()
    conversations = Conversations(
        town.database, [port], secret_key=SECRET, public_url="https://town.example", files=Path("files")
    )

    async def work() -> None:
        for start in range(0, len(updates), BATCH):
            await town.database.run_async(
                keep_updates, carrier=Carrier.TELEGRAM, updates=updates[start : start + BATCH]
            )
            await conversations.lanes.drain()

    rate = await _rate(work, len(updates))
    left = await town.database.read_async(waiting_updates, carriers=["telegram"])
    if left or port.session.screens != len(updates):
        raise RuntimeError(f"{len(left)} updates left, shown: {dict(port.session.sent)}")
    return rate


async def bare(updates: list[Raw]) -> float:
    """The same updates through a dispatcher of aiogram with memory state that shows a like screen."""
    session = CountingSession()
    bot = Bot("424242:no-network", session=session)
    dispatcher = Dispatcher(storage=MemoryStorage(), events_isolation=SimpleEventIsolation())
    router = Router()
    router.callback_query.register(_show)
    dispatcher.include_router(router)

    async def work() -> None:
        for raw in updates:
            await dispatcher.feed_update(bot, Update.model_validate(raw, context={"bot": bot}))

    rate = await _rate(work, len(updates))
    if session.screens != len(updates):
        raise RuntimeError(f"shown: {dict(session.sent)}")
    return rate


async def _show(query: CallbackQuery, bot: Bot, state: FSMContext) -> None:
    await query.answer()
    await state.set_state(None)
    assert query.message is not None
    rows = [[InlineKeyboardButton(text=f"Кнопка {number}", callback_data=query.data)] for number in range(5)]
    await bot.edit_message_text(
        chat_id=query.message.chat.id,
        message_id=query.message.message_id,
        text="Заречный. Прямой контакт\nВыберите ниже или просто напишите, что случилось.",
        reply_markup=InlineKeyboardMarkup(inline_keyboard=rows),
    )


async def _rate(work: Callable[[], Awaitable[None]], count: int) -> float:
    began = time.process_time()
    await work()
    return count / (time.process_time() - began)
