"""Buttons that are old, forged or somebody else's; commands; the way out of everything."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from bots.build import build_routes
from bots.flows.routes import Routes
from core.alerts import UnknownAlert, alert_card
from core.identity import Assurance, LinkExpired, identities_of, issue_link_code, person
from core.polls import PollClosedForVotes
from core.shared.ids import PersonId
from core.store import Database
from messengers import AcceptAlert, ButtonCodec, ChannelPolicy, Open, OpenBelow, Place, Turn, Vote
from messengers.buttons import _LETTERS
from tests.bots.doors import (
    SECRET,
    MessengerPhone,
    phone_at,
    running,
    telegram_conversations,
    web_conversations,
    web_phone,
)
from tests.bots.fake_telegram import FakeTelegram
from tests.bots.test_dialogues import settle_in
from tests.notifications.post_office import opened
from tests.town import IVANOV, Town

CODEC = ButtonCodec(SECRET)


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """One kind of database: words and rights do not depend on it, the story and the lanes run on both."""
    path = tmp_path / "strategy24.db"
    path.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{path}"


@pytest.fixture
async def telegram() -> AsyncIterator[FakeTelegram]:
    async with FakeTelegram() as server:
        yield server


@pytest.mark.parametrize(
    "data",
    [
        pytest.param("v.x.y.AAAAAAAA", id="made up"),
        pytest.param(ButtonCodec("another secret").encode(Open(Place.MENU)), id="of another installation"),
        pytest.param("❤" * 10, id="not even letters"),
    ],
)
async def test_a_forged_button_is_refused_in_words(town: Town, data: str) -> None:
    conversations = web_conversations(town.database)
    async with running(conversations):
        phone = web_phone(town.database, conversations, "Дарья")
        phone.says("/start")
        await phone.sees("Ваше согласие")
        phone.presses(2, data)

        shown = await phone.sees("Эта кнопка сделана не здесь или устарела")

    assert "⌂ Меню" in shown.labels


async def test_a_citizen_cannot_take_an_alert_with_a_genuine_button(town: Town, tmp_path: Path) -> None:
    async with opened(town, tmp_path) as office:
        alert_id = office.alert()
    conversations = web_conversations(town.database)
    async with running(conversations):
        phone = web_phone(town.database, conversations, "Дарья")
        await settle_in(phone)
        phone.presses(2, CODEC.encode(AcceptAlert(alert_id)))
        await phone.sees(UnknownAlert().sentence("ru"))

    assert town.database.read(alert_card, alert_id=alert_id).alert.acknowledged_by is None


async def test_a_button_of_a_poll_that_is_over_says_so(town: Town) -> None:
    poll = town.open_poll()
    conversations = web_conversations(town.database)
    async with running(conversations):
        phone = web_phone(town.database, conversations, "Дарья")
        await settle_in(phone)
        town.clock.at = poll.closes_at
        phone.presses(2, CODEC.encode(Vote(poll.id, poll.options[0].id)))
        shown = await phone.sees(PollClosedForVotes().sentence("ru"))

    assert "⌂ Меню" in shown.labels
    assert sum(town.tally(poll).values()) == 0


async def test_a_vote_wanted_before_the_consent_is_cast_after_it(town: Town) -> None:
    poll = town.open_poll()
    conversations = web_conversations(town.database)
    async with running(conversations):
        phone = web_phone(town.database, conversations, "Дарья")
        phone.says("/start")
        await phone.taps("Не сейчас")
        await phone.taps("Заречный")
        await phone.taps("🗳 Голосования")
        await phone.taps("Парк или парковка?")
        await phone.taps("Парковка")
        await phone.sees("Ваше согласие")
        await phone.taps("Согласен(на)")
        await phone.sees("Голос принят: Парковка")

    assert town.tally(poll)["Парковка"] == 1


async def test_words_out_of_the_blue_are_sent_with_one_tap(town: Town) -> None:
    async with phone_at("telegram", town.database, "Дарья") as phone:
        await settle_in(phone)
        phone.says("На Ленина, 12 нет света")
        await phone.sees("Отправить это власти?")
        await phone.taps("Отправить")
        await phone.sees("Принято: МС-2027-000001")


async def test_a_newcomer_who_begins_with_a_report_does_not_write_it_twice(town: Town) -> None:
    async with phone_at("telegram", town.database, "Дарья") as phone:
        phone.says("На Ленина, 12 нет света")
        await phone.taps("Согласен(на)")
        await phone.taps("Заречный")
        await phone.taps("Отправить")
        await phone.sees("Принято: МС-2027-000001")


@pytest.mark.parametrize("word", ["/отмена", "/cancel", "/CANCEL@fake_bot"])
async def test_cancel_leaves_whatever_was_begun(town: Town, word: str) -> None:
    async with phone_at("telegram", town.database, "Дарья") as phone:
        await settle_in(phone)
        await phone.taps("✉️ Прямая связь")
        await phone.sees("Напишите, что случилось")
        phone.says(word)
        await phone.sees("Прервано. Ничего не отправлено.")
        phone.says("это уже не сообщение")
        await phone.sees("Отправить это власти?")


async def test_the_place_may_be_typed(town: Town) -> None:
    async with phone_at("telegram", town.database, "Дарья") as phone:
        phone.says("/start")
        await phone.taps("Согласен(на)")
        await phone.sees("Где вы живёте?")
        phone.says("Нигдевск")
        await phone.sees("Такого места здесь пока нет")
        phone.says(" зАречный ")
        await phone.sees("Ваше место: Заречный")


async def test_a_code_from_the_site_connects_the_messenger_once(town: Town) -> None:
    code = town.database.run(issue_link_code, person_id=town.people[IVANOV])
    async with FakeTelegram() as server:
        first, second = server.user(2001, "Иван"), server.user(2002, "Чужой")
        async with running(telegram_conversations(town.database, server)):
            first.says(f"/start {code}")
            await first.sees("Вы подключены: Иван Иванов")
            second.says(f"/start {code}")
            await second.sees(LinkExpired().sentence("ru"))

    identities = town.database.read(identities_of, person_id=town.people[IVANOV])
    assert [one.subject for one in identities if one.provider == "telegram"] == ["2001"]


async def test_an_alert_reaches_a_messenger_that_was_connected_just_now(town: Town, tmp_path: Path) -> None:
    code = town.database.run(issue_link_code, person_id=town.people[IVANOV])
    async with opened(town, tmp_path) as office:
        ivanov = office.telegram.user(2001, "Иван")
        async with running(telegram_conversations(town.database, office.telegram)):
            ivanov.says(f"/start {code}")
            await ivanov.sees("Вы подключены: Иван Иванов")
        office.picture(office.alert())
        await office.deliver()

    assert ivanov.chat.screen().photo is not None


async def test_the_account_changes_language_and_takes_the_consent_back(town: Town) -> None:
    async with phone_at("telegram", town.database, "Дарья") as phone:
        await settle_in(phone)
        phone.says("/my")
        shown = await phone.sees("Согласие: дано")
        assert "Открыть кабинет на сайте" in shown.labels
        await phone.taps("Открыть кабинет на сайте")
        await phone.sees("Ссылка на сайт готова")
        await phone.taps("‹ Назад")
        await phone.taps("Отозвать согласие")
        await phone.taps("Да, отозвать")
        await phone.sees("Согласие отозвано")
        await phone.taps("Сменить язык")
        await phone.taps("English")
        await phone.sees("We speak English now.")

    left = town.database.read(person, person_id=phone.person_id)
    assert (left.language, left.assurance) == ("en", Assurance.VISITOR)


async def test_a_sticker_is_answered_honestly(town: Town, telegram: FakeTelegram) -> None:
    user = telegram.user(1001, "Дарья")
    async with running(telegram_conversations(town.database, telegram)):
        await settle_in(MessengerPhone(town.database, user))
        shown = user.chat.messages[0]
        message = telegram.message_json(user, shown)
        del message["text"]
        telegram.push({"message": {**message, "sticker": _STICKER}})
        await user.sees("Здесь читаются слова, фото, документы и места на карте")


async def test_every_tap_is_answered_before_anything_else(town: Town, telegram: FakeTelegram) -> None:
    user = telegram.user(1001, "Дарья")
    async with running(telegram_conversations(town.database, telegram)):
        await settle_in(MessengerPhone(town.database, user))

    assert telegram.unanswered_queries == set()
    assert [effect.method for effect in telegram.effects] == [
        "sendMessage",
        "sendMessage",
        "answerCallbackQuery",
        "editMessageText",
        "answerCallbackQuery",
        "sendMessage",
    ]


async def test_under_a_notice_only_policy_the_bot_says_that_it_hears_nothing_and_where_to_write(
    town: Town, telegram: FakeTelegram
) -> None:
    user = telegram.user(1001, "Дарья")
    policy = ChannelPolicy.INBOUND_NOTICE_ONLY
    async with running(telegram_conversations(town.database, telegram, policy=policy)):
        user.says("Яма на Ленина, 12")
        shown = await user.sees("написанного здесь власть не видит. Напишите нам на сайте")

    assert shown.labels == ["Открыть кабинет"]


async def test_a_person_who_blocked_the_bot_is_noted_and_comes_back(
    town: Town, telegram: FakeTelegram
) -> None:
    user = telegram.user(1001, "Дарья")
    async with running(telegram_conversations(town.database, telegram)):
        await settle_in(MessengerPhone(town.database, user))
        who = MessengerPhone(town.database, user).person_id
        user.chat.blocked = True
        user.says("/menu")
        await _until(lambda: not _reachable(town.database, who))
        user.chat.blocked = False
        user.says("/help")
        await user.sees("/obr")
        await _until(lambda: _reachable(town.database, who))


async def test_a_short_throttling_only_delays_the_screen(town: Town, telegram: FakeTelegram) -> None:
    user = telegram.user(1001, "Дарья")
    telegram.throttle("sendMessage", retry_after=1)
    async with running(telegram_conversations(town.database, telegram)):
        user.says("/start")
        await user.sees("Ваше согласие")

    assert telegram.impatient == 0


async def test_a_messenger_that_breaks_down_gets_the_screen_when_it_is_back(
    town: Town, telegram: FakeTelegram
) -> None:
    user = telegram.user(1001, "Дарья")
    telegram.refuse("sendMessage", status=502, description="Bad Gateway", times=4)
    async with running(telegram_conversations(town.database, telegram)):
        user.says("/start")
        await user.sees("Ваше согласие")


def test_every_place_and_every_action_leads_somewhere() -> None:
    routes: Routes = build_routes()

    assert set(routes.places) == set(Place)
    assert set(routes.actions) | {Open, OpenBelow, Turn} == set(_LETTERS.values())


_STICKER = {
    "file_id": "s",
    "file_unique_id": "s",
    "type": "regular",
    "width": 1,
    "height": 1,
    "is_animated": False,
    "is_video": False,
}


async def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if condition():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("did not come true")


def _reachable(database: Database, who: PersonId) -> bool:
    identities = database.read(identities_of, person_id=who)
    return all(one.reachable for one in identities)
