"""What a messenger may carry × the messenger: the bot's replies and the authority's answer alike."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from bots import CarrierPort, Conversations, TelegramCarrier, WebChatCarrier, process
from core.chats import open_web_chat
from messengers import Carrier, ChannelPolicy
from tests.bots.doors import (
    FILES,
    PUBLIC_URL,
    SECRET,
    MessengerPhone,
    Phone,
    WebPhone,
    max_carrier,
    running,
    vk_carrier,
)
from tests.bots.fake_phone import FakeUser
from tests.bots.fake_telegram import TOKEN, FakeTelegram
from tests.bots.killable import sending, start
from tests.core.test_channels import administered, choose
from tests.notifications.post_office import PostOffice, opened
from tests.town import ANNA, IVANOV, Town

FULL, NOTICE, OFF = ChannelPolicy
REPLY, ANSWER = "Выберите ниже или просто напишите, что случилось", "Заделаем завтра."
REPLY_NOTICE = "В этом мессенджере мы не отвечаем"
ANSWER_NOTICE = "Для вас есть новое"


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """One kind of database: a policy does not depend on it."""
    path = tmp_path / "strategy24.db"
    path.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{path}"


@asynccontextmanager
async def annas_phone(
    town: Town, folder: Path, door: str, policy: ChannelPolicy
) -> AsyncIterator[tuple[Phone, PostOffice]]:
    """Anna at a door whose messenger is under a policy; the web chat is hers besides."""
    database = town.database
    async with opened(town, folder, policy=policy) as office:
        carriers: dict[str, Callable[[], CarrierPort]] = {
            "web": WebChatCarrier,
            "telegram": lambda: TelegramCarrier(database, token=TOKEN, api_base=office.telegram.base_url),
            "max": lambda: max_carrier(database, office.max),
            "vk": lambda: vk_carrier(database, office.vk),
        }
        conversations = Conversations(
            database,
            [carriers[door]()],
            secret_key=SECRET,
            public_url=PUBLIC_URL,
            files=FILES,
            policies={Carrier(door): policy} if door != "web" else None,
        )
        anna = town.people[ANNA]
        chat = database.run(open_web_chat, person_id=anna)
        phone: Phone = WebPhone(database, anna, chat.id, conversations)
        if door != "web":
            phone = MessengerPhone(database, office.links(ANNA, 1001, door), door)
        async with running(conversations):
            yield phone, office


async def not_taken(town: Town) -> None:
    """What people write into a messenger that is switched off is not even fetched."""
    await asyncio.sleep(0.5)
    with town.database.reading() as reading:
        assert reading.session.execute(text("SELECT count(*) FROM inbox")).scalar_one() == 0


async def settled(town: Town) -> None:
    """Wait until the bot has done with an update, whether it says something or not."""
    done = text("SELECT count(*) FROM inbox WHERE settled_at IS NOT NULL")
    for _ in range(1500):
        with town.database.reading() as reading:
            if reading.session.execute(done).scalar_one():
                return
        await asyncio.sleep(0.02)
    raise AssertionError("no update was settled")


async def test_a_policy_is_changed_while_people_write_without_a_restart(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "LOOK_AGAIN_S", 0.02)
    policies = {Carrier.TELEGRAM: OFF}
    async with FakeTelegram() as telegram:
        carrier = TelegramCarrier(town.database, token=TOKEN, api_base=telegram.base_url)
        conversations = Conversations(
            town.database, [carrier], secret_key=SECRET, public_url=PUBLIC_URL, files=FILES, policies=policies
        )
        anna = telegram.user(1001, ANNA)
        async with running(conversations):
            anna.says("/start")
            await asyncio.sleep(0.3)
            closed = ([*telegram.calls], telegram.unconfirmed)
            policies[Carrier.TELEGRAM] = FULL
            await anna.sees("Здравствуйте")
            policies[Carrier.TELEGRAM] = NOTICE
            anna.says("/menu")
            await anna.sees(REPLY_NOTICE)
            policies[Carrier.TELEGRAM] = OFF
            await asyncio.sleep(0.3)
            anna.says("/menu")
            await asyncio.sleep(0.3)

    # Switched off, the messenger was not even asked.
    assert closed == ([], 1)
    assert telegram.unconfirmed == 1


async def said_next(anna: FakeUser, ask: Callable[[], object]) -> str:
    """What the bot or the authority says to it."""
    before = len(anna.chat.messages) + 1
    ask()
    for _ in range(3000):
        said = [shown.text for shown in anna.chat.messages[before - 1 :] if shown.from_bot]
        if said:
            return said[0]
        await asyncio.sleep(0.01)
    raise AssertionError(f"nothing was said:\n{anna.chat.dialogue()}")


@pytest.mark.long
async def test_a_policy_chosen_in_one_process_holds_in_those_of_the_bots_and_of_the_sender(
    town: Town, database_url: str, tmp_path: Path
) -> None:
    administered(town)
    async with opened(town, tmp_path) as office:
        anna = office.links(ANNA, 1001)
        written = office.message(ANNA, "Яма на Ленина, 12")

        def the_authority_answers() -> None:
            office.answer(IVANOV, written.conversation_id, ANSWER)
            office.relay()

        asks = {REPLY: (lambda: anna.says("/menu")), ANSWER: the_authority_answers}
        notices = {REPLY: REPLY_NOTICE, ANSWER: ANSWER_NOTICE}
        talker = start(database_url, office.telegram.base_url, tmp_path)
        with sending(database_url, office.telegram.base_url, tmp_path):
            full = {words: await said_next(anna, ask) for words, ask in asks.items()}
            choose(town, NOTICE)
            for words, ask in asks.items():
                while notices[words] not in await said_next(anna, ask):
                    pass
            held = {words: await said_next(anna, ask) for words, ask in asks.items()}
        await asyncio.to_thread(talker.kill)

    assert [words in said for words, said in full.items()] == [True, True]
    assert [notices[words] in said for words, said in held.items()] == [True, True]


@pytest.mark.parametrize("policy", [FULL, NOTICE, OFF])
@pytest.mark.parametrize("door", ["web", "telegram", "max", "vk"])
async def test_a_messenger_carries_what_its_policy_lets_it(
    town: Town, tmp_path: Path, door: str, policy: ChannelPolicy
) -> None:
    lets = FULL if door == "web" else policy
    async with annas_phone(town, tmp_path, door, policy) as (phone, office):
        written = office.message(ANNA, "Яма на Ленина, 12")
        office.answer(IVANOV, written.conversation_id, ANSWER)
        await office.deliver()
        phone.says("/menu")
        await (not_taken(town) if lets is OFF else settled(town))
    said = phone.dialogue()
    in_browser = [event.body["text"] for event in office.in_browser(ANNA)]

    assert (REPLY in said, ANSWER in said) == (lets is FULL, lets is FULL)
    assert (REPLY_NOTICE in said, ANSWER_NOTICE in said) == (lets is NOTICE, lets is NOTICE)
    assert (said.count("Бот:") == 0) == (lets is OFF)
    assert any(ANSWER in words for words in in_browser)
