"""Clients of messengers without a library of their own here; apart, because they load aiohttp."""

from messengers.clients.calls import LARGEST_DOWNLOAD, gone_for_good
from messengers.clients.failures import (
    AnswerLost,
    Blocked,
    MessengerFailure,
    NotSent,
    Rejected,
    TokenRefused,
    TooFast,
)
from messengers.clients.max import MAX_API, MaxClient, MaxUpdates
from messengers.clients.vk import VK_API, VkClient, VkGroup, VkLongPoll

__all__ = [
    "LARGEST_DOWNLOAD",
    "MAX_API",
    "VK_API",
    "AnswerLost",
    "Blocked",
    "MaxClient",
    "MaxUpdates",
    "MessengerFailure",
    "NotSent",
    "Rejected",
    "TokenRefused",
    "TooFast",
    "VkClient",
    "VkGroup",
    "VkLongPoll",
    "gone_for_good",
]
