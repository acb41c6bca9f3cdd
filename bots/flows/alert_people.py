"""Who shall act on an alert: giving it to somebody, giving it back, a note on it."""

from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from bots.engine.days import as_day
from bots.engine.talk import Talk
from bots.flows.routes import Flow
from core.alerts import (
    AlertAssigned,
    AlertCard,
    AlertNoted,
    AlertReturned,
    UnknownAssignee,
    alert_card_for,
    assign_group,
    assignees,
    note_alert,
    return_group,
)
from core.chats import native_message_id
from core.delivery import delivery_shown_as
from core.identity import Person, Viewer, person
from core.shared.ids import AlertId, PersonId
from core.shared.language import N_
from core.store import Reading
from messengers import (
    AssignAlert,
    Button,
    Carrier,
    ChooseAssignee,
    Open,
    Place,
    Press,
    RichText,
    Screen,
    bold,
    plain,
    shortened,
    spoken_day,
    stacked,
)

TERM, REASON, NOTE = "alerts:term", "alerts:reason", "alerts:note"
PREVIEW = 200
_TERMS = {0: N_("Today"), 3: N_("Three days"), 7: N_("A week")}


@dataclass(frozen=True, slots=True)
class _Choice:
    """Who may get the alert, and which day it is where it fired."""

    card: AlertCard
    people: list[Person]
    today: date


async def ask_assignee(talk: Talk, subject: str) -> None:
    """Who shall take care of it?"""
    choice = await _choice(talk, subject)
    if not choice.people:
        text = stacked(
            bold(talk.say(N_("There is nobody else to give it to."))),
            talk.say(N_("Nobody else handles alerts here. You can take it yourself.")),
        )
        await talk.show(Screen(text=text))
        return
    text = stacked(
        bold(talk.say(N_("Who shall take care of it?"))),
        talk.say(N_("They get a message and take it or give it back. The others see it.")),
    )
    rows: list[tuple[Button, ...]] = [
        (Press(_called(one), ChooseAssignee(subject, one.id)),) for one in choice.people
    ]
    await talk.show(Screen(text=text, buttons=tuple(rows)))


async def ask_term(talk: Talk, action: ChooseAssignee) -> None:
    """By when?"""
    await _choice(talk, action.alert_id)
    await talk.dialogue.update_data(alert=action.alert_id, assignee=action.person_id, comment="")
    await talk.dialogue.set_state(TERM)
    await _show_terms(talk, action.alert_id, action.person_id, comment="")


async def hear_term(talk: Talk, text: str) -> None:
    """A day is the term; anything else is said to whoever gets the alert."""
    data = await talk.dialogue.get_data()
    today = (await _choice(talk, data["alert"])).today
    day = as_day(text, today=today)
    if day is not None:
        await _give(talk, data["alert"], due=day, today=today)
        return
    await talk.dialogue.update_data(comment=text)
    await _show_terms(talk, data["alert"], data["assignee"], comment=text)


async def assign(talk: Talk, action: AssignAlert) -> None:
    """The term is one of the buttons."""
    today = (await _choice(talk, action.alert_id)).today
    await _give(talk, action.alert_id, due=today + timedelta(days=action.days), today=today)


async def ask_reason(talk: Talk, subject: str) -> None:
    """Why is it given back?"""
    await talk.ask(alert_card_for, viewer=talk.viewer, alert_id=AlertId(subject))
    await talk.dialogue.update_data(alert=subject)
    await talk.dialogue.set_state(REASON)
    text = stacked(
        bold(talk.say(N_("Why are you giving it back?"))),
        talk.say(N_("One message is enough: whoever gave it to you and the others will read it.")),
    )
    await talk.show(Screen(text=text))


async def hear_reason(talk: Talk, text: str) -> None:
    """It waits for somebody again."""
    data = await talk.dialogue.get_data()
    alert_id = AlertId(data["alert"])
    await talk.do(return_group, AlertReturned, alert_id=alert_id, person_id=talk.person.id, reason=text)
    await talk.dialogue.set_state(None)
    await talk.show(Screen(text=plain(talk.say(N_("Given back. The others have read why.")))))


async def ask_note(talk: Talk, subject: str) -> None:
    """A note, where a message cannot be replied to."""
    await talk.ask(alert_card_for, viewer=talk.viewer, alert_id=AlertId(subject))
    await talk.dialogue.update_data(alert=subject)
    await talk.dialogue.set_state(NOTE)
    text = stacked(
        bold(talk.say(N_("What should colleagues know?"))),
        talk.say(N_("The reason and what is being done, in one message. Citizens do not see it.")),
    )
    await talk.show(Screen(text=text))


async def hear_note(talk: Talk, text: str) -> None:
    """The note that was asked for."""
    data = await talk.dialogue.get_data()
    await _note(talk, AlertId(data["alert"]), text)
    await talk.dialogue.set_state(None)


async def hear_reply(talk: Talk, message_id: int, text: str) -> bool:
    """A reply to the message of an alert is a note on it; False if that message was of something else."""
    names = await _names(talk, message_id)
    shown = await talk.ask(
        delivery_shown_as, person_id=talk.person.id, carrier=talk.carrier.value, native_ids=names
    )
    if shown is None or "alert_id" not in shown.details:
        return False
    await _note(talk, AlertId(shown.details["alert_id"]), text)
    return True


async def _note(talk: Talk, alert_id: AlertId, text: str) -> None:
    await talk.do(note_alert, AlertNoted, alert_id=alert_id, person_id=talk.person.id, text=text)
    words = talk.say(N_("Noted. Colleagues see it under the alert, citizens do not."))
    await talk.show(Screen(text=plain(words)), fresh=True)


async def _names(talk: Talk, message_id: int) -> list[str]:
    """How a message may be called in its delivery."""
    if talk.carrier is Carrier.MAX:
        here = talk.scope.meeting.chat.id
        name = await talk.ask(native_message_id, chat_id=here, local_id=message_id)
        return [] if name is None else [name]
    if talk.carrier is Carrier.TELEGRAM:
        return [f"{form}:{message_id}" for form in ("photo", "text")]
    return [str(message_id)]


async def _show_terms(talk: Talk, alert_id: str, assignee: str, *, comment: str) -> None:
    chosen = await talk.ask(person, person_id=PersonId(assignee))
    said = plain("«") + shortened(plain(comment), limit=PREVIEW) + "»" if comment else None
    hint = (
        N_("Tap a term or type a date, for example 28.11.")
        if comment
        else N_("Tap a term or type a date, for example 28.11. Words typed before it go along as a comment.")
    )
    text = stacked(talk.rich(N_("{name}: by when?"), name=bold(chosen.display_name)), said, talk.say(hint))
    terms = tuple(Press(talk.say(label), AssignAlert(alert_id, days)) for days, label in _TERMS.items())
    back = Open(Place.ALERT_ASSIGN, alert_id)
    await talk.show(Screen(text=text, buttons=(terms,)), back=back)


async def _give(talk: Talk, alert_id: str, *, due: date, today: date) -> None:
    data = await talk.dialogue.get_data()
    if data.get("alert") != alert_id or not data.get("assignee"):
        # An old button after another alert was begun: nobody gets anything by mistake.
        raise UnknownAssignee
    await talk.do(
        assign_group,
        AlertAssigned,
        alert_id=AlertId(alert_id),
        person_id=talk.person.id,
        assignee_id=PersonId(data["assignee"]),
        due=due,
        comment=data.get("comment") or "",
    )
    await talk.dialogue.set_state(None)
    given = await talk.ask(person, person_id=PersonId(data["assignee"]))
    day = spoken_day(due, today=today, language=talk.language)
    text: RichText = stacked(
        talk.rich(N_("Assigned: {name}, term: {day}."), name=bold(given.display_name), day=day),
        talk.say(N_("You will see when it is taken or given back.")),
    )
    await talk.show(Screen(text=text))


async def _choice(talk: Talk, alert_id: str) -> _Choice:
    return await talk.ask(_who, viewer=talk.viewer, alert_id=AlertId(alert_id), person_id=talk.person.id)


def _who(reading: Reading, *, viewer: Viewer, alert_id: AlertId, person_id: PersonId) -> _Choice:
    card = alert_card_for(reading, viewer=viewer, alert_id=alert_id)
    today = reading.now.astimezone(ZoneInfo(card.territory.time_zone)).date()
    return _Choice(card, assignees(reading, alert_id=alert_id, assigner_id=person_id), today)


def _called(one: Person) -> str:
    return f"{one.display_name}, {one.position}" if one.position else one.display_name


FLOW = Flow(
    places={
        Place.ALERT_ASSIGN: ask_assignee,
        Place.ALERT_RETURN: ask_reason,
        Place.ALERT_NOTE: ask_note,
    },
    actions={ChooseAssignee: ask_term, AssignAlert: assign},
    hears={TERM: hear_term, REASON: hear_reason, NOTE: hear_note},
)
