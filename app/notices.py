"""Putting the notifications together: the sender of this instance and the facts it is told of."""

import asyncio
from typing import assert_never

from app.carriers import live_policies, max_client, messengers_of, vk_client
from app.limits import limiter_for
from app.relay import Consumer, Routes
from app.settings import Settings
from app.wiring import Nudge
from core.shared.facts import RecordedFact
from core.store import Database
from messengers import ButtonCodec, Carrier, LeaveLinks, Site
from notifications import (
    HANDLED_FACTS,
    CarrierSender,
    EmailSender,
    MailServer,
    MaxSender,
    Sender,
    TelegramSender,
    VkSender,
    WebChatSender,
    handle,
)


def build_sender(
    settings: Settings, database: Database, *, name: str = "relay", succeeds: bool = True
) -> Sender:
    """The sender over the messengers that the settings allow; see ``notifications.Sender`` for its name."""
    codec = ButtonCodec(settings.secret_key)
    carriers = [Carrier.WEB, *messengers_of(settings)]
    if settings.smtp_url:
        carriers.append(Carrier.EMAIL)
    return Sender(
        database,
        [_sender(carrier, settings, database, codec) for carrier in carriers],
        public_url=settings.public_url,
        files=settings.files_folder,
        policies=live_policies(settings, database),
        name=name,
        succeeds=succeeds,
    )


def _sender(carrier: Carrier, settings: Settings, database: Database, codec: ButtonCodec) -> CarrierSender:
    match carrier:
        case Carrier.TELEGRAM:
            return TelegramSender(
                database,
                codec,
                token=settings.telegram_bot_token,
                api_base=settings.telegram_api_base,
                limiter=limiter_for(settings, carrier),
            )
        case Carrier.MAX:
            limiter = limiter_for(settings, carrier)
            return MaxSender(database, codec, max_client(settings), limiter=limiter)
        case Carrier.VK:
            limiter = limiter_for(settings, carrier)
            return VkSender(database, codec, vk_client(settings), limiter=limiter)
        case Carrier.WEB:
            return WebChatSender(database, codec)
        case Carrier.EMAIL:
            return EmailSender(
                MailServer.of(settings.smtp_url, sender=settings.mail_from),
                leave=LeaveLinks(settings.secret_key, Site(settings.public_url)),
                limiter=limiter_for(settings, carrier),
            )
        case _:
            assert_never(carrier)


def notice_routes(settings: Settings, database: Database, sender: Sender) -> Routes:
    """The facts that people are told of, each asking for its messages and waking the senders."""
    policies = live_policies(settings, database)
    nudge = Nudge(settings.redis_url)

    def ask_and_nudge(recorded: RecordedFact) -> None:
        if handle(database, recorded, policies=policies):
            nudge.senders()

    async def ask(recorded: RecordedFact) -> None:
        await asyncio.to_thread(ask_and_nudge, recorded)
        sender.wake()

    consumers: list[Consumer] = [ask]
    return dict.fromkeys(HANDLED_FACTS, consumers)
