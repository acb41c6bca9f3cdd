"""Several alerts of one release and one theme in one message."""

from collections.abc import Sequence

from core.alerts import (
    AlertCard,
    AlertState,
    Severity,
    alert_sentence,
    note_lines,
    standing_lines,
)
from core.shared.language import N_, Language, translate, translate_plural
from core.store import Reading
from core.territories import reference_items
from messengers import AcceptAlert, Button, Link, OpenBelow, Place, Press, RichText, Site, bold, stacked

# A caption has 1024 characters, and nobody reads more lines on a phone.
LINES_SHOWN = 8


def group_words(reading: Reading, cards: Sequence[AlertCard], language: Language) -> RichText:
    """Where, in which theme, how many; a line each, the open ones first; who has the first."""
    lead = cards[0]
    rubrics = {item.code: item.title(language) for item in reference_items(reading, taxonomy="rubric")}
    ordered = sorted(cards, key=lambda card: card.alert.state is AlertState.OK)
    news = translate_plural(
        language,
        N_("{territory}, {theme}: {count} indicator needs attention"),
        N_("{territory}, {theme}: {count} indicators need attention"),
        len(cards),
        territory=lead.territory.name(language),
        theme=rubrics.get(lead.indicator.rubric, lead.indicator.rubric),
    )
    sign = "🔴" if lead.alert.rule.severity is Severity.CRITICAL else "⚠️"
    lines = [RichText(alert_sentence(language, card)) for card in ordered[:LINES_SHOWN]]
    if len(cards) > LINES_SHOWN:
        more = translate(language, N_("and {count} more"), count=len(cards) - LINES_SHOWN)
        lines.append(RichText(more))
    shown = ordered[0]
    if shown.territory.synthetic:
        lines.append(RichText(translate(language, N_("Synthetic data: an example, not the real town."))))
    # Notes are kept with the alert that leads, whether or not it is over.
    people = [*standing_lines(language, shown), *note_lines(language, lead)]
    return stacked(bold(f"{sign} {news}"), *lines, *map(RichText, people))


def group_buttons(
    cards: Sequence[AlertCard], language: Language, site: Site
) -> tuple[tuple[Button, ...], ...]:
    """Take all, put all off; why, and look at each."""
    lead = cards[0].alert.id
    why = Press(translate(language, N_("Why?")), OpenBelow(Place.ALERT_WHY, lead))
    look = Link(translate(language, N_("Look at each")), site.address("console/alerts"))
    firing = [card for card in cards if card.alert.state is AlertState.FIRING]
    if not firing:
        return ((why, look),)
    assign = Press(translate(language, N_("Assign")), OpenBelow(Place.ALERT_ASSIGN, lead))
    if all(card.alert.acknowledged_by is not None for card in firing):
        return ((assign, why), (look,))
    accept = Press(translate(language, N_("Accept all")), AcceptAlert(lead))
    snooze = Press(translate(language, N_("Put off ▾")), OpenBelow(Place.ALERT_SNOOZE, lead))
    return ((accept, assign), (snooze, why), (look,))
