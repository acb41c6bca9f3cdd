"""VK: events by Callback API and by long poll, its keyboards, names asked for once, a screen known again."""

from __future__ import annotations

import json
import random

import aiohttp
import pytest

from bots.carriers.vk_updates import as_bot_api
from bots.engine.lanes import CarrierUnavailable
from core.identity import person
from core.store import Database, waiting_updates
from messengers import Carrier, Entity, RichText, vk_menu, vk_message
from tests.bots.doors import VK_SECRET, MessengerPhone, vk_at, vk_carrier
from tests.bots.fake_vk import GROUP_ID, FakeVk, refused
from tests.bots.hook_server import hook_server
from tests.bots.test_dialogues import settle_in
from tests.bots.test_max import reachable, said_by, until
from tests.pictures import PNG
from tests.town import Town


def waiting(database: Database) -> int:
    return len(database.read(waiting_updates, carriers=["vk"]))


async def test_a_newcomers_name_is_asked_for_once_and_every_tap_is_answered(town: Town) -> None:
    async with vk_at(town.database) as fake:
        user = fake.user(4001, "Дарья")
        user.starts()
        phone = MessengerPhone(town.database, user, "vk")
        await phone.taps("Согласен(на)")
        await phone.taps("Заречный")
        await phone.sees("Ваше место: Заречный")

        assert fake.unanswered == set()
        assert fake.calls.count("users.get") == 1
        assert user.chat.keyboard[0] == ["✉️ Прямая связь", "🗳 Голосования"]
    assert town.database.read(person, person_id=phone.person_id).display_name == "Дарья"


async def test_an_event_without_the_secret_is_refused_and_the_address_confirmed(database: Database) -> None:
    async with (
        hook_server(database, {Carrier.VK: VK_SECRET}, nudge=lambda: None, vk_confirmation="a1b2") as address,
        aiohttp.ClientSession() as session,
    ):
        event = {"type": "message_deny", "event_id": "e", "object": {"user_id": 7}, "group_id": GROUP_ID}
        for secret in ({}, {"secret": "guessed"}, {"secret": "\ud83d"}):
            async with session.post(f"{address}/hooks/vk", json={**event, **secret}) as answer:
                assert answer.status == 403
        async with session.post(f"{address}/hooks/vk", data="[" * 100_000) as answer:
            assert answer.status == 400
        async with session.post(f"{address}/hooks/vk", json={"type": "confirmation"}) as answer:
            assert await answer.text() == "a1b2"
        assert waiting(database) == 0
        async with session.post(f"{address}/hooks/vk", json={**event, "secret": VK_SECRET}) as answer:
            assert await answer.text() == "ok"

    (kept,) = database.read(waiting_updates, carriers=["vk"])
    assert "secret" not in kept.payload


async def test_long_poll_confirms_only_what_is_in_the_inbox_and_outlives_its_key(town: Town) -> None:
    async with FakeVk() as fake:
        fake.user(4001, "Дарья").says("привет")
        carrier = vk_carrier(town.database, fake)
        await carrier._look_whose_token()
        fake.expired_keys = 1
        assert await carrier._fetch() == 0
        assert await carrier._fetch() == 1
        assert (waiting(town.database), fake.waiting) == (1, 1)

        # Of an event in a form that VK has not told of nothing is kept, and what comes with it is.
        fake.push("message_new", {"message": {"peer_id": 4001}})
        fake.user(4001, "Дарья").says("ещё")
        await carrier._fetch()
        await carrier.close()

    assert (waiting(town.database), fake.waiting) == (2, 2)


async def test_events_brought_three_times_and_shuffled_have_each_effect_once(town: Town) -> None:
    async with vk_at(town.database) as fake:
        user = fake.user(4001, "Дарья")
        phone = MessengerPhone(town.database, user, "vk")
        await settle_in(phone)
        await phone.taps("✉️ Прямая связь")
        await phone.sees("Напишите, что случилось")
        events = [user.says(f"сообщение {number}") for number in range(15)]
        for seed in range(2):
            fake.redeliver(events, shuffled_by=random.Random(seed))
        await until(lambda: fake.waiting == 0 and waiting(town.database) == 0)

    assert said_by(town, phone.person_id) == [f"сообщение {number}" for number in range(15)]


async def test_a_screen_whose_answer_was_lost_is_shown_once(town: Town) -> None:
    async with vk_at(town.database) as fake:
        user = fake.user(4001, "Дарья")
        fake.misfortunes.lose_answer("messages.send")
        user.says("/start")
        await user.sees("Ваше согласие")

        greetings = [shown for shown in user.chat.messages if "Здравствуйте" in shown.text]
    assert len(greetings) == 1


async def test_more_buttons_than_vk_takes_are_turned_over(town: Town) -> None:
    for number in range(7):
        town.open_poll(f"Вопрос номер {number} о том, что делать с городским сквером?", "Да", "Нет")
    async with vk_at(town.database) as fake:
        user = fake.user(4001, "Дарья")
        phone = MessengerPhone(town.database, user, "vk")
        await settle_in(phone)
        await phone.taps("🗳 Голосования")
        await until(lambda: "Ещё ▸" in user.chat.screen().labels)
        first = user.chat.screen().labels
        await phone.taps("Ещё ▸")
        await until(lambda: "◂ Раньше" in user.chat.screen().labels)

        second = user.chat.screen().labels
    assert first[-2:] == ["Ещё ▸", "⌂ Меню"]
    assert len([label for label in [*first, *second] if label.startswith("Вопрос")]) == 7


async def test_whoever_forbids_messages_is_not_written_to_until_they_come_back(town: Town) -> None:
    async with vk_at(town.database) as fake:
        user = fake.user(4001, "Дарья")
        phone = MessengerPhone(town.database, user, "vk")
        await settle_in(phone)
        user.stops()
        await until(lambda: not reachable(town, phone))

        user.chat.blocked = False
        user.says("/menu")
        await until(lambda: reachable(town, phone))


async def test_a_name_that_vk_does_not_tell_now_puts_the_event_off(town: Town) -> None:
    async with FakeVk() as fake:
        fake.user(4001, "Дарья").says("привет")
        carrier = vk_carrier(town.database, fake)
        await carrier._look_whose_token()
        await carrier._fetch()
        (event,) = town.database.read(waiting_updates, carriers=["vk"])
        fake.misfortunes.refuse("users.get", refused(10))
        with pytest.raises(CarrierUnavailable):
            await carrier.translate(event)
        update = await carrier.translate(event)
        await carrier.close()

    assert update.message is not None
    assert update.message.from_user is not None
    assert update.message.from_user.first_name == "Дарья"


async def test_a_picture_of_a_person_is_fetched_in_its_largest_size(town: Town) -> None:
    async with FakeVk() as fake:
        event = fake.user(4001, "Дарья").sends_photo(PNG, "Вот яма")
        carrier = vk_carrier(town.database, fake)
        message = as_bot_api(event)["message"]
        fetched = await carrier.bot.download(message["photo"][0]["file_id"])
        await carrier.close()

    assert fetched is not None
    assert (fetched.read(), message["caption"]) == (PNG, "Вот яма")


@pytest.mark.parametrize(
    ("text", "payload", "ref", "heard"),
    [
        pytest.param("Начать", '{"command":"start"}', None, "/start", id="the button"),
        pytest.param("Начать", '{"command":"start"}', "4F7KABCD", "/start 4F7KABCD", id="a deep link"),
        pytest.param("Привет", None, "4F7KABCD", "/start 4F7KABCD", id="a deep link into an old dialogue"),
        pytest.param("Яма на Ленина", None, "4F7KABCD", "Яма на Ленина", id="words are not lost for a link"),
        pytest.param("да", "not json", None, "да", id="a payload of somebody else"),
    ],
)
def test_a_start_and_a_deep_link_are_the_command(
    text: str, payload: str | None, ref: str | None, heard: str
) -> None:
    message = {"from_id": 7, "peer_id": 7, "date": 1, "conversation_message_id": 3, "text": text}
    event = {"type": "message_new", "object": {"message": {**message, "payload": payload, "ref": ref}}}

    assert as_bot_api(event)["message"]["text"] == heard


def test_a_group_is_a_negative_chat_that_is_not_talked_to() -> None:
    message = {"from_id": 7, "peer_id": 2_000_000_005, "date": 1, "conversation_message_id": 3, "text": "да"}

    content = as_bot_api({"type": "message_new", "object": {"message": message}})

    assert content["message"]["chat"] == {"id": -5, "type": "group", "title": "—"}


def test_a_picture_above_a_button_is_told_by_the_button() -> None:
    rows = [[{"text": "Принять", "data": "a.1.s"}]]
    fields = vk_message(RichText("график"), rows, files=["photo1_2"])
    (button,) = json.loads(fields["keyboard"])["buttons"][0]
    tap = {"user_id": 7, "peer_id": 7, "event_id": "e", "conversation_message_id": 3}

    query = as_bot_api(
        {"type": "message_event", "object": {**tap, "payload": json.loads(button["action"]["payload"])}}
    )["callback_query"]

    assert (query["data"], query["id"]) == ("a.1.s", "e:7:7")
    assert query["message"]["photo"]


def test_marks_are_told_by_utf16_offset_and_long_labels_are_cut() -> None:
    fields = vk_menu(
        RichText("🗳 Парк", (Entity("bold", 3, 4),)), [["Очень длинная надпись на кнопке меню города"]]
    )

    assert json.loads(fields["format_data"])["items"] == [{"type": "bold", "offset": 3, "length": 4}]
    (button,) = json.loads(fields["keyboard"])["buttons"][0]
    assert button["action"]["label"] == "Очень длинная надпись на кнопке меню…"
