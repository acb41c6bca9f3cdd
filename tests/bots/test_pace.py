"""The bots' own replies and the senders' messages keep one pace, whichever of them a 429 met."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiogram.exceptions import TelegramRetryAfter

from bots import TelegramCarrier
from bots.engine.lanes import CarrierUnavailable
from core.delivery import Urgency
from core.shared.clock import ManualClock
from core.shared.ids import DeliveryId
from core.store import Database
from messengers import RATES, ButtonCodec, FileLedger, Limiter, Scope, Screen, plain
from notifications import TelegramSender
from notifications.senders.port import Later, Outcome, Sent
from tests.bots.doors import SECRET
from tests.bots.fake_telegram import TOKEN, FakeTelegram

ANNA, BORIS = 1001, 1002


class Town:
    """A bot and a sender at one fake Telegram, each with a limiter of its own over one ledger."""

    def __init__(self, folder: Path, telegram: FakeTelegram, database: Database) -> None:
        def limiter() -> Limiter:
            return Limiter("telegram", RATES["telegram"], FileLedger(folder / "limits.sqlite3"))

        self.telegram = telegram
        self.limiter = limiter()
        self.bot = TelegramCarrier(database, token=TOKEN, api_base=telegram.base_url, limiter=limiter())
        self.sender = TelegramSender(
            database, ButtonCodec(SECRET), token=TOKEN, api_base=telegram.base_url, limiter=limiter()
        )

    async def says(self, chat_id: int) -> None:
        await self.bot.bot.send_message(chat_id, "Здравствуйте")

    async def sends(self, chat_id: int) -> Outcome:
        return await self.sender.send(
            str(chat_id),
            Screen(text=plain("Вам ответили")),
            delivery_id=DeliveryId("d"),
            urgency=Urgency.PERSONAL,
        )


@pytest.fixture
async def at(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Town]:
    database = Database(f"sqlite:///{tmp_path / 'none.db'}", clock=clock)
    async with FakeTelegram() as telegram:
        telegram.user(ANNA, "Анна")
        telegram.user(BORIS, "Борис")
        town = Town(tmp_path, telegram, database)
        yield town
        await town.bot.close()
        await town.sender.close()
    database.close()


async def test_a_pause_that_the_bot_met_is_kept_by_the_sender(at: Town) -> None:
    at.telegram.throttle("sendMessage", retry_after=60, chat_id=ANNA)

    with pytest.raises(TelegramRetryAfter):
        await at.says(ANNA)
    to_anna, to_boris = await at.sends(ANNA), await at.sends(BORIS)

    assert isinstance(to_anna, Later)
    assert not to_anna.tried
    assert isinstance(to_boris, Sent)
    assert at.telegram.impatient == 0


async def test_a_pause_that_the_sender_met_is_kept_by_the_bot(at: Town) -> None:
    at.telegram.throttle("sendMessage", retry_after=60, chat_id=ANNA)
    await at.sends(ANNA)

    with pytest.raises(CarrierUnavailable):
        await at.says(ANNA)
    await at.says(BORIS)

    assert at.telegram.impatient == 0
    assert [effect.chat_id for effect in at.telegram.effects] == [BORIS]


async def test_a_pause_for_all_stops_both(at: Town) -> None:
    await at.limiter.hold(None, 60, scope=Scope.ALL)

    with pytest.raises(CarrierUnavailable):
        await at.says(ANNA)
    to_boris = await at.sends(BORIS)

    assert isinstance(to_boris, Later)
    assert at.telegram.calls == []


async def test_a_wrong_token_stops_all_messages_for_a_while(at: Town) -> None:
    at.telegram.refuse("sendMessage", status=401, description="Unauthorized")

    first, second = await at.sends(ANNA), await at.sends(BORIS)

    assert isinstance(first, Later)
    assert isinstance(second, Later)
    assert len(at.telegram.calls) == 1
