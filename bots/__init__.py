"""Conversations with people over all messengers: one engine, several carriers."""

# First, for it spares us most of aiogram.
from bots import when_met  # noqa: F401

# isort: split
from bots.carriers.max import MaxCarrier
from bots.carriers.telegram import OFFICIAL_API, TelegramCarrier
from bots.carriers.vk import VkCarrier
from bots.carriers.webchat import WebChatCarrier
from bots.engine.port import CarrierPort
from bots.process import Conversations, collect_seldom

__all__ = [
    "OFFICIAL_API",
    "CarrierPort",
    "Conversations",
    "MaxCarrier",
    "TelegramCarrier",
    "VkCarrier",
    "WebChatCarrier",
    "collect_seldom",
]
