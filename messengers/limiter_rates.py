"""How fast each messenger lets one installation write, as data, and who may overtake whom."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from core.delivery import Urgency

# A message leaves some milliseconds after its grant and is counted by the messenger when it arrives: with
# this much room the count there keeps within the limit as well.
USED_SHARE = 0.97

# How far ahead a lane may take a place in the line for all, in seconds. The mass mailing takes only the next
# few places, so whatever is more urgent finds the line short; it has to be longer than a busy machine
# oversleeps, or places stay empty.
REACH_S: Mapping[Urgency, float] = {
    Urgency.CRITICAL: 5.0,
    Urgency.REPLY: 1.5,
    Urgency.PERSONAL: 0.5,
    Urgency.BULK: 0.2,
}

# Nor more than so many messages: behind a faster messenger, as in compressed time, the line is no longer.
MOST_AHEAD: Mapping[Urgency, int] = {
    Urgency.CRITICAL: 150,
    Urgency.REPLY: 45,
    Urgency.PERSONAL: 15,
    Urgency.BULK: 6,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """What one messenger allows. None: no such limit is known."""

    per_second: float
    per_chat_per_second: float | None = None
    per_group_per_minute: float | None = None
    # Screens of one answer may follow one another; mailings never come in bursts.
    reply_burst: int = 1

    @property
    def step_us(self) -> int:
        """Microseconds between two messages of the whole installation."""
        return math.ceil(1e6 / (self.per_second * USED_SHARE))

    def reach_us(self, urgency: Urgency) -> int:
        """How far ahead a lane may take a place, in microseconds.

        >>> Rates(per_second=20).reach_us(Urgency.BULK), Rates(per_second=1000).reach_us(Urgency.BULK)
        (200000, 6186)
        """
        return min(int(REACH_S[urgency] * 1e6), MOST_AHEAD[urgency] * self.step_us)

    def chat_step_us(self, chat: str | None) -> int:
        """Microseconds between two messages in this chat; 0 without such a limit.

        A group's minute is spread evenly: 20 a minute are one in 3 s, so no minute ever holds 21.
        """
        if chat is None:
            return 0
        steps = [0.0]
        if self.per_chat_per_second is not None:
            steps.append(1e6 / self.per_chat_per_second)
        if self.per_group_per_minute is not None and is_group(chat):
            steps.append(60e6 / self.per_group_per_minute)
        return math.ceil(max(steps))


RATES: Mapping[str, Rates] = {
    # Source: Telegram's Bots FAQ, "My bot is hitting limits": about 30 messages a second in all, one a second
    # in one chat with short bursts allowed, 20 a minute in one group.
    "telegram": Rates(per_second=30, per_chat_per_second=1, per_group_per_minute=20, reply_burst=3),
    # Source: dev.max.ru, "Bot API": 30 requests a second.
    "max": Rates(per_second=30, per_chat_per_second=1, reply_burst=3),
    # Source: dev.vk.com, "API limits": 20 requests a second with the key of a community.
    "vk": Rates(per_second=20, per_chat_per_second=1, reply_burst=3),
    # A mail server says no limit; a town's own one must not be taken for a source of spam.
    "email": Rates(per_second=5),
}


def is_group(chat: str) -> bool:
    """Whether a chat is a group: Telegram numbers them below zero."""
    return chat.startswith("-")


Weight = Literal["message", "change", "free"]


def weight_of(method: str) -> Weight:
    """How a method of the Bot API counts: a new message in its chat, a change, or nothing.

    >>> weight_of("sendPhoto"), weight_of("editMessageText"), weight_of("answerCallbackQuery")
    ('message', 'change', 'free')
    """
    if method.startswith(("send", "copy", "forward")) and method != "sendChatAction":
        return "message"
    if method.startswith(("edit", "delete", "pin", "unpin")) and method != "deleteWebhook":
        return "change"
    return "free"
