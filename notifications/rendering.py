"""A delivery in words, at the moment of sending: what it says is what holds then."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import assert_never

from core.contact import Conversation, conversation
from core.delivery import Delivery
from core.identity import Identity, Person, Viewer, identities_of_many, people, person
from core.rooms import stream_of
from core.shared.ids import ConversationId, RoomId
from core.shared.language import N_, Language, translate
from core.store import Reading, StreamEvent, event_at
from messengers import (
    Carrier,
    ChannelPolicy,
    Link,
    OpenBelow,
    Place,
    Policies,
    Press,
    Screen,
    Site,
    bold,
    plain,
    rich,
    stacked,
)
from notifications.alert_screens import AlertScreens
from notifications.attachments import attached_file
from notifications.commitments import commitment_screen
from notifications.cycles import step_screen
from notifications.kinds import Kind, kind_of
from notifications.news import brief_screen, broadcast_screen, digest_screen
from notifications.noise import noise_screen
from notifications.obsolete import Obsolete, WayClosed
from notifications.runs import RunScreens


@dataclass(frozen=True, slots=True)
class Renderer:
    """Draws deliveries; ``files`` is the folder of stored files."""

    site: Site
    files: Path
    policies: Policies

    def together(self, reading: Reading, deliveries: Sequence[Delivery]) -> list["Screen | Exception"]:
        """The screens to send, from one view of the database; a failure stands in its screen's place.

        The words of a mailing are put together once for all who read the same language.
        """
        person_ids = {one.person_id for one in deliveries}
        readers = people(reading, person_ids=person_ids)
        ways = identities_of_many(reading, person_ids=person_ids)
        drawn: dict[tuple[str, ...], Screen | Exception] = {}
        for one in deliveries:
            if not _still_leads(one, ways.get(one.person_id, ())):
                drawn[one.id,] = WayClosed("unlinked")
                continue
            key = self._sameness(one, readers.get(one.person_id))
            if key not in drawn:
                try:
                    drawn[key] = self._screen(reading, one, readers[one.person_id].language)
                except Exception as failure:  # noqa: BLE001 - handed to whoever waits for this screen
                    drawn[key] = failure
        return [
            drawn.get((one.id,)) or drawn[self._sameness(one, readers.get(one.person_id))]
            for one in deliveries
        ]

    def _sameness(self, one: Delivery, reader: Person | None) -> tuple[str, ...]:
        if kind_of(one.kind) is not Kind.BROADCAST or reader is None:
            return (one.id,)
        return (one.details["broadcast_id"], one.carrier, reader.language)

    def _screen(self, reading: Reading, delivery: Delivery, language: Language) -> Screen:
        """One screen, no more than the policy of its messenger lets through.

        Raises: Obsolete, NotYet, WayClosed.
        """
        match self.policies.get(Carrier(delivery.carrier), ChannelPolicy.OFF):
            case ChannelPolicy.OFF:
                # Switched off while the message waited.
                raise WayClosed("channel_off")
            case ChannelPolicy.INBOUND_NOTICE_ONLY:
                # What holds no longer is not announced either.
                self._drawn(reading, delivery, language)
                return self._notice_only(language)
            case _:
                return self._drawn(reading, delivery, language)

    def _drawn(self, reading: Reading, delivery: Delivery, language: Language) -> Screen:
        kind = kind_of(delivery.kind)
        match kind:
            case Kind.RUN | Kind.RUN_DONE:
                return RunScreens(self.site, self.files).draw(reading, delivery, language)
            case Kind.EDIT if delivery.details["kind"] == Kind.RUN:
                return RunScreens(self.site, self.files).draw(reading, delivery, language)
            case (
                Kind.ALERT
                | Kind.ASSIGNED
                | Kind.RETURNED
                | Kind.DUE
                | Kind.OVERDUE
                | Kind.ESCALATED
                | Kind.EDIT
            ):
                return AlertScreens(self.site, self.files).draw(reading, delivery, language)
            case Kind.ANSWER | Kind.EFFECT | Kind.RESOLVED:
                return self._of_conversation(kind, reading, delivery, language)
            case Kind.BROADCAST:
                return broadcast_screen(reading, delivery, language)
            case (
                Kind.COMMITMENT
                | Kind.COMMITMENT_DUE
                | Kind.COMMITMENT_ENDED
                | Kind.BRIEF
                | Kind.STEP
                | Kind.DIGEST
                | Kind.NOISE
            ):
                return _WITH_LINKS[kind](reading, delivery, language, self.site)
            case _:
                assert_never(kind)

    def _of_conversation(
        self, kind: Kind, reading: Reading, delivery: Delivery, language: Language
    ) -> Screen:
        screen = _OF_CONVERSATION[kind](reading, delivery, language)
        if kind is not Kind.ANSWER:
            return screen
        return replace(screen, file=attached_file(self.files, _event(reading, delivery), language))

    def _notice_only(self, language: Language) -> Screen:
        button = Link(translate(language, N_("Open my account")), self.site.address("chat"))
        text = translate(
            language, N_("There is something new for you. It waits in your account on the site.")
        )
        return Screen(text=plain(text), buttons=((button,),))


def _still_leads(one: Delivery, ways: Sequence[Identity]) -> bool:
    """Whether the address is the person's: it may have been unlinked while the message waited."""
    if one.carrier == Carrier.WEB:
        return True
    return any(way.provider == one.carrier and way.subject == one.address for way in ways)


def _effect(reading: Reading, delivery: Delivery, language: Language) -> Screen:
    """The model's reckoning of a citizen's own proposal, with its intervals."""
    heading = rich(
        language, N_("Your proposal {number} has been reckoned"), number=bold(_number(reading, delivery))
    )
    text = stacked(heading, plain(_event(reading, delivery).body["text"]), gap="\n\n")
    write = Press(translate(language, N_("Write on")), OpenBelow(Place.DIRECT_LINE))
    look = Press(translate(language, N_("Look at the indicators")), OpenBelow(Place.INDICATORS))
    menu = Press(translate(language, N_("⌂ Menu")), OpenBelow(Place.MENU))
    return Screen(text=text, buttons=((write, menu), (look,)))


def _event(reading: Reading, delivery: Delivery) -> StreamEvent:
    stream = stream_of(RoomId(delivery.details["room_id"]))
    event = event_at(reading, stream=stream, seq=delivery.details["seq"])
    if event is None or not event.body.get("text"):
        raise Obsolete("withdrawn")
    return event


def _answer(reading: Reading, delivery: Delivery, language: Language) -> Screen:
    number = _number(reading, delivery)
    event = _event(reading, delivery)
    text = stacked(
        rich(language, N_("Answer to {number}"), number=bold(number)),
        plain(event.body["text"]),
        plain(f"— {event.body['name']}"),
        gap="\n\n",
    )
    reply = Press(translate(language, N_("Write on")), OpenBelow(Place.DIRECT_LINE))
    menu = Press(translate(language, N_("⌂ Menu")), OpenBelow(Place.MENU))
    return Screen(text=text, buttons=((reply, menu),))


def _resolved(reading: Reading, delivery: Delivery, language: Language) -> Screen:
    number = _number(reading, delivery)
    text = stacked(
        rich(language, N_("Conversation {number} is closed."), number=bold(number)),
        translate(language, N_("If something is not settled, write again: it opens a new one.")),
    )
    write = Press(translate(language, N_("Write")), OpenBelow(Place.DIRECT_LINE))
    menu = Press(translate(language, N_("⌂ Menu")), OpenBelow(Place.MENU))
    return Screen(text=text, buttons=((write, menu),))


def _number(reading: Reading, delivery: Delivery) -> str:
    return _conversation(reading, delivery).number


def _conversation(reading: Reading, delivery: Delivery) -> Conversation:
    viewer = Viewer(person=person(reading, person_id=delivery.person_id))
    return conversation(
        reading, viewer=viewer, conversation_id=ConversationId(delivery.details["conversation_id"])
    )


_WITH_LINKS = {
    Kind.COMMITMENT: commitment_screen,
    Kind.COMMITMENT_DUE: commitment_screen,
    Kind.COMMITMENT_ENDED: commitment_screen,
    Kind.BRIEF: brief_screen,
    Kind.STEP: step_screen,
    Kind.DIGEST: digest_screen,
    Kind.NOISE: noise_screen,
}
_OF_CONVERSATION = {Kind.ANSWER: _answer, Kind.EFFECT: _effect, Kind.RESOLVED: _resolved}
