"""Broadcasts and digests in words."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from core.alerts import UnknownAlert, alert_card, alert_card_for, alert_sentence
from core.briefs import Brief, brief_heading, brief_of, brief_sections, headed_by
from core.delivery import (
    BroadcastState,
    Delivery,
    EventKind,
    UnknownBroadcast,
    WaitingNotice,
    broadcast,
    notices_in,
)
from core.identity import viewer_of
from core.shared.ids import AlertId, PersonId, TerritoryId
from core.shared.language import N_, Language, translate, translate_plural
from core.store import Reading
from core.territories import territory
from messengers import (
    Link,
    OpenBelow,
    Place,
    Press,
    RichText,
    Screen,
    Site,
    Unsubscribe,
    bold,
    plain,
    shortened,
    stacked,
)
from notifications.cycles import step_sentence
from notifications.kinds import Kind, kind_of
from notifications.notices import BEYOND_BUDGET
from notifications.obsolete import Obsolete

LINE_LIMIT = 200

_HEADINGS = {
    EventKind.ALERTS: N_("Indicators"),
    EventKind.WARNINGS: N_("Warnings"),
    EventKind.NEWS: N_("News"),
    EventKind.BRIEF: N_("The week"),
    EventKind.TERMS: N_("Your work on data"),
    EventKind.OWN: N_("Your affairs"),
}


def broadcast_screen(reading: Reading, delivery: Delivery, language: Language) -> Screen:
    """The authority's words, whose they are, and the way to get no more of them. Raises: Obsolete."""
    said = broadcast(reading, broadcast_id=delivery.details["broadcast_id"])
    if said.state not in {BroadcastState.SENDING, BroadcastState.DONE}:
        raise Obsolete("stopped")
    place = territory(reading, territory_id=said.territory_id).name(language)
    text = stacked(
        bold(said.title),
        plain(said.text),
        plain("— " + translate(language, N_("Administration: {place}"), place=place)),
        gap="\n\n",
    )
    menu = Press(translate(language, N_("⌂ Menu")), OpenBelow(Place.MENU))
    no_more = Press(translate(language, N_("Send me no more of these")), Unsubscribe(said.event))
    return Screen(text=text, buttons=((menu,), (no_more,)))


def brief_screen(reading: Reading, delivery: Delivery, language: Language, site: Site) -> Screen:
    """The week of a territory, as its head may know of it now. Raises: Obsolete for a former head."""
    brief = _brief(reading, delivery.person_id, delivery.details)
    sections = [
        stacked(bold(heading) if heading else None, *(RichText(f"• {line}") for line in lines))
        for heading, lines in brief_sections(language, brief)
    ]
    look = Link(translate(language, N_("Look at the week")), site.address("console/brief"))
    menu = Press(translate(language, N_("⌂ Menu")), OpenBelow(Place.MENU))
    no_more = Press(translate(language, N_("Send me no more of these")), Unsubscribe(EventKind.BRIEF))
    text = stacked(bold(brief_heading(language, brief)), *sections, gap="\n\n")
    return Screen(text=text, buttons=((look,), (menu, no_more)))


def _brief(reading: Reading, person_id: PersonId, details: dict[str, Any]) -> Brief:
    viewer, place = viewer_of(reading, person_id=person_id), TerritoryId(details["territory_id"])
    if place not in headed_by(viewer):
        raise Obsolete("no_head")
    week = date.fromisoformat(details["week"])
    return brief_of(reading, viewer=viewer, territory_id=place, week=week)


def digest_screen(reading: Reading, delivery: Delivery, language: Language, site: Site) -> Screen:
    """What was not shown at once, by kind of event, the newest first; every notice has its line.

    Raises: Obsolete if the reader may not know of any of it any more.
    """
    notices = [
        one
        for one in notices_in(reading, digest_id=delivery.details["digest_id"])
        if _may_know(reading, delivery.person_id, one)
    ]
    if not notices:
        raise Obsolete("no_right")
    heading = translate_plural(
        language,
        N_("{count} thing that you have not seen yet"),
        N_("{count} things that you have not seen yet"),
        len(notices),
    )
    spared = [one for one in notices if BEYOND_BUDGET in one.details]
    parts: list[RichText] = [] if len(spared) == len(notices) else [bold(heading)]
    if spared:
        parts.append(stacked(bold(_spared_words(spared, language)), *_lines(reading, spared, language)))
    for event in EventKind:
        rest = [one for one in notices if one.event is event and one not in spared]
        if rest:
            heading_of = bold(translate(language, _HEADINGS[event]))
            parts.append(stacked(heading_of, *_lines(reading, rest, language)))
    settings = Press(translate(language, N_("🔔 Notifications")), OpenBelow(Place.NOTICES))
    menu = Press(translate(language, N_("⌂ Menu")), OpenBelow(Place.MENU))
    if spared:
        where = Link(translate(language, N_("Look at each")), site.address("console/alerts"))
    else:
        where = Link(translate(language, N_("Open my account")), site.address("me/notices"))
    return Screen(text=stacked(*parts, gap="\n\n"), buttons=((where,), (settings, menu)))


def _may_know(reading: Reading, person_id: PersonId, notice: WaitingNotice) -> bool:
    """Whether the reader still has the right to an alert that has waited."""
    if kind_of(notice.kind) is not Kind.ALERT:
        return True
    viewer = viewer_of(reading, person_id=person_id)
    try:
        alert_card_for(reading, viewer=viewer, alert_id=AlertId(notice.details["alert_id"]))
    except UnknownAlert:
        return False
    return True


def _spared_words(spared: Sequence[WaitingNotice], language: Language) -> str:
    """What the day brought beyond what is enough for the reader."""
    return translate_plural(
        language,
        N_("{count} more alert for today"),
        N_("{count} more alerts for today"),
        len(spared),
    )


def _lines(reading: Reading, notices: Sequence[WaitingNotice], language: Language) -> list[RichText]:
    return [_line(reading, one, language) for one in notices]


def _line(reading: Reading, notice: WaitingNotice, language: Language) -> RichText:
    said = shortened(RichText(_words(reading, notice, language)), limit=LINE_LIMIT)
    return RichText("• ") + said


def _words(reading: Reading, notice: WaitingNotice, language: Language) -> str:
    kind = kind_of(notice.kind)
    if kind is Kind.ALERT:
        card = alert_card(reading, alert_id=AlertId(notice.details["alert_id"]))
        return alert_sentence(language, card)
    if kind is Kind.STEP:
        return step_sentence(reading, notice.details, language)
    if kind is Kind.NOISE:
        return translate(language, N_("The week's report of alert rules is at the console."))
    if kind is Kind.BROADCAST:
        try:
            said = broadcast(reading, broadcast_id=notice.details["broadcast_id"])
        except UnknownBroadcast:
            said = None
        if said is None or said.state is BroadcastState.STOPPED:
            return translate(language, N_("A message of the administration that was withdrawn"))
        return f"{said.title}. {said.text}"
    if kind is Kind.BRIEF:
        place = territory(reading, territory_id=TerritoryId(notice.details["territory_id"]))
        return translate(language, N_("The week of {place} is on the console."), place=place.name(language))
    raise ValueError(f"{notice.kind} does not come in digests")
