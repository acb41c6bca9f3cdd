"""The term of a step of a cycle of data, told to its owner."""

from collections.abc import Mapping
from typing import Any

from core.cycles import BoardStep, Cycle, Occasion, Step, StepState, cycle_of_step, reminder_sentence
from core.delivery import Delivery
from core.shared.language import N_, Language, translate
from core.store import Reading
from core.territories import territory
from messengers import Link, OpenBelow, Place, Press, Screen, Site, bold, plain, stacked
from notifications.obsolete import Obsolete


def step_screen(reading: Reading, delivery: Delivery, language: Language, site: Site) -> Screen:
    """What is due, and the way to the board. Raises: Obsolete once it is done or somebody else's."""
    cycle, one = _step(reading, delivery.details)
    if one.state is StepState.DONE or one.plan.owner != delivery.person_id:
        raise Obsolete("done")
    text = stacked(
        bold(step_sentence(reading, delivery.details, language)),
        plain(translate(language, N_("The board of the cycle says what is missing and where to do it."))),
        gap="\n\n",
    )
    board = Link(translate(language, N_("Open the board")), site.address(f"console/cycle/{cycle.id}"))
    menu = Press(translate(language, N_("⌂ Menu")), OpenBelow(Place.MENU))
    return Screen(text=text, buttons=((board,), (menu,)))


def step_sentence(reading: Reading, details: Mapping[str, Any], language: Language) -> str:
    """The reminder in one sentence, as its term stands now."""
    cycle, one = _step(reading, details)
    place = territory(reading, territory_id=cycle.territory_id)
    return reminder_sentence(language, cycle, one.plan, place, Occasion(details["occasion"]))


def _step(reading: Reading, details: Mapping[str, Any]) -> tuple[Cycle, BoardStep]:
    return cycle_of_step(reading, cycle_id=details["cycle_id"], step=Step(details["step"]))
