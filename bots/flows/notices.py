"""Notifications: what to be told at once, what once a day, what never."""

from enum import StrEnum
from typing import TypeVar

from bots.engine.talk import Talk
from bots.flows.routes import Flow
from core.briefs import choosable_by
from core.delivery import (
    EVENT_WORDS,
    PRESET_WORDS,
    WHEN_WORDS,
    EventKind,
    Preset,
    When,
    choose_notice,
    choose_preset,
    next_choice,
    preferences_of,
    unsubscribe,
)
from core.shared.errors import Invalid
from core.shared.language import N_
from messengers import (
    Button,
    Carrier,
    ChooseNotice,
    ChoosePreset,
    Open,
    Place,
    Press,
    Screen,
    Unsubscribe,
    bold,
    stacked,
)

E = TypeVar("E", bound=StrEnum)


async def show_notices(talk: Talk, _subject: str = "") -> None:
    """The three ways to be told, and the way to the details."""
    wanted = await talk.ask(preferences_of, person_id=talk.person.id)
    text = stacked(
        bold(talk.say(N_("Notifications"))),
        talk.say(N_("Answers to you always come at once. From ten in the evening till eight we keep quiet.")),
        talk.say(N_("What comes once a day is collected in one message.")),
    )
    mixed = bool(wanted.choices)
    rows: list[tuple[Button, ...]] = [
        (Press(_chosen(talk.say(words), preset is wanted.preset and not mixed), ChoosePreset(preset)),)
        for preset, words in PRESET_WORDS.items()
    ]
    rows.append((Press(_chosen(talk.say(N_("Choose one by one")), mixed), Open(Place.NOTICE_MATRIX)),))
    await talk.show(Screen(text=text, buttons=tuple(rows)), back=Open(Place.ACCOUNT))


async def show_matrix(talk: Talk, _subject: str = "") -> None:
    """Each kind of event over this messenger; a tap changes it."""
    wanted = await talk.ask(preferences_of, person_id=talk.person.id)
    channel = talk.carrier.value
    text = stacked(
        bold(talk.say(N_("Notifications in this messenger"))),
        talk.say(N_("Tap a line to change it. Other messengers are set there, or all of them on the site.")),
    )
    rows = []
    for event in choosable_by(talk.viewer):
        when = wanted.when(event, channel)
        label = f"{talk.say(EVENT_WORDS[event])}: {talk.say(WHEN_WORDS[when])}"
        rows.append((Press(label, ChooseNotice(event, channel, next_choice(when))),))
    await talk.show(Screen(text=text, buttons=tuple(rows)), back=Open(Place.NOTICES))


async def take_preset(talk: Talk, action: ChoosePreset) -> None:
    """One way for everything."""
    preset = _known(Preset, action.preset)
    await talk.do(choose_preset, type(None), person_id=talk.person.id, preset=preset)
    await talk.go(Place.NOTICES)


async def take_choice(talk: Talk, action: ChooseNotice) -> None:
    """One kind of event over one messenger."""
    event, choice = _known(EventKind, action.event), _known(When, action.choice)
    await talk.do(
        choose_notice,
        type(None),
        person_id=talk.person.id,
        event=event,
        channel=_known(Carrier, action.channel).value,
        choice=choice,
    )
    words = {"event": talk.say(EVENT_WORDS[event]), "when": talk.say(WHEN_WORDS[choice])}
    await talk.go(Place.NOTICE_MATRIX, news=talk.say(N_("Done. {event}: {when}."), **words))


async def take_no_more(talk: Talk, action: Unsubscribe) -> None:
    """No more of this kind, in one tap from the message itself, which stays."""
    event = _known(EventKind, action.event)
    await talk.do(
        unsubscribe,
        type(None),
        person_id=talk.person.id,
        event=event,
        channels=[carrier.value for carrier in Carrier],
    )
    talk.tapped = None
    news = talk.say(N_("You will get no more of this: {event}."), event=talk.say(EVENT_WORDS[event]))
    await talk.go(Place.NOTICES, news=news)


def _known(kind: type[E], value: str) -> E:
    try:
        return kind(value)
    except ValueError as error:
        raise Invalid from error


def _chosen(label: str, chosen: bool) -> str:  # noqa: FBT001 - two labels of one button
    return f"✓ {label}" if chosen else label


FLOW = Flow(
    places={Place.NOTICES: show_notices, Place.NOTICE_MATRIX: show_matrix},
    actions={ChoosePreset: take_preset, ChooseNotice: take_choice, Unsubscribe: take_no_more},
)
