"""What a messenger does to chats and captions, seen by the sender: a chat is gone, a group has moved."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.chats import open_chat
from core.delivery import DeliveryState, Urgency
from core.identity import identities_of, link_identity
from core.shared.ids import DeliveryId
from core.store import Database
from messengers import ButtonCodec, FileLedger, Limiter, Photo, Rates, RichText, Screen, bold
from notifications import Sent, TelegramSender
from notifications.senders.port import Outcome, Refused
from tests.bots.doors import SECRET
from tests.bots.fake_telegram import TOKEN, FakeTelegram
from tests.notifications.post_office import opened
from tests.notifications.test_misfortunes import answered
from tests.pictures import PNG
from tests.town import ANNA, Town

GROUP, SUPERGROUP = -4001, -1001004001


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as server:
        yield server


async def send(
    database: Database, telegram: FakeTelegram, folder: Path, address: int, screen: Screen
) -> Outcome:
    limiter = Limiter("telegram", Rates(per_second=1000), FileLedger(folder / "limits.sqlite3"))
    sender = TelegramSender(
        database, ButtonCodec(SECRET), token=TOKEN, api_base=telegram.base_url, limiter=limiter
    )
    try:
        return await sender.send(str(address), screen, delivery_id=DeliveryId("d1"), urgency=Urgency.PERSONAL)
    finally:
        await sender.close()
        await limiter.close()


async def test_a_deleted_chat_is_noted_and_the_web_chat_has_the_message(town: Town, tmp_path: Path) -> None:
    async with opened(town, tmp_path / "files") as office:
        # The messenger does not know this chat any more: it answers 400 "chat not found".
        with town.database.transaction() as uow:
            link_identity(uow, person_id=town.people[ANNA], provider="telegram", subject="1001")
            open_chat(uow, carrier="telegram", native_id="1001", person_id=town.people[ANNA])
        topic = answered(office)

        await office.deliver()

        assert office.states(topic) == [DeliveryState.FAILED]
        assert [one.reason for one in office.deliveries(topic) if one.carrier == "telegram"] == ["gone"]
        assert "Яма заделана" in office.in_browser(ANNA)[0].body["text"]
        (way,) = town.database.read(identities_of, person_id=town.people[ANNA])
        assert not way.reachable


async def test_a_group_that_became_a_supergroup_is_followed(
    database: Database, telegram: FakeTelegram, tmp_path: Path
) -> None:
    telegram.user(GROUP, "Двор").chat.moved_to = SUPERGROUP
    there = telegram.user(SUPERGROUP, "Двор")

    outcome = await send(database, telegram, tmp_path, GROUP, Screen(text=bold("Собрание в субботу")))

    assert isinstance(outcome, Sent)
    assert [message.text for message in there.chat.messages] == ["Собрание в субботу"]


async def test_a_group_that_moves_in_circles_ends_known(
    database: Database, telegram: FakeTelegram, tmp_path: Path
) -> None:
    telegram.user(GROUP, "Двор").chat.moved_to = SUPERGROUP
    telegram.user(SUPERGROUP, "Двор").chat.moved_to = GROUP

    outcome = await send(database, telegram, tmp_path, GROUP, Screen(text=bold("Собрание в субботу")))

    assert outcome == Refused("ChatMigrated")


async def test_an_over_long_caption_is_cut_with_its_marks(
    database: Database, telegram: FakeTelegram, tmp_path: Path
) -> None:
    anna = telegram.user(1001, "Анна")
    photo = Photo(content=PNG, file_name="fan.png", alt="Уровень безработицы", key="k")
    # A sign of the other plane is two units of Telegram's count: a cut through it would be refused.
    text = bold("Уровень безработицы") + RichText(" 📈" * 900) + bold("конец")

    outcome = await send(database, telegram, tmp_path, 1001, Screen(text=text, file=photo))

    (shown,) = anna.chat.messages
    assert isinstance(outcome, Sent)
    assert shown.photo == PNG
    assert len(shown.text.encode("utf-16-le")) // 2 <= 1024
    assert shown.text.startswith("Уровень безработицы 📈")
    assert shown.text.endswith("…")
    assert [entity["type"] for entity in shown.entities] == ["bold"]
