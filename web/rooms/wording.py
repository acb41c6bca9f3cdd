"""The words of a room that its script shows, in all their forms."""

import json
from dataclasses import dataclass

from django.utils.translation import gettext

from core.rooms import SLOW_MODE_STEPS_S
from web.rooms.lines import deleted_words, slow_mode_words
from web.words import plural_forms


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomWords:
    """Counted phrases are JSON by the names of ``Intl.PluralRules``; the rest are plain sentences."""

    fresh: str
    here: str
    typing_one: str
    typing_two: str
    typing_many: str
    slow: str
    by_author: str
    by_moderator: str
    latency: str

    @classmethod
    def current(cls) -> "RoomWords":
        """The phrases in the current language."""
        return cls(
            fresh=plural_forms("%(count)d new message", "%(count)d new messages"),
            here=plural_forms("%(count)d person is here now", "%(count)d people are here now"),
            typing_one=gettext("%(name)s is writing…"),
            typing_two=gettext("%(name)s and %(other)s are writing…"),
            typing_many=plural_forms("%(count)d person is writing…", "%(count)d people are writing…"),
            slow=json.dumps({pause: slow_mode_words(pause) for pause in SLOW_MODE_STEPS_S}),
            by_author=deleted_words("author"),
            by_moderator=deleted_words("moderator"),
            latency=gettext("answers in %(ms)d ms"),
        )
