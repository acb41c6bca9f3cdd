"""Broadcasts and digests in words."""

from datetime import date
from typing import Any

from core.alerts import alert_card, alert_headline
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
from notifications.obsolete import Obsolete

LINE_LIMIT = 200

_HEADINGS = {
    EventKind.ALERTS: N_("Indicators"),
    EventKind.WARNINGS: N_("Warnings"),
    EventKind.NEWS: N_("News"),
    EventKind.BRIEF: N_("The week"),
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
    """What was not shown at once, by kind of event, the newest first; every notice has its line."""
    notices = notices_in(reading, digest_id=delivery.details["digest_id"])
    heading = translate_plural(
        language,
        N_("{count} thing that you have not seen yet"),
        N_("{count} things that you have not seen yet"),
        len(notices),
    )
    parts: list[RichText] = [bold(heading)]
    for event in EventKind:
        lines = [_line(reading, one, language) for one in notices if one.event is event]
        if lines:
            parts.append(stacked(bold(translate(language, _HEADINGS[event])), *lines))
    settings = Press(translate(language, N_("🔔 Notifications")), OpenBelow(Place.NOTICES))
    menu = Press(translate(language, N_("⌂ Menu")), OpenBelow(Place.MENU))
    account = Link(translate(language, N_("Open my account")), site.address("me/notices"))
    return Screen(text=stacked(*parts, gap="\n\n"), buttons=((account,), (settings, menu)))


def _line(reading: Reading, notice: WaitingNotice, language: Language) -> RichText:
    said = shortened(RichText(_words(reading, notice, language)), limit=LINE_LIMIT)
    return RichText("• ") + said


def _words(reading: Reading, notice: WaitingNotice, language: Language) -> str:
    kind = kind_of(notice.kind)
    if kind is Kind.ALERT:
        card = alert_card(reading, alert_id=AlertId(notice.details["alert_id"]))
        return alert_headline(language, card)
    if kind is Kind.STEP:
        return step_sentence(reading, notice.details, language)
    if kind is Kind.BROADCAST:
        try:
            said = broadcast(reading, broadcast_id=notice.details["broadcast_id"])
        except UnknownBroadcast:
            return translate(language, N_("A message of the administration that was withdrawn"))
        return f"{said.title}. {said.text}"
    if kind is Kind.BRIEF:
        place = territory(reading, territory_id=TerritoryId(notice.details["territory_id"]))
        return translate(language, N_("The week of {place} is on the console."), place=place.name(language))
    raise ValueError(f"{notice.kind} does not come in digests")
