"""The week's noisy rules in words, for those who may change them."""

from datetime import timedelta

from core.alerts import RuleNoise, noise_words, noisy_rules, week_of
from core.delivery import Delivery
from core.identity import viewer_of
from core.shared.language import N_, Language, translate
from core.store import Reading
from messengers import Button, Link, RichText, Screen, Site, bold, shortened, stacked
from notifications.obsolete import Obsolete

RULES_SHOWN = 5
# A button of VK has 40 characters.
LABEL_LIMIT = 36


def noise_screen(reading: Reading, delivery: Delivery, language: Language, site: Site) -> Screen:
    """What the rules of the reader have done in a week, the most disturbing first. Raises: Obsolete."""
    since, until = week_of(delivery.details["week"])
    viewer = viewer_of(reading, person_id=delivery.person_id)
    found = noisy_rules(reading, viewer=viewer, since=since, until=until)
    if not found:
        raise Obsolete("nothing")
    last = (until - timedelta(minutes=1)).strftime("%d.%m")
    heading = translate(
        language,
        N_("Rules of alerts in the week till {day}"),
        day=last,
    )
    parts = [
        stacked(bold(_title(one, language)), *map(RichText, noise_words(language, one)))
        for one in found[:RULES_SHOWN]
    ]
    if len(found) > RULES_SHOWN:
        parts.append(RichText(translate(language, N_("and {count} more"), count=len(found) - RULES_SHOWN)))
    return Screen(text=stacked(bold(heading), *parts, gap="\n\n"), buttons=_buttons(found, language, site))


def _title(one: RuleNoise, language: Language) -> str:
    return f"{one.indicator.title(language)}, {one.territory.name(language)}"


def _buttons(found: list[RuleNoise], language: Language, site: Site) -> tuple[tuple[Button, ...], ...]:
    """A way to each rule that is named, and to all."""
    each = [
        (
            Link(
                shortened(RichText(one.indicator.title(language)), limit=LABEL_LIMIT).text,
                site.address(f"console/alert-rules/{one.rule.id}"),
            ),
        )
        for one in found[:RULES_SHOWN]
    ]
    return (*each, (Link(translate(language, N_("All rules")), site.address("console/alert-rules")),))
