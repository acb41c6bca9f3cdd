"""Putting the notifications together: the sender of this instance and the facts it is told of."""

import asyncio

from app.limits import limiter_for
from app.relay import Consumer, Routes
from app.settings import Settings
from core.shared.facts import RecordedFact
from core.store import Database
from messengers import ButtonCodec, Carrier, ChannelPolicy
from notifications import HANDLED_FACTS, CarrierSender, Sender, TelegramSender, WebChatSender, handle


def policies_of(settings: Settings) -> dict[Carrier, ChannelPolicy]:
    """What each messenger may carry here; a messenger without a token is off."""
    telegram = ChannelPolicy(settings.channel_policy_telegram)
    return {
        Carrier.WEB: ChannelPolicy.FULL,
        Carrier.TELEGRAM: telegram if settings.telegram_bot_token else ChannelPolicy.OFF,
    }


def build_sender(settings: Settings, database: Database) -> Sender:
    """The sender over the messengers that the settings allow."""
    codec = ButtonCodec(settings.secret_key)
    policies = policies_of(settings)
    senders: list[CarrierSender] = [WebChatSender(database, codec)]
    if policies[Carrier.TELEGRAM] is not ChannelPolicy.OFF:
        senders.append(
            TelegramSender(
                codec,
                token=settings.telegram_bot_token,
                api_base=settings.telegram_api_base,
                limiter=limiter_for(settings, Carrier.TELEGRAM),
            )
        )
    return Sender(
        database,
        senders,
        public_url=settings.public_url,
        files=settings.files_folder,
        policies=policies,
    )


def notice_routes(settings: Settings, database: Database, sender: Sender) -> Routes:
    """The facts that people are told of, each asking for its messages and waking the sender."""
    policies = policies_of(settings)

    async def ask(recorded: RecordedFact) -> None:
        await asyncio.to_thread(handle, database, recorded, policies=policies)
        sender.wake()

    consumers: list[Consumer] = [ask]
    return dict.fromkeys(HANDLED_FACTS, consumers)
