"""A second messenger in two taps, two accounts joined only on one's word, unlinking."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.chats import keep_bot_name
from core.identity import LinkExpired, identities_of, is_code, issue_link_code, person
from messengers import Carrier
from tests.bots.doors import MessengerPhone, max_at, phone_at
from tests.bots.test_dialogues import settle_in
from tests.town import ANNA, Town


def providers(town: Town, who: str) -> list[str]:
    return [one.provider for one in town.database.read(identities_of, person_id=town.people[who])]


def _code_with_a_digit(town: Town) -> str:
    """Nine of ten codes are: only such a one is known in small letters, in which any other is a word."""
    while True:
        code = town.database.run(issue_link_code, person_id=town.people[ANNA])
        if any(sign.isdigit() for sign in code):
            return code


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("4F7K ABCD", True),
        ("4f7kabcd", True),
        ("4F7K АВСЕ", True),
        ("ABCDEFGH", True),
        ("abcdefgh", False),
        ("4F7K ABC", False),
        ("4F7K ABCI", False),
        ("Яма на 24", False),
    ],
)
def test_a_code_is_known_however_it_was_typed(text: str, *, known: bool) -> None:
    assert is_code(text) is known


@pytest.mark.parametrize("door", ["telegram", "max", "vk"])
@pytest.mark.parametrize("way", ["command", "code alone"])
async def test_a_code_links_a_messenger_at_once(town: Town, door: str, way: str) -> None:
    code = _code_with_a_digit(town)
    async with phone_at(door, town.database, "Дарья") as phone:
        phone.says(f"/start {code}" if way == "command" else f"{code[:4]} {code[4:]}".lower())
        await phone.sees("Вы подключены: Анна Петрова.")

    assert providers(town, ANNA) == [door]


async def test_a_deep_link_into_max_links_by_the_first_tap(town: Town) -> None:
    code = town.database.run(issue_link_code, person_id=town.people[ANNA])
    async with max_at(town.database) as fake:
        user = fake.user(3001, "Дарья")
        user.starts(code)
        await user.sees("Вы подключены: Анна Петрова.")

    assert providers(town, ANNA) == ["max"]


@pytest.mark.parametrize("door", ["telegram", "max", "vk"])
async def test_a_deep_link_that_has_ended_says_so_and_links_nothing(town: Town, door: str) -> None:
    code = town.database.run(issue_link_code, person_id=town.people[ANNA])
    town.clock.advance(timedelta(minutes=11))
    async with phone_at(door, town.database, "Дарья") as phone:
        phone.says(f"/start {code}")
        await phone.sees(LinkExpired().sentence("ru"))

    assert providers(town, ANNA) == []


async def test_whoever_takes_part_already_is_asked_first(town: Town) -> None:
    poll = town.open_poll("Парк или парковка?", "Парк", "Парковка")
    town.vote(ANNA, poll, "Парк")
    async with phone_at("max", town.database, "Дарья") as phone:
        await settle_in(phone)
        phone.says("/vote")
        await phone.taps("Парк или парковка?")
        await phone.taps("Парковка")
        await phone.sees("Голос принят")
        phone.says("/start " + town.database.run(issue_link_code, person_id=town.people[ANNA]))
        asked = await phone.sees("вас здесь уже есть кабинет.")
        assert "вы — «Дарья», а код от кабинета «Анна Петрова»" in asked.text
        assert providers(town, ANNA) == []

        await phone.taps("Объединить")
        await phone.sees("Вы подключены: Анна Петрова.")
        phone.says("/mydata")
        kept = await phone.sees("Что о вас хранится")

    assert providers(town, ANNA) == ["max"]
    assert town.tally(poll)["Парк"] + town.tally(poll)["Парковка"] == 1
    assert "Имя: Анна Петрова" in kept.text
    assert "Ваших голосов: 1" in kept.text


async def test_the_screen_with_a_code_leads_into_the_other_messengers(town: Town) -> None:
    town.database.run(keep_bot_name, carrier=Carrier.VK, name="fake_town")
    async with phone_at("max", town.database, "Дарья") as phone:
        await settle_in(phone)
        phone.says("/my")
        await phone.taps("Мессенджеры")
        await phone.sees("Ваши мессенджеры: MAX.")
        await phone.taps("Подключить мессенджер")
        shown = await phone.sees("Ваш код:")

    assert shown.labels[0] == "Открыть VK"
    assert "Открыть MAX" not in shown.labels


async def test_the_last_messenger_stays_and_another_one_may_go(town: Town) -> None:
    async with phone_at("max", town.database, "Дарья") as phone:
        await settle_in(phone)
        assert isinstance(phone, MessengerPhone)
        phone.says("/my")
        await phone.taps("Мессенджеры")
        await phone.taps("Отвязать MAX")
        await phone.sees("Отвязать MAX?")
        await phone.taps("Отвязать MAX")
        await phone.sees("Это ваш единственный вход.")

    assert town.database.read(person, person_id=phone.person_id).display_name == "Дарья"
