"""MAX: updates by webhook and by polling, its own way of texts, photos and refusals."""

from __future__ import annotations

import asyncio
import random

import aiohttp
import pytest
from prometheus_client import REGISTRY

from bots.carriers.max_updates import as_bot_api
from bots.carriers.polling import ask_again
from bots.engine import worker
from core.contact import conversations_of
from core.identity import identities_of
from core.rooms import stream_of
from core.shared.ids import PersonId
from core.store import Database, events_after, waiting_updates
from messengers import Carrier, ChannelPolicy, Entity, RichText, Webhook, hook_secret, max_message
from messengers.clients import Blocked, MaxClient, NotSent, TooFast
from tests.bots.doors import SECRET, MessengerPhone, max_at, max_carrier
from tests.bots.fake_max import TOKEN, FakeMax
from tests.bots.fake_max_rules import bad_request
from tests.bots.hook_server import hook_server
from tests.bots.misfortunes import Refusal
from tests.bots.test_dialogues import settle_in
from tests.pictures import PNG
from tests.town import Town


def said_by(town: Town, person_id: PersonId) -> list[str]:
    """What the authority has got from this person."""
    (found,) = town.database.read(conversations_of, citizen_id=person_id)
    events = town.database.read(events_after, stream=stream_of(found.room_id), seq=0)
    return [event.body["text"] for event in events]


def waiting(database: Database) -> int:
    return len(database.read(waiting_updates, carriers=["max"]))


def refused_updates() -> float:
    """Attempts after which an update is nearer to being given up."""
    return REGISTRY.get_sample_value("s24_updates_total", {"carrier": "max", "outcome": "failed"}) or 0.0


async def until(condition: object) -> None:
    for _ in range(1500):
        if condition():  # type: ignore[operator]
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it did not come about")


async def test_start_and_a_deep_link_are_heard_and_every_tap_is_answered(town: Town) -> None:
    async with max_at(town.database) as fake:
        user = fake.user(3001, "Дарья")
        user.starts()
        await user.sees("Здравствуйте")
        await MessengerPhone(town.database, user, "max").taps("Согласен(на)")
        await user.sees("Где вы живёте?")

        assert fake.unanswered == set()
        assert [command["name"] for command in fake.commands][:2] == ["menu", "obr"]


async def test_a_screen_is_replaced_by_the_next_one_where_it_was_tapped(town: Town) -> None:
    async with max_at(town.database) as fake:
        user = fake.user(3001, "Дарья")
        phone = MessengerPhone(town.database, user, "max")
        await settle_in(phone)
        shown = len(user.chat.messages)
        await phone.taps("📈 Показатели")
        await phone.taps("⌂ Меню")
        await until(lambda: user.chat.screen().edits >= 2)

        assert len(user.chat.messages) == shown


async def test_an_update_without_the_secret_is_refused_and_kept_nowhere(database: Database) -> None:
    secret = hook_secret(Carrier.MAX, SECRET)
    async with (
        hook_server(database, {Carrier.MAX: secret}, nudge=lambda: None) as address,
        aiohttp.ClientSession() as session,
    ):
        url, update = f"{address}/hooks/max", {"update_type": "bot_started"}
        for headers in ({}, {"X-Max-Bot-Api-Secret": "guessed"}):
            async with session.post(url, json=update, headers=headers) as answer:
                assert answer.status == 403
        async with session.post(url, data=b"[1]", headers={"X-Max-Bot-Api-Secret": secret}) as answer:
            assert answer.status == 400
        async with session.post(f"{address}/hooks/telegram", json=update) as answer:
            assert answer.status == 404

    assert waiting(database) == 0


async def test_polling_confirms_only_what_is_in_the_inbox(town: Town) -> None:
    async with FakeMax() as fake:
        fake.subscriptions["https://old.example/hooks/max"] = "secret"
        update = fake.user(3001, "Дарья").says("привет")
        carrier = max_carrier(town.database, fake)
        await carrier._take_back()
        assert await carrier._fetch() == 1
        assert (waiting(town.database), fake.waiting) == (1, 1)

        fake.redeliver([update])
        await carrier._fetch()
        await carrier.close()

    assert (waiting(town.database), fake.waiting) == (1, 1)
    assert fake.subscriptions == {}


async def test_a_subscription_that_max_has_ended_is_asked_for_again(town: Town) -> None:
    hook = Webhook("https://kontakt.example/hooks/max", hook_secret(Carrier.MAX, SECRET))
    async with FakeMax() as fake:
        fake.subscriptions["https://old.example/hooks/max"] = "secret"
        carrier = max_carrier(town.database, fake, hook)
        await carrier._have_brought()
        first = dict(fake.subscriptions)
        fake.subscriptions.clear()
        await ask_again(carrier._have_brought, after_s=0)
        await carrier.close()

    assert first == fake.subscriptions == {hook.url: hook.secret}


async def test_updates_brought_three_times_and_shuffled_have_each_effect_once(town: Town) -> None:
    async with max_at(town.database) as fake:
        user = fake.user(3001, "Дарья")
        phone = MessengerPhone(town.database, user, "max")
        await settle_in(phone)
        await phone.taps("✉️ Прямая связь")
        await phone.sees("Напишите, что случилось")
        updates = [user.says(f"сообщение {number}") for number in range(15)]
        for seed in range(2):
            fake.redeliver(updates, shuffled_by=random.Random(seed))
        await until(lambda: fake.waiting == 0 and waiting(town.database) == 0)

    assert said_by(town, phone.person_id) == [f"сообщение {number}" for number in range(15)]


async def test_whoever_stops_the_bot_is_not_written_to_until_they_come_back(town: Town) -> None:
    async with max_at(town.database) as fake:
        user = fake.user(3001, "Дарья")
        phone = MessengerPhone(town.database, user, "max")
        await settle_in(phone)
        user.stops()
        await until(lambda: not reachable(town, phone))

        user.chat.blocked = False
        user.starts()
        await until(lambda: reachable(town, phone))


def reachable(town: Town, phone: MessengerPhone) -> bool:
    (identity,) = town.database.read(identities_of, person_id=phone.person_id)
    return identity.reachable


async def test_a_notice_only_policy_lets_nothing_else_through(town: Town) -> None:
    async with max_at(town.database, policy=ChannelPolicy.INBOUND_NOTICE_ONLY) as fake:
        user = fake.user(3001, "Дарья")
        user.says("Яма на Ленина, 12")
        shown = await user.sees("личном кабинете")

    assert shown.labels == ["Открыть кабинет"]


async def test_a_token_that_max_refuses_and_an_answer_to_a_tap_cost_nobody_their_words(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "WRONG_TOKEN_PAUSE_S", 0.0)
    failed = refused_updates()
    async with max_at(town.database) as fake:
        darya = fake.user(3001, "Дарья")
        fake.misfortunes.refuse("POST /messages", Refusal(401, {"code": "verify.token", "message": "no"}))
        darya.starts()
        await darya.sees("Ваше согласие")
        fake.misfortunes.refuse("POST /answers", Refusal(404, {"code": "not.found", "message": "callback"}))
        darya.taps("Согласен(на)")
        await darya.sees("Спасибо, согласие записано.")

    assert refused_updates() == failed


async def test_a_short_pause_and_a_broken_answer_are_lived_through(town: Town) -> None:
    async with max_at(town.database) as fake:
        user = fake.user(3001, "Дарья")
        slow_down = Refusal(429, {"code": "too.many.requests", "message": "slow"}, {"Retry-After": "1"})
        fake.misfortunes.throttle("POST /messages", slow_down, pause_s=0.9)
        fake.misfortunes.refuse("POST /messages", Refusal(503, {"code": "service.unavailable"}))
        user.says("/start")
        await user.sees("Ваше согласие")

        assert fake.misfortunes.impatient == 0


async def test_the_client_tells_failures_for_good_from_failures_for_now() -> None:
    async with FakeMax() as fake:
        fake.user(3001, "Дарья").chat.blocked = True
        client = MaxClient(token=TOKEN, api_base=fake.base_url)
        with pytest.raises(Blocked):
            await client.send(user_id=3001, message=max_message(RichText("да"), []))
        with pytest.raises(Blocked):
            await client.send(user_id=4, message=max_message(RichText("да"), []))
        fake.misfortunes.refuse("GET /me", Refusal(429, {"code": "too.many.requests"}, {"Retry-After": "7"}))
        with pytest.raises(TooFast) as limit:
            await client.me()
        await client.close()
        nowhere = MaxClient(token=TOKEN, api_base="http://127.0.0.1:9")
        with pytest.raises(NotSent):
            await nowhere.me()
        await nowhere.close()

    assert limit.value.wait_s == 7


async def test_a_picture_that_is_not_ready_is_waited_for_and_then_put_off() -> None:
    async with FakeMax() as fake:
        user = fake.user(3001, "Дарья")
        client = MaxClient(token=TOKEN, api_base=fake.base_url, ready_pauses_s=(0.01, 0.01, 0.01))
        picture = max_message(RichText("график"), [], images=[await client.upload_image(PNG, "chart.png")])
        fake.not_ready = 2
        await client.send(user_id=3001, message=picture)
        fake.misfortunes.refuse("POST /messages", bad_request("later", "attachment.not.ready"), times=4)
        with pytest.raises(NotSent, match=r"attachment\.not\.ready"):
            await client.send(user_id=3001, message=picture)
        await client.close()

    (shown,) = user.chat.messages
    assert (shown.photo, shown.text) == (PNG, "график")


def test_a_contact_is_the_senders_own_only_if_max_says_so() -> None:
    me = {"user_id": 7, "first_name": "Дарья"}

    def shared(owner: int) -> dict[str, object]:
        card = {"vcf_info": "BEGIN:VCARD\nTEL:+79001234567", "max_info": {**me, "user_id": owner}}
        message = {
            "sender": me,
            "recipient": {"chat_type": "dialog"},
            "timestamp": 1,
            "body": {"attachments": [{"type": "contact", "payload": card}]},
        }
        update = {"update_type": "message_created", "message": message}
        contact: dict[str, object] = as_bot_api(update, number=0)["message"]["contact"]
        return contact

    assert shared(7) == {"phone_number": "+79001234567", "first_name": "Дарья", "user_id": 7}
    assert "user_id" not in shared(8)


def test_a_group_is_a_negative_chat_that_is_not_talked_to() -> None:
    message = {
        "sender": {"user_id": 7, "first_name": "Дарья"},
        "recipient": {"chat_type": "chat", "chat_id": 5},
        "timestamp": 1,
        "body": {"text": "всем"},
    }

    content = as_bot_api({"update_type": "message_created", "message": message}, number=0)

    assert content["message"]["chat"] == {"id": -5, "type": "group", "title": "—"}


def test_marks_become_html_and_words_are_never_lost_for_them() -> None:
    marked = RichText("🗳 <Парк> & да", (Entity("bold", 3, 6),))
    wide = RichText("<" * 3000, (Entity("bold", 0, 3000),))

    assert max_message(marked, [])["text"] == "🗳 <b>&lt;Парк&gt;</b> &amp; да"
    assert max_message(wide, []) == {"text": "<" * 3000, "attachments": []}


async def test_a_file_of_a_person_can_be_fetched(town: Town) -> None:
    async with FakeMax() as fake:
        update = fake.user(3001, "Дарья").sends_photo(PNG, "Вот яма")
        carrier = max_carrier(town.database, fake)
        message = as_bot_api(update, number=0)["message"]
        fetched = await carrier.bot.download(message["photo"][0]["file_id"])
        await carrier.close()

    assert fetched is not None
    assert fetched.read() == PNG
    assert message["caption"] == "Вот яма"
