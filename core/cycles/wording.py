"""Steps and reminders as people read them."""

from collections.abc import Mapping

from core.cycles.rules import Cycle, CycleStep, Occasion, Step
from core.indicators import period_words
from core.shared.language import N_, Language, translate
from core.territories import Territory

STEP_WORDS: Mapping[Step, str] = {
    Step.FILL: N_("Filling with data"),
    Step.FACTORS: N_("Factors of the economy"),
    Step.EQUATIONS: N_("Equations of the model"),
    Step.CONSEQUENCES: N_("Consequences of decisions"),
    Step.REFRESH: N_("Refreshing what is published"),
    Step.PAGES: N_("Charts and pages"),
    Step.ACCESS: N_("Levels of access"),
}

_BEFORE = N_("“{step}” is due on {due}: {cycle}")
_AFTER = N_("“{step}” was due on {due}: {cycle}")


def cycle_words(language: Language, cycle: Cycle, place: Territory) -> str:
    """Which cycle: «Заречный, 2026»."""
    return f"{place.name(language)}, {period_words(language, str(cycle.period))}"


def reminder_sentence(
    language: Language, cycle: Cycle, plan: CycleStep, place: Territory, occasion: Occasion
) -> str:
    """What is due and when."""
    return translate(
        language,
        _BEFORE if occasion is Occasion.BEFORE else _AFTER,
        step=translate(language, STEP_WORDS[plan.step]),
        due=f"{plan.due:%d.%m.%Y}",
        cycle=cycle_words(language, cycle, place),
    )
