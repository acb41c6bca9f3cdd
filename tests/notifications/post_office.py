"""A town with officials in fake messengers, data that fire alerts, and a sender turned by hand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sqlalchemy import text

from core.alerts import alert_caption, alert_card, attach_illustration, evaluate_release, set_alert_rule
from core.alerts.rules import Severity
from core.chats import chat_stream, chats_of, open_chat
from core.contact import Sent, answer, send_message
from core.delivery import Delivery, DeliveryState, deliveries_about
from core.files import KeptContent, keep_content, register_file
from core.identity import link_identity
from core.indicators import Indicator, NewValue, Period, record_release, register_indicators
from core.shared.ids import AlertId, ConversationId, TerritoryId, new_id
from core.store import StreamEvent, UnitOfWork, events_after, mark_sent, waiting_facts
from messengers import ButtonCodec, Carrier, ChannelPolicy, FileLedger, Limiter, Rates
from messengers.clients import MaxClient, VkClient
from notifications import CarrierSender, MaxSender, Sender, TelegramSender, VkSender, WebChatSender, handle
from tests.bots.doors import PUBLIC_URL, SECRET
from tests.bots.fake_max import TOKEN as MAX_TOKEN
from tests.bots.fake_max import FakeMax
from tests.bots.fake_phone import FakeUser
from tests.bots.fake_telegram import TOKEN, FakeTelegram
from tests.bots.fake_vk import TOKEN as VK_TOKEN
from tests.bots.fake_vk import FakeVk
from tests.pictures import PNG
from tests.town import Town

UNEMPLOYMENT = Indicator(
    code="UNEMPL",
    rubric="jobs",
    title_ru="Уровень безработицы",
    title_en="Unemployment rate",
    unit="%",
    unit_en="%",
    frequency="A",
    good="down",
)


@dataclass(slots=True)
class PostOffice:
    """What the relay and the sender do, step by step."""

    town: Town
    telegram: FakeTelegram
    max: FakeMax
    vk: FakeVk
    sender: Sender
    files: Path
    policies: dict[Carrier, ChannelPolicy]
    handled: list[Any] = field(default_factory=list)
    year: int = 2020

    def links(self, who: str, user_id: int, carrier: str = "telegram") -> FakeUser:
        """The person has linked a messenger and has written to the bot there."""
        with self.town.database.transaction() as uow:
            person_id = self.town.people[who]
            link_identity(uow, person_id=person_id, provider=carrier, subject=str(user_id))
            open_chat(uow, carrier=carrier, native_id=str(user_id), person_id=person_id)
        return self.fakes[carrier].user(user_id, who)

    @property
    def fakes(self) -> dict[str, FakeTelegram | FakeMax | FakeVk]:
        """The fake messengers by their carriers."""
        return {"telegram": self.telegram, "max": self.max, "vk": self.vk}

    def alert(self, *, severity: Severity = Severity.WARN, value: float = 6.1) -> AlertId:
        """Data come that are worse than the threshold."""
        if self.year == 2020:
            self.watches(severity)
        (alert_id,) = self.data(value)
        return alert_id

    def watches(self, severity: Severity = Severity.WARN) -> None:
        """There is a threshold for unemployment."""
        self.town.database.run(register_indicators, indicators=[UNEMPLOYMENT])
        self.town.database.run(
            set_alert_rule,
            indicator_code="UNEMPL",
            territory_id=self.town.territory.id,
            bad="above",
            threshold=5.5,
            clear_at=5.2,
            severity=severity,
            set_by=None,
        )

    def many_alerts(self, count: int) -> list[AlertId]:
        """One release with this many indicators beyond their thresholds."""
        codes = [f"JOBS{number}" for number in range(count)]
        with self.town.database.transaction() as uow:
            register_indicators(uow, indicators=[replace(UNEMPLOYMENT, code=code) for code in codes])
            for code in codes:
                set_alert_rule(
                    uow,
                    indicator_code=code,
                    territory_id=self.town.territory.id,
                    bad="above",
                    threshold=5.5,
                    clear_at=5.2,
                    severity=Severity.WARN,
                    set_by=None,
                )
        return self.many_values("many", dict.fromkeys(codes, 6.1))

    def many_values(self, digest: str, values: dict[str, float], *, year: int = 2026) -> list[AlertId]:
        """One release of these indicators."""
        rows = [
            NewValue(
                indicator=code,
                territory_id=self.town.territory.id,
                period=Period("A", year),
                value=value,
                source="Росстат",
            )
            for code, value in values.items()
        ]
        recorded = self.town.database.run(
            record_release, source="tidy_csv", digest=digest, title="f.csv", values=rows, recorded_by=None
        )
        return self.town.database.run(evaluate_release, vintage=recorded.release.vintage)

    def data(self, value: float) -> list[AlertId]:
        """One more year of data."""
        self.year += 1
        row = NewValue(
            indicator="UNEMPL",
            territory_id=self.town.territory.id,
            period=Period("A", self.year),
            value=value,
            source="Росстат",
        )
        recorded = self.town.database.run(
            record_release,
            source="tidy_csv",
            digest=str(self.year),
            title="file.csv",
            values=[row],
            recorded_by=None,
        )
        return self.town.database.run(evaluate_release, vintage=recorded.release.vintage)

    def picture(self, alert_id: AlertId) -> None:
        """The chart of the alert has been drawn."""
        key = keep_content(self.files, PNG)
        with self.town.database.transaction() as uow:
            register_file(
                uow, key=key, media_type="image/png", size_bytes=len(PNG), parent=f"alert:{alert_id}"
            )
            attach_illustration(uow, alert_id=alert_id, picture=key)

    def put_below(self, uow: UnitOfWork, place: TerritoryId, parent: TerritoryId) -> None:
        """A territory belongs to another one from now on."""
        words = "UPDATE territory SET parent_id = :parent WHERE id = :place"
        uow.session.execute(text(words), {"parent": parent, "place": place})

    def card_words(self, alert_id: AlertId) -> list[str]:
        """What the caption of an alert says now, line by line."""
        return alert_caption("ru", self.town.database.read(alert_card, alert_id=alert_id)).splitlines()

    def message(self, who: str, text: str) -> Sent:
        """A citizen writes to the authority."""
        return self.town.database.run(
            send_message,
            citizen_id=self.town.people[who],
            territory_id=self.town.territory.id,
            text=text,
            client_id=new_id(),
        )

    def answer(self, who: str, to: ConversationId, text: str, *, file: KeptContent | None = None) -> None:
        """An official answers."""
        self.town.database.run(
            answer,
            official_id=self.town.people[who],
            conversation_id=to,
            text=text,
            client_id=new_id(),
            file=file,
        )

    def relay(self) -> None:
        """Hand all waiting facts over, as the relay does."""
        waiting = self.town.database.read(waiting_facts)
        for one in waiting:
            self.handled.append(one.recorded)
            handle(self.town.database, one.recorded, policies=self.policies)
        self.town.database.run(mark_sent, rows=[one.row for one in waiting])

    def relay_again(self) -> int:
        """Hand over once more what was handed over before; how many new messages that made."""
        return sum(handle(self.town.database, one, policies=self.policies) for one in self.handled)

    async def deliver(self) -> None:
        """Relay and send until nothing is due now."""
        self.relay()
        while await self.sender.deliver_due():
            self.relay()

    def deliveries(self, topic: str) -> list[Delivery]:
        return self.town.database.read(deliveries_about, topic=topic)

    def states(self, topic: str, carrier: str = "telegram") -> list[DeliveryState]:
        return [one.state for one in self.deliveries(topic) if one.carrier == carrier]

    def in_browser(self, who: str) -> list[StreamEvent]:
        """What the person's web chat shows."""
        chats = self.town.database.read(chats_of, person_id=self.town.people[who])
        (chat,) = [chat for chat in chats if chat.carrier == "web"]
        return self.town.database.read(events_after, stream=chat_stream(chat.id), seq=0)


@asynccontextmanager
async def opened(
    town: Town,
    folder: Path,
    *,
    policy: ChannelPolicy = ChannelPolicy.FULL,
    others: Sequence[CarrierSender] = (),
) -> AsyncIterator[PostOffice]:
    """A post office over fresh fake messengers."""
    policies = dict.fromkeys(Carrier, policy) | {Carrier.WEB: ChannelPolicy.FULL}
    codec = ButtonCodec(SECRET)
    # Fast: what the limits do is told in tests/messengers/test_limiter.py.
    ledger = FileLedger(folder / "limits.sqlite3")
    limiters = [Limiter(name, Rates(per_second=1000), ledger) for name in ("telegram", "max", "vk")]
    store = town.database
    async with FakeTelegram() as telegram, FakeMax() as fake_max, FakeVk() as fake_vk:
        max_client = MaxClient(token=MAX_TOKEN, api_base=fake_max.base_url)
        vk_client = VkClient(token=VK_TOKEN, api_base=fake_vk.base_url)
        senders: list[CarrierSender] = [
            TelegramSender(store, codec, token=TOKEN, api_base=telegram.base_url, limiter=limiters[0]),
            MaxSender(store, codec, max_client, limiter=limiters[1]),
            VkSender(store, codec, vk_client, limiter=limiters[2]),
            WebChatSender(store, codec),
            *others,
        ]
        sender = Sender(town.database, senders, public_url=PUBLIC_URL, files=folder, policies=policies)
        yield PostOffice(town, telegram, fake_max, fake_vk, sender, folder, policies)
        await asyncio.gather(*(one.close() for one in senders))
        await ledger.close()
