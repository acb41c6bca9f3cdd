"""What was promised about an indicator, told to those whose proposals would change it."""

from core.commitments import Commitment, CommitmentStatus, commitment, commitment_lines, status_words
from core.delivery import Delivery
from core.effects import proposals_about
from core.indicators import indicator
from core.shared.ids import CommitmentId
from core.shared.language import N_, Language, translate
from core.store import Reading
from core.territories import territory
from messengers import Link, OpenBelow, Place, Press, RichText, Screen, Site, bold, plain, rich, stacked
from notifications.kinds import Kind
from notifications.obsolete import Obsolete

_ENDED = {
    CommitmentStatus.KEPT: N_("The measure on «{title}» was taken in time"),
    CommitmentStatus.MISSED: N_("The term of the measure on «{title}» has passed"),
}


def commitment_screen(reading: Reading, delivery: Delivery, language: Language, site: Site) -> Screen:
    """The news, what was promised and why it comes to this person. Raises: Obsolete for a term met."""
    promised = commitment(reading, commitment_id=CommitmentId(delivery.details["commitment_id"]))
    place = territory(reading, territory_id=promised.territory_id)
    title = bold(indicator(reading, code=promised.indicator).title(language))
    if delivery.kind == Kind.COMMITMENT:
        news = rich(language, N_("There is a measure on «{title}»"), title=title)
    elif delivery.kind == Kind.COMMITMENT_DUE:
        if promised.status is not CommitmentStatus.OPEN:
            raise Obsolete("done")
        news = rich(language, N_("Today is the last day of your measure on «{title}»"), title=title)
    else:
        # It cannot be open again: a commitment ends once.
        news = rich(language, _ENDED[promised.status], title=title)
    text = stacked(
        news,
        stacked(*map(RichText, commitment_lines(language, promised, place))),
        plain(_why(reading, delivery, promised, language)),
        gap="\n\n",
    )
    address = site.address(f"t/{place.slug}/indicators/{promised.indicator}")
    look = Link(translate(language, N_("Look at the indicator")), address)
    menu = Press(translate(language, N_("⌂ Menu")), OpenBelow(Place.MENU))
    if delivery.kind == Kind.COMMITMENT_DUE:
        result = OpenBelow(Place.COMMITMENT_RESULT, promised.id)
        done = Press(translate(language, N_("Report that it is done")), result)
        return Screen(text=text, buttons=((done,), (look,), (menu,)))
    return Screen(text=text, buttons=((look,), (menu,)))


def _why(reading: Reading, delivery: Delivery, promised: Commitment, language: Language) -> str:
    proposals = proposals_about(reading, indicator=promised.indicator, territory_id=promised.territory_id)
    mine = [one.number for one in proposals if one.citizen_id == delivery.person_id]
    if mine:
        return translate(
            language, N_("Your proposal {number} is about this indicator."), number=", ".join(mine)
        )
    return status_words(language, promised).capitalize() + "."
