"""Events, presets and choices as people read them, the same in the bot and on the page."""

from collections.abc import Mapping

from core.delivery.preferences import EventKind, Preset, When
from core.shared.language import N_

EVENT_WORDS: Mapping[EventKind, str] = {
    EventKind.OWN: N_("Answers to you"),
    EventKind.ALERTS: N_("Alerts about indicators"),
    EventKind.WARNINGS: N_("Warnings of the authority"),
    EventKind.NEWS: N_("News of the authority"),
    EventKind.BRIEF: N_("The week on Mondays"),
    EventKind.TERMS: N_("Terms of your work on data"),
}
PRESET_WORDS: Mapping[Preset, str] = {
    Preset.ALL: N_("Everything at once"),
    Preset.CALM: N_("Urgent at once, the rest once a day"),
    Preset.QUIET: N_("As little as possible"),
}
WHEN_WORDS: Mapping[When, str] = {
    When.NOW: N_("at once"),
    When.DIGEST: N_("once a day"),
    When.OFF: N_("never"),
}
