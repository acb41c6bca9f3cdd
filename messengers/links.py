"""Links that open our bot in a messenger, and how people call the messengers."""

from collections.abc import Mapping

from messengers.capabilities import Carrier

# In the order in which they are offered: first those that an authority may use.
CARRIER_NAMES: Mapping[Carrier, str] = {Carrier.MAX: "MAX", Carrier.VK: "VK", Carrier.TELEGRAM: "Telegram"}

_LINKS: Mapping[Carrier, str] = {
    Carrier.MAX: "https://max.ru/{name}?start={code}",
    Carrier.VK: "https://vk.me/{name}?ref={code}",
    Carrier.TELEGRAM: "https://t.me/{name}?start={code}",
}


def deep_link(carrier: Carrier, *, name: str, code: str) -> str:
    """Opens the bot called ``name`` and hands it the code at the first tap.

    >>> deep_link(Carrier.MAX, name="town_bot", code="4F7KABCD")
    'https://max.ru/town_bot?start=4F7KABCD'
    """
    return _LINKS[carrier].format(name=name, code=code)
