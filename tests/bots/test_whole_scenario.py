"""One story from first contact to the accepted alert, over each door, ending in the same state."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bots import CarrierPort, Conversations, TelegramCarrier, WebChatCarrier
from core.alerts import alert_card
from core.chats import open_web_chat
from core.contact import conversations_of
from core.identity import person
from core.polls import ballot_of
from core.rooms import stream_of
from core.store import events_after
from messengers import Carrier, hook_secret, webhook
from tests.bots.doors import (
    PUBLIC_URL,
    SECRET,
    VK_SECRET,
    MessengerPhone,
    Nudge,
    Phone,
    WebPhone,
    max_carrier,
    running,
    vk_carrier,
    web_phone,
)
from tests.bots.fake_telegram import TOKEN
from tests.bots.hook_server import hook_server
from tests.notifications.post_office import PostOffice, opened
from tests.town import IVANOV, Town


@dataclass(slots=True)
class Stage:
    """Two phones at one door, and the post office behind them."""

    citizen: Phone
    official: Phone
    office: PostOffice


@asynccontextmanager
async def staged(door: str, town: Town, folder: Path) -> AsyncIterator[Stage]:
    """The newcomer Дарья and the official Иванов, both at this door."""
    nudge, database = Nudge(), town.database
    hooks = {Carrier.MAX: hook_secret(Carrier.MAX, SECRET), Carrier.VK: VK_SECRET}
    async with opened(town, folder) as office, hook_server(database, hooks, nudge=nudge) as address:
        brought = webhook(Carrier.MAX, public_url=address, secret_key=SECRET)
        carriers: list[CarrierPort] = [
            WebChatCarrier(town.database),
            TelegramCarrier(town.database, token=TOKEN, api_base=office.telegram.base_url),
            max_carrier(database, office.max, brought),
            vk_carrier(database, office.vk, brought=True),
        ]
        office.vk.callback = (f"{address}/hooks/vk", VK_SECRET)
        conversations = Conversations(town.database, carriers, secret_key=SECRET, public_url=PUBLIC_URL)
        ivanov_id = town.people[IVANOV]
        if door == "web":
            citizen: Phone = web_phone(town.database, conversations, "Дарья")
            chat = town.database.run(open_web_chat, person_id=ivanov_id)
            official: Phone = WebPhone(town.database, ivanov_id, chat.id, conversations)
        else:
            citizen = MessengerPhone(database, office.fakes[door].user(1001, "Дарья"), door)
            official = MessengerPhone(database, office.links(IVANOV, 2001, door), door)
        nudge.wake = conversations.wake
        async with running(conversations):
            yield Stage(citizen, official, office)


@dataclass(frozen=True, slots=True)
class EndState:
    """What is left in the domain when the story is over."""

    lives_here: bool
    said: tuple[tuple[str, str], ...]
    vote: str
    alert_taken_by: str | None


async def play(stage: Stage, town: Town) -> EndState:
    """The story: first contact, consent, place, message, answer, vote, changed vote, alert."""
    poll = town.open_poll("Парк или парковка?", "Парк", "Парковка")
    citizen, official, office = stage.citizen, stage.official, stage.office

    citizen.says("/start")
    await citizen.taps("Согласен(на)")
    await citizen.taps("Заречный")
    await citizen.sees("Ваше место: Заречный")

    await citizen.taps("✉️ Прямая связь")
    await citizen.sees("Напишите, что случилось")
    citizen.says("Яма на Ленина, 12")
    await citizen.sees("Принято: МС-2027-000001")
    (conversation,) = town.database.read(conversations_of, citizen_id=citizen.person_id)
    office.answer(IVANOV, conversation.id, "Заделаем завтра.")
    await office.deliver()
    await citizen.sees("Заделаем завтра.")
    await citizen.taps("Написать ещё")
    await citizen.sees("Открыт разговор МС-2027-000001")
    citizen.says("Спасибо")
    await citizen.sees("Добавлено к МС-2027-000001")

    citizen.says("/vote")
    await citizen.taps("Парк или парковка?")
    await citizen.taps("Парковка")
    await citizen.sees("Голос принят: Парковка")
    await citizen.taps("Парк")
    await citizen.sees("Голос изменён")

    alert_id = office.alert()
    office.picture(alert_id)
    await office.deliver()
    await official.taps("Принять")
    await official.sees("Вы приняли оповещение")
    await office.deliver()
    await official.sees("Иван Иванов, 12:00")

    events = town.database.read(events_after, stream=stream_of(conversation.room_id), seq=0)
    chosen = town.database.read(ballot_of, poll_id=poll.id, person_id=citizen.person_id)
    taken_by = town.database.read(alert_card, alert_id=alert_id).alert.acknowledged_by
    return EndState(
        lives_here=town.database.read(person, person_id=citizen.person_id).home_id == town.territory.id,
        said=tuple((event.body["side"], event.body["text"]) for event in events),
        vote=next(option.text for option in poll.options if option.id == chosen),
        alert_taken_by=None
        if taken_by is None
        else town.database.read(person, person_id=taken_by).display_name,
    )


@pytest.mark.parametrize("door", ["web", "telegram", "max", "vk"])
async def test_the_story_ends_in_the_same_state_at_every_door(town: Town, tmp_path: Path, door: str) -> None:
    async with staged(door, town, tmp_path) as stage:
        left = await play(stage, town)

    assert left == EndState(
        lives_here=True,
        said=(("citizen", "Яма на Ленина, 12"), ("official", "Заделаем завтра."), ("citizen", "Спасибо")),
        vote="Парк",
        alert_taken_by=IVANOV,
    )
