"""An official gives an alert to another one, who gives it back; a reply to its message is a note."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from bots import CarrierPort, Conversations, TelegramCarrier, WebChatCarrier
from core.alerts import EntryKind, alert_card
from core.chats import open_web_chat
from core.shared.ids import AlertId
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
)
from tests.bots.fake_telegram import TOKEN
from tests.bots.hook_server import hook_server
from tests.notifications.post_office import PostOffice, opened
from tests.town import ANNA, IVANOV, SMIRNOVA, Town


@dataclass(slots=True)
class Office:
    """Иванов at the door that is tried and Смирнова in Telegram, with an alert in both chats."""

    post: PostOffice
    conversations: Conversations
    ivanov: Phone
    smirnova: MessengerPhone
    alert: AlertId

    def done(self) -> list[tuple[EntryKind, str, str]]:
        card = self.post.town.database.read(alert_card, alert_id=self.alert)
        return [(one.kind, one.person_name, one.text) for one in card.entries]

    async def deliver(self) -> None:
        await self.post.deliver()


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """One kind of database: what is stored is told on both in tests/core/test_alert_people.py."""
    path = tmp_path / "strategy24.db"
    path.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{path}"


@asynccontextmanager
async def staffed(town: Town, folder: Path, door: str) -> AsyncIterator[Office]:
    nudge, hooks = Nudge(), {Carrier.MAX: hook_secret(Carrier.MAX, SECRET), Carrier.VK: VK_SECRET}
    async with opened(town, folder) as post, hook_server(town.database, hooks, nudge=nudge) as address:
        brought = webhook(Carrier.MAX, public_url=address, secret_key=SECRET)
        carriers: list[CarrierPort] = [
            WebChatCarrier(),
            TelegramCarrier(town.database, token=TOKEN, api_base=post.telegram.base_url),
            max_carrier(town.database, post.max, brought),
            vk_carrier(town.database, post.vk, brought=True),
        ]
        post.vk.callback = (f"{address}/hooks/vk", VK_SECRET)
        conversations = Conversations(
            town.database, carriers, secret_key=SECRET, public_url=PUBLIC_URL, files=FILES
        )
        smirnova = MessengerPhone(town.database, post.links(SMIRNOVA, 2002), "telegram")
        if door == "web":
            chat = town.database.run(open_web_chat, person_id=town.people[IVANOV])
            ivanov: Phone = WebPhone(town.database, town.people[IVANOV], chat.id, conversations)
        else:
            ivanov = MessengerPhone(town.database, post.links(IVANOV, 2001, door), door)
        nudge.wake = conversations.wake
        async with running(conversations):
            alert = post.alert()
            post.picture(alert)
            await post.deliver()
            yield Office(post, conversations, ivanov, smirnova, alert)


@pytest.mark.parametrize("door", ["web", "telegram", "max", "vk"])
async def test_an_alert_is_given_in_three_taps_comes_back_with_a_reason_and_bears_notes(
    town: Town, tmp_path: Path, door: str
) -> None:
    async with staffed(town, tmp_path, door) as office:
        ivanov, smirnova = office.ivanov, office.smirnova
        await ivanov.taps("Поручить")
        await ivanov.taps(SMIRNOVA)
        await ivanov.sees("Мария Смирнова: к какому сроку?")
        ivanov.says("Это ваш завод")
        await ivanov.sees("«Это ваш завод»")
        await ivanov.taps("Три дня")
        await ivanov.sees("Поручено: Мария Смирнова, срок — 12\xa0марта.")
        await office.deliver()
        for phone in (ivanov, smirnova):
            await phone.sees("Поручено: Мария Смирнова, до 12\xa0марта")
        asked = await smirnova.sees("Иван Иванов поручает вам это оповещение\n«Это ваш завод»")
        assert asked.labels[:3] == ["Вернуть", "Принять", "Поручить"]

        await smirnova.taps("Вернуть")
        await smirnova.sees("Почему возвращаете?")
        smirnova.says("Завод не наш")
        await smirnova.sees("Поручение возвращено")
        await office.deliver()
        await ivanov.sees("Мария Смирнова возвращает вам это оповещение\n«Завод не наш»")
        after = await smirnova.sees("Иван Иванов поручает вам это оповещение")
        assert "Вернуть" not in after.labels

        await notes(ivanov, "Завод остановили")
        await ivanov.sees("Записано. Заметку видят коллеги")
        await office.deliver()
        for phone in (ivanov, smirnova):
            await phone.sees("📝 Иван Иванов: Завод остановили")

    assert office.done() == [
        (EntryKind.ASSIGNED, IVANOV, "Это ваш завод"),
        (EntryKind.RETURNED, SMIRNOVA, "Завод не наш"),
        (EntryKind.NOTED, IVANOV, "Завод остановили"),
    ]


async def notes(phone: Phone, text: str) -> None:
    """Reply to the alert; where there are no replies, press the button that stands for it."""
    if isinstance(phone, MessengerPhone):
        about = next(one for one in phone.user.chat.messages if one.text.startswith("⚠️"))
        phone.user.replies(about, text)
    else:
        await phone.taps("Заметка")
        await phone.sees("Что нужно знать коллегам?")
        phone.says(text)


async def test_a_date_may_be_typed_for_a_term_and_for_a_snooze(town: Town, tmp_path: Path) -> None:
    async with staffed(town, tmp_path, "telegram") as office:
        phone = office.ivanov
        await phone.taps("Отложить ▾")
        await phone.sees("До какого времени отложить?")
        phone.says("когда-нибудь")
        await phone.sees("Отложить можно на день")
        await phone.taps("Отложить ▾")
        phone.says("до 12 марта")
        await phone.sees("Отложено: 12\xa0марта, 09:00.")
        await phone.taps("Поручить")
        await phone.taps(SMIRNOVA)
        phone.says("28.11")
        await phone.sees("срок — 28\xa0ноября.")

    assert [kind for kind, _, _ in office.done()] == [EntryKind.SNOOZED, EntryKind.ASSIGNED]


async def test_a_reply_to_anything_else_goes_the_usual_way(town: Town, tmp_path: Path) -> None:
    async with staffed(town, tmp_path, "telegram") as office:
        phone = office.ivanov
        assert isinstance(phone, MessengerPhone)
        phone.says("/help")
        phone.user.replies(await phone.user.sees("/cancel"), "Завод остановили")
        await phone.sees("Отправить")
        # A citizen whose message has the same number in their own chat.
        citizen = office.post.links(ANNA, 2003)
        citizen.replies(phone.user.chat.messages[0], "Завод остановили")
        await citizen.sees("Отправить")

    assert office.done() == []
