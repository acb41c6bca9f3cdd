"""Putting the notifications together: the sender of this instance and the facts it is told of."""

import asyncio
from collections.abc import Iterator

from app.limits import limiter_for
from app.relay import Consumer, Routes
from app.settings import Settings
from app.wiring import Nudge
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


def build_sender(
    settings: Settings, database: Database, *, name: str = "relay", succeeds: bool = True
) -> Sender:
    """The sender over the messengers that the settings allow; see ``notifications.Sender`` for its name."""
    policies = policies_of(settings)
    return Sender(
        database,
        list(_carrier_senders(settings, database, policies)),
        public_url=settings.public_url,
        files=settings.files_folder,
        policies=policies,
        name=name,
        succeeds=succeeds,
    )


def _carrier_senders(
    settings: Settings, database: Database, policies: dict[Carrier, ChannelPolicy]
) -> Iterator[CarrierSender]:
    codec = ButtonCodec(settings.secret_key)
    yield WebChatSender(database, codec)
    if policies[Carrier.TELEGRAM] is not ChannelPolicy.OFF:
        yield TelegramSender(
            codec,
            token=settings.telegram_bot_token,
            api_base=settings.telegram_api_base,
            limiter=limiter_for(settings, Carrier.TELEGRAM),
        )


def notice_routes(settings: Settings, database: Database, sender: Sender) -> Routes:
    """The facts that people are told of, each asking for its messages and waking the senders."""
    policies = policies_of(settings)
    nudge = Nudge(settings.redis_url)

    def ask_and_nudge(recorded: RecordedFact) -> None:
        if handle(database, recorded, policies=policies):
            nudge.senders()

    async def ask(recorded: RecordedFact) -> None:
        await asyncio.to_thread(ask_and_nudge, recorded)
        sender.wake()

    consumers: list[Consumer] = [ask]
    return dict.fromkeys(HANDLED_FACTS, consumers)
