"""What a person wants to be told, when, and over what: pure decisions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class EventKind(StrEnum):
    """What a notice is about, as people choose it; the values are stored."""

    # What the person has begun themselves: answers to them. It is always told (NT4).
    OWN = "own"
    ALERTS = "alerts"
    # Urgent words of the authority to a territory: a cut of water, a closed road.
    WARNINGS = "warnings"
    NEWS = "news"
    # The week of a territory, for whoever heads it.
    BRIEF = "brief"
    # The terms of one's own steps in a cycle of data.
    TERMS = "terms"


class When(StrEnum):
    """When a notice is shown."""

    NOW = "now"
    DIGEST = "digest"
    OFF = "off"


class Preset(StrEnum):
    """A choice for everything at once."""

    ALL = "all"
    CALM = "calm"
    QUIET = "quiet"


# In the order in which they are offered; own affairs and critical alerts are not in it.
CHOOSABLE = (
    EventKind.ALERTS,
    EventKind.WARNINGS,
    EventKind.NEWS,
    EventKind.BRIEF,
    EventKind.TERMS,
)

PRESETS: Mapping[Preset, Mapping[EventKind, When]] = {
    Preset.ALL: dict.fromkeys(CHOOSABLE, When.NOW),
    Preset.CALM: {
        EventKind.ALERTS: When.NOW,
        EventKind.WARNINGS: When.NOW,
        EventKind.NEWS: When.DIGEST,
        EventKind.BRIEF: When.NOW,
        EventKind.TERMS: When.NOW,
    },
    Preset.QUIET: {
        EventKind.ALERTS: When.DIGEST,
        EventKind.WARNINGS: When.DIGEST,
        EventKind.NEWS: When.OFF,
        EventKind.BRIEF: When.DIGEST,
        EventKind.TERMS: When.DIGEST,
    },
}
USUAL_PRESET = Preset.CALM


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """A person's preset and the cells of the matrix event × channel that differ from it."""

    preset: Preset = USUAL_PRESET
    choices: Mapping[tuple[EventKind, str], When] = field(default_factory=dict)

    def when(self, event: EventKind, channel: str) -> When:
        """When a notice of this kind is shown over a channel.

        >>> Preferences(preset=Preset.QUIET).when(EventKind.OWN, "telegram")
        <When.NOW: 'now'>
        """
        if event is EventKind.OWN:
            return When.NOW
        return self.choices.get((event, channel), PRESETS[self.preset][event])


def next_choice(when: When) -> When:
    """What one more tap on a cell chooses."""
    order = list(When)
    return order[(order.index(when) + 1) % len(order)]
