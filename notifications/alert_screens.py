"""An alert in a messenger: for all who handle alerts, for whom it was given to, for whom it came back to."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from core.alerts import (
    AlertCard,
    AlertState,
    Entry,
    EntryKind,
    RuleKind,
    alert_card,
    alert_group,
    alert_headline,
    alert_lines,
)
from core.commitments import Commitment, CommitmentStatus, commitment_lines, commitment_of_alert
from core.delivery import Delivery
from core.identity import Action, viewer_of
from core.indicators import hidden_from
from core.shared.ids import AlertId, PersonId
from core.shared.language import N_, Language, translate
from core.shared.moments import day_words
from core.spaces import territories_where
from core.store import Reading
from messengers import (
    CAPABILITIES,
    AcceptAlert,
    Button,
    Carrier,
    Link,
    OpenBelow,
    Photo,
    Place,
    Press,
    RichText,
    Screen,
    Site,
    bold,
    plain,
    rich,
    stacked,
)
from notifications.alert_groups import group_buttons, group_words
from notifications.attachments import content_of
from notifications.kinds import Kind, kind_of
from notifications.obsolete import NotYet, Obsolete

Rows = tuple[tuple[Button, ...], ...]

_REMEDIES = {
    RuleKind.QUALITY: (N_("Values to decide"), "console/data/held?indicator={code}"),
    RuleKind.STALENESS: (N_("The cycle of data"), "console/cycle"),
}


@dataclass(frozen=True, slots=True)
class AlertScreens:
    """Draws alerts; ``files`` is the folder of stored files."""

    site: Site
    files: Path

    def draw(self, reading: Reading, delivery: Delivery, language: Language) -> Screen:
        """The screen of an alert, new or edited. Raises: Obsolete, NotYet."""
        cards = _cards(reading, delivery)
        edited = kind_of(delivery.kind) is Kind.EDIT
        firing = [card for card in cards if card.alert.state is AlertState.FIRING]
        if not edited and not firing:
            raise Obsolete("over")
        if kind_of(delivery.kind) is Kind.ALERT and all(card.mutes for card in firing):
            raise NotYet("muted")
        if "again" in delivery.details and all(card.alert.acknowledged_by for card in firing):
            raise Obsolete("taken")
        kind = Kind(delivery.details.get("kind", Kind.ALERT)) if edited else kind_of(delivery.kind)
        screen = (
            self._of_one(reading, cards[0], delivery, language)
            if len(cards) == 1
            else self._of_many(reading, cards, language)
        )
        news = _news(kind, cards, delivery, language)
        text = screen.text if news is None else stacked(news, screen.text, gap="\n\n")
        rows = (*_personal(kind, cards, delivery, language), *screen.buttons)
        if not CAPABILITIES[Carrier(delivery.carrier)].replies:
            note = Press(translate(language, N_("Note")), OpenBelow(Place.ALERT_NOTE, cards[0].alert.id))
            rows = (*rows, (note,))
        return Screen(text=text, buttons=rows, file=screen.file if kind is Kind.ALERT else None)

    def _of_many(self, reading: Reading, cards: list[AlertCard], language: Language) -> Screen:
        words, buttons = group_words(reading, cards, language), group_buttons(cards, language, self.site)
        return Screen(text=words, buttons=buttons, file=self._photo(cards[0], language))

    def _of_one(self, reading: Reading, card: AlertCard, delivery: Delivery, language: Language) -> Screen:
        promised = commitment_of_alert(reading, alert_id=card.alert.id)
        lines = [RichText(line) for line in alert_lines(language, card)]
        if promised is not None:
            lines += map(RichText, commitment_lines(language, promised, card.territory))
        return Screen(
            text=stacked(bold(alert_headline(language, card)), *lines),
            buttons=(
                *self._buttons(card, promised, language),
                *self._remedy(reading, card, delivery, language),
            ),
            file=self._photo(card, language),
        )

    def _buttons(self, card: AlertCard, promised: Commitment | None, language: Language) -> Rows:
        alert = card.alert
        address = self.site.address(f"t/{card.territory.slug}/indicators/{card.indicator.code}")
        why = Press(translate(language, N_("Why?")), OpenBelow(Place.ALERT_WHY, alert.id))
        look = Link(translate(language, N_("Look at the indicator")), address)
        if promised is not None and promised.status is CommitmentStatus.OPEN:
            done = OpenBelow(Place.COMMITMENT_RESULT, promised.id)
            return ((Press(translate(language, N_("Report that it is done")), done),), (why, look))
        if alert.state is AlertState.OK or promised is not None:
            return ((why, look),)
        assign = Press(translate(language, N_("Assign")), OpenBelow(Place.ALERT_ASSIGN, alert.id))
        if alert.acknowledged_by is not None:
            measure = OpenBelow(Place.ALERT_MEASURE, alert.id)
            silence = Press(
                translate(language, N_("Silence until…")), OpenBelow(Place.ALERT_SILENCE, alert.id)
            )
            return (
                (Press(translate(language, N_("Measure and term")), measure), assign),
                (silence, why),
                (look,),
            )
        accept = Press(translate(language, N_("Accept")), AcceptAlert(alert.id))
        snooze = Press(translate(language, N_("Put off ▾")), OpenBelow(Place.ALERT_SNOOZE, alert.id))
        return ((accept, assign), (snooze, why), (look,))

    def _remedy(self, reading: Reading, card: AlertCard, delivery: Delivery, language: Language) -> Rows:
        """Where whoever loads these data mends what the alert is about, for as long as it is open."""
        found = _REMEDIES.get(card.alert.rule.kind)
        if found is None or card.alert.state is AlertState.OK:
            return ()
        viewer = viewer_of(reading, person_id=delivery.person_id)
        if card.alert.territory_id not in territories_where(reading, viewer, Action.LOAD_DATA):
            return ()
        label, path = found
        address = self.site.address(path.format(code=card.indicator.code))
        return ((Link(translate(language, label), address),),)

    def _photo(self, card: AlertCard, language: Language) -> Photo | None:
        key = card.alert.picture
        content = None if key is None else content_of(self.files, key)
        if key is None or content is None:
            return None
        return Photo(
            content=content,
            file_name=f"{card.indicator.code}.png",
            alt=alert_headline(language, card),
            key=key,
        )


def _cards(reading: Reading, delivery: Delivery) -> list[AlertCard]:
    """Those of the group that the receiver may know of now. Raises: Obsolete for whoever may of none."""
    viewer = viewer_of(reading, person_id=delivery.person_id)
    mine = territories_where(reading, viewer, Action.HANDLE_ALERTS)
    hidden = hidden_from(reading, viewer=viewer)
    found = [
        alert_card(reading, alert_id=each)
        for each in alert_group(reading, alert_id=AlertId(delivery.details["alert_id"]))
    ]
    cards = [card for card in found if card.territory.id in mine and card.indicator.code not in hidden]
    if not cards:
        raise Obsolete("no_right")
    return cards


def _news(kind: Kind, cards: list[AlertCard], delivery: Delivery, language: Language) -> RichText | None:
    """What is above the alert for one person: given to them, come back to them, due, or theirs to take."""
    match kind:
        case Kind.ALERT:
            again = translate(language, N_("A reminder: nobody has taken this yet."))
            return bold(again) if "again" in delivery.details else None
        case Kind.ASSIGNED:
            return _given(_last(cards, EntryKind.ASSIGNED, about=delivery), language)
        case Kind.RETURNED:
            return _back(_last(cards, EntryKind.RETURNED, about=delivery), language)
        case Kind.DUE | Kind.OVERDUE:
            return _term(kind, cards, delivery, language)
        case Kind.ESCALATED:
            return _called(cards, _last(cards, EntryKind.ESCALATED, about=delivery), language)
        case _:
            raise ValueError(f"{kind} is no message of an alert")


def _given(entry: Entry, language: Language) -> RichText:
    news = rich(language, N_("{name} asks you to take care of this"), name=bold(entry.person_name))
    return stacked(news, plain(f"«{entry.text}»") if entry.text else None)


def _back(entry: Entry, language: Language) -> RichText:
    news = rich(language, N_("{name} has given this back to you"), name=bold(entry.person_name))
    return stacked(news, plain(f"«{entry.text}»"))


def _term(kind: Kind, cards: list[AlertCard], delivery: Delivery, language: Language) -> RichText:
    """Whose term it is and which day; as long as it is theirs. Raises: Obsolete."""
    wanted = EntryKind.DUE if kind is Kind.DUE else EntryKind.OVERDUE
    told = [
        (entry, entry.due)
        for card in cards
        for entry in card.entries
        if entry.kind is wanted and entry.due is not None and (entry.about_id, entry.due) == _held(card)
    ]
    if not told:
        raise Obsolete("withdrawn")
    entry, due = told[-1]
    if kind is Kind.DUE:
        return bold(translate(language, N_("This was assigned to you, and today is its last day")))
    day = day_words(due, year=entry.at.year, language=language)
    if entry.about_id == delivery.person_id:
        return bold(translate(language, N_("The term of what was assigned to you passed on {day}"), day=day))
    name = bold(entry.about_name)
    return rich(language, N_("The term of what you assigned to {name} passed on {day}"), name=name, day=day)


def _held(card: AlertCard) -> tuple[PersonId | None, date | None]:
    return card.alert.assigned_to, card.alert.assigned_due


def _called(cards: list[AlertCard], entry: Entry, language: Language) -> RichText:
    """Whose turn it is; once somebody has taken it, nobody is called any more."""
    firing = [card for card in cards if card.alert.state is AlertState.FIRING]
    if all(card.alert.acknowledged_by is not None for card in firing):
        return bold(translate(language, N_("Somebody has taken it: nothing is asked of you any more.")))
    news = bold(translate(language, N_("Nobody has taken this alert yet. Please take it or assign it.")))
    if entry.person_id == entry.about_id:
        return news
    stands_in = translate(language, N_("You stand in for: {name}."), name=entry.person_name)
    return stacked(news, plain(stands_in))


def _last(cards: list[AlertCard], kind: EntryKind, *, about: Delivery) -> Entry:
    """The newest deed of this kind that concerns the receiver. Raises: Obsolete if there is none."""
    mine = [
        entry
        for card in cards
        for entry in card.entries
        if entry.kind is kind and entry.about_id == about.person_id
    ]
    if not mine:
        raise Obsolete("withdrawn")
    return max(mine, key=lambda entry: entry.at)


def _personal(kind: Kind, cards: list[AlertCard], delivery: Delivery, language: Language) -> Rows:
    """The way to give it back, for as long as it is this person's."""
    if kind not in {Kind.ASSIGNED, Kind.DUE, Kind.OVERDUE}:
        return ()
    mine = [
        card
        for card in cards
        if card.alert.assigned_to == delivery.person_id and card.alert.state is AlertState.FIRING
    ]
    if not mine:
        return ()
    label = translate(language, N_("Give back"))
    return ((Press(label, OpenBelow(Place.ALERT_RETURN, cards[0].alert.id)),),)
