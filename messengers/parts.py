"""A screen that is too much for one message of a messenger, as several."""

from dataclasses import replace

from messengers.capabilities import CAPABILITIES, Carrier
from messengers.screens import Screen
from messengers.texts import plain, split_text


def in_parts(screen: Screen, carrier: Carrier) -> list[Screen]:
    """What to send one after another: the file first, then the words, the buttons under the last of them."""
    limits = CAPABILITIES[carrier]
    if len(screen.text) <= (limits.text_limit if screen.file is None else limits.caption_limit):
        return [screen]
    *first, last = split_text(screen.text, limit=limits.text_limit)
    return [
        *([Screen(text=plain(""), file=screen.file)] if screen.file is not None else []),
        *(Screen(text=text) for text in first),
        replace(screen, text=last, file=None),
    ]
