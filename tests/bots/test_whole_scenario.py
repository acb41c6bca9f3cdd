"""One story from first contact to the second messenger, over each door: the same state, the same words.

The words are read aloud in docs/dialogues.md; each door has to say exactly those.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bots import CarrierPort, Conversations, TelegramCarrier, WebChatCarrier
from core.alerts import alert_card
from core.chats import open_web_chat
from core.contact import Conversation, conversations_of
from core.effects import IndicatorEffect, RunPassport, attach_effect_card
from core.files import keep_content, keep_upload, read_content
from core.identity import person
from core.indicators import chart_key, chart_page, order_chart, register_indicators, settle_chart
from core.personal import personal_data
from core.polls import ballot_of
from core.rooms import stream_of
from core.shared.ids import AlertId
from core.store import events_after
from messengers import Carrier, hook_secret, webhook
from tests.bots.doors import (
    FILES,
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
from tests.bots.storyteller import Storyteller
from tests.notifications.post_office import UNEMPLOYMENT, PostOffice, opened
from tests.pictures import PDF, PNG
from tests.town import IVANOV, VERA, Town

CHART = PNG + b"of an indicator"
DIALOGUES = Path(__file__).parents[2] / "docs" / "dialogues.md"
OTHER_DOOR = {"web": "max", "telegram": "vk", "max": "telegram", "vk": "max"}


@dataclass(slots=True)
class Stage:
    """Two phones at one door, a third one at another, and the post office behind them."""

    citizen: Storyteller
    official: Storyteller
    second: Storyteller
    second_door: str
    office: PostOffice
    story: list[str]


@asynccontextmanager
async def staged(door: str, town: Town, folder: Path) -> AsyncIterator[Stage]:
    """The newcomer Дарья and the official Иванов, both at this door."""
    nudge, database = Nudge(), town.database
    hooks = {Carrier.MAX: hook_secret(Carrier.MAX, SECRET), Carrier.VK: VK_SECRET}
    async with opened(town, folder) as office, hook_server(database, hooks, nudge=nudge) as address:
        brought = webhook(Carrier.MAX, public_url=address, secret_key=SECRET)
        carriers: list[CarrierPort] = [
            WebChatCarrier(),
            TelegramCarrier(town.database, token=TOKEN, api_base=office.telegram.base_url),
            max_carrier(database, office.max, brought),
            vk_carrier(database, office.vk, brought=True),
        ]
        office.vk.callback = (f"{address}/hooks/vk", VK_SECRET)
        conversations = Conversations(
            town.database, carriers, secret_key=SECRET, public_url=PUBLIC_URL, files=FILES
        )
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
            story: list[str] = []
            other = OTHER_DOOR[door]
            second = MessengerPhone(database, office.fakes[other].user(1002, "Дарья"), other)
            yield Stage(
                Storyteller("Дарья", citizen, story),
                Storyteller("Иванов", official, story),
                Storyteller("Дарья в другом мессенджере", second, story),
                other,
                office,
                story,
            )


EFFECT = """\
Что изменится: Технопарк
Уровень безработицы: −0,4\xa0п.\xa0п. к 2028 году (от −0,9 до −0,1)
Это расчёт модели, а не решение. Пределы верны с вероятностью 80 %."""


@dataclass(frozen=True, slots=True)
class EndState:
    """What is left in the domain when the story is over."""

    lives_here: bool
    said: tuple[tuple[str, str], ...]
    photo: bytes
    document: bytes
    vote: str
    alert_taken_by: str | None
    messengers: int
    messages: int


async def settles_in(citizen: Storyteller) -> None:
    """First contact, consent, place of living."""
    citizen.says("/start")
    await citizen.sees("Здравствуйте")
    await citizen.taps("Согласен(на)")
    await citizen.sees("Где вы живёте?")
    await citizen.taps("Заречный")
    await citizen.sees("Ваше место: Заречный")


async def writes_to_the_authority(citizen: Storyteller, office: PostOffice) -> Conversation:
    """A message with photo, place and document, the answer with another one, a second question."""
    await citizen.taps("✉️ Прямая связь")
    await citizen.sees("Напишите, что случилось")
    citizen.sends_photo(PNG, "Яма на Ленина, 12")
    await citizen.sees("Принято: МС-2027-000001")
    citizen.sends_place(55.0301, 82.9204)
    await citizen.sees("Добавлено к МС-2027-000001")
    citizen.sends_document(PDF, "Жалоба соседей.pdf", "Подписали все")
    (conversation,) = office.town.database.read(conversations_of, citizen_id=citizen.person_id)
    await until_said(office.town, conversation, messages=3)
    await citizen.sees("Добавлено к МС-2027-000001")
    plan = keep_upload(office.files, PDF + b"%plan", name="План работ.pdf")
    office.answer(IVANOV, conversation.id, "Заделаем завтра.", file=plan)
    await office.deliver()
    answered = await citizen.sees("Заделаем завтра.")
    assert answered.document == "План работ.pdf"
    await citizen.taps("Написать ещё")
    await citizen.sees("Открыта переписка МС-2027-000001")
    citizen.says("А на Садовой?")
    await citizen.sees("Ответ придёт сюда", again=True)
    return conversation


async def until_said(town: Town, conversation: Conversation, *, messages: int) -> None:
    """The words that answer a document are those that answered the place before it: look at what is kept."""
    stream = stream_of(conversation.room_id)
    for _ in range(1500):
        if len(town.database.read(events_after, stream=stream, seq=0)) >= messages:
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"{messages} messages did not come")


async def votes_and_thinks_better_of_it(citizen: Storyteller) -> None:
    """A vote and a changed vote."""
    citizen.says("/vote")
    await citizen.taps("Парк или парковка?")
    await citizen.sees("Одно нажатие")
    await citizen.taps("Парковка")
    await citizen.sees("Голос принят: Парковка")
    await citizen.taps("Парк")
    await citizen.sees("Голос изменён")


async def reads_what_would_change(citizen: Storyteller, office: PostOffice, number: str) -> None:
    """An analyst attaches what a run of the model says to the citizen's proposal."""
    office.watches()
    office.data(5.0)
    office.town.database.run(
        attach_effect_card,
        conversation_number=number,
        analyst_id=office.town.people[VERA],
        title="Технопарк",
        effects=[IndicatorEffect(indicator="UNEMPL", year=2028, low=-0.9, median=-0.4, high=-0.1)],
        passport=RunPassport(model="0" * 64, scenario="base", vintage=1, seed=7),
    )
    await office.deliver()
    await citizen.sees("сделан расчёт")


async def promises_a_measure(official: Storyteller, citizen: Storyteller, office: PostOffice) -> None:
    """The measure and its term; the author of the proposal is told, and told again when it is done."""
    await official.taps("Мера и срок")
    await official.sees("Что будет сделано?")
    official.says("Ярмарка вакансий")
    await official.sees("К какому сроку?")
    await official.taps("Месяц")
    await official.sees("Опубликовано на странице показателя")
    await office.deliver()
    await citizen.sees("приняли меру")
    await official.taps("Сообщить о выполнении")
    await official.sees("Что сделано?")
    official.says("Нашли работу 120 человек")
    await official.sees("результат опубликован")
    await office.deliver()
    await citizen.sees("выполнена в срок")


async def takes_an_alert(official: Storyteller, office: PostOffice) -> AlertId:
    """An official's alert with its chart, asked why and accepted in the messenger."""
    alert_id = office.alert()
    office.picture(alert_id)
    await office.deliver()
    await official.sees("Уровень безработицы")
    await official.taps("Почему?")
    await official.sees("Раньше это правило здесь не срабатывало.")
    await official.taps("Принять")
    await official.sees("Вы приняли оповещение")
    await office.deliver()
    await official.sees("Иван Иванов, 12:00")
    return alert_id


async def looks_around(citizen: Storyteller, town: Town) -> None:
    """An indicator with its chart, the same asked for in words, «Мой кабинет», what is kept."""
    town.database.run(register_indicators, indicators=[replace(UNEMPLOYMENT, featured=1)])
    draw_chart(town)
    citizen.says("/indicators")
    await citizen.sees("Заречный в цифрах")
    await citizen.taps("Уровень безработицы")
    figure = await citizen.sees("6,1\xa0% — 2022")
    assert "График и таблица" in figure.labels
    assert figure.picture == hashlib.sha256(CHART).hexdigest()
    citizen.says("/показатель безработица Заречный")
    await citizen.sees("6,1\xa0% — 2022")
    citizen.says("/my")
    await citizen.sees("Язык: Русский")
    citizen.says("/mydata")
    await citizen.sees("Что о вас хранится")


def draw_chart(town: Town) -> None:
    """What the worker of charts does, with another picture."""
    page = town.database.read(chart_page, code="UNEMPL", territory_id=town.territory.id)
    wanted, key = chart_key(page, "ru"), keep_content(FILES, CHART)
    town.database.run(order_chart, chart=wanted)
    town.database.run(
        settle_chart, chart=wanted, picture=key, size_bytes=len(CHART), alt="Безработица растёт."
    )


async def brings_a_second_messenger(citizen: Storyteller, second: Storyteller) -> None:
    """Two taps here, one message there."""
    citizen.says("/my")
    await citizen.taps("Мессенджеры")
    await citizen.taps("Подключить мессенджер")
    shown = await citizen.sees("Ваш код:")
    second.says("/start " + "".join(re.findall(r"[A-Z2-9]{4}", shown.text)))
    await second.sees("Вы подключены: Дарья.")


async def is_forgotten(citizen: Storyteller) -> None:
    """What goes and what stays is said before; two taps."""
    citizen.says("/забыть")
    await citizen.sees("Стереть всё, что о вас хранится?")
    await citizen.taps("Перейти к удалению")
    await citizen.sees("Отменить это будет нельзя.")
    await citizen.taps("Да, стереть всё")
    await citizen.sees("Готово. Мы больше не знаем, кто вы.")


async def play(stage: Stage, town: Town) -> EndState:
    """The whole story."""
    poll = town.open_poll("Парк или парковка?", "Парк", "Парковка")
    citizen, office = stage.citizen, stage.office
    await settles_in(citizen)
    conversation = await writes_to_the_authority(citizen, office)
    await votes_and_thinks_better_of_it(citizen)
    await reads_what_would_change(citizen, office, conversation.number)
    alert_id = await takes_an_alert(stage.official, office)
    await promises_a_measure(stage.official, citizen, office)
    await looks_around(citizen, town)
    await brings_a_second_messenger(citizen, stage.second)

    read = town.database.read
    events = read(events_after, stream=stream_of(conversation.room_id), seq=0)
    chosen = read(ballot_of, poll_id=poll.id, person_id=citizen.person_id)
    taken_by = read(alert_card, alert_id=alert_id).alert.acknowledged_by
    kept = read(personal_data, person_id=citizen.person_id)
    state = EndState(
        lives_here=kept.person.home_id == town.territory.id,
        said=tuple((event.body["side"], event.body["text"]) for event in events),
        photo=read_content(FILES, events[0].body["photo"]),
        document=read_content(FILES, events[2].body["document"]["key"]),
        vote=next(option.text for option in poll.options if option.id == chosen),
        alert_taken_by=read(person, person_id=taken_by).display_name if taken_by else None,
        messengers=len([one for one in kept.identities if one.provider == stage.second_door]),
        messages=kept.messages,
    )
    await is_forgotten(citizen)
    return state


def dialogues() -> str:
    """The story as it is read aloud."""
    return DIALOGUES.read_text(encoding="utf-8")


@pytest.mark.parametrize("door", ["web", "telegram", "max", "vk"])
async def test_the_story_ends_in_the_same_state_and_words_at_every_door(
    town: Town, tmp_path: Path, door: str
) -> None:
    async with staged(door, town, tmp_path) as stage:
        left = await play(stage, town)

    assert left == EndState(
        lives_here=True,
        said=(
            ("citizen", "Яма на Ленина, 12"),
            ("citizen", "📍 55.03010, 82.92040"),
            ("citizen", "Подписали все"),
            ("official", "Заделаем завтра."),
            ("citizen", "А на Садовой?"),
            ("official", EFFECT),
        ),
        photo=PNG,
        document=PDF,
        vote="Парк",
        alert_taken_by=IVANOV,
        messengers=1,
        messages=4,
    )
    assert "\n".join(stage.story) in dialogues()
