"""An official's buttons under an alert. The message itself is edited by the notifications, for everybody."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bots.engine.days import as_day
from bots.engine.talk import Talk
from bots.flows.routes import Flow
from core.alerts import (
    Acknowledgement,
    AlertSnoozed,
    SnoozeTerm,
    acknowledge_group,
    alert_card_for,
    alert_headline,
    explanation_lines,
    snooze_group,
    why_group,
)
from core.commitments import (
    Commitment,
    commitment,
    commitment_lines,
    make_commitment,
    report_commitment_kept,
)
from core.identity import Viewer
from core.shared.errors import Empty
from core.shared.ids import AlertId, CommitmentId
from core.shared.language import N_
from core.store import Reading
from core.territories import territory
from messengers import (
    AcceptAlert,
    Button,
    Commit,
    Open,
    OpenBelow,
    Place,
    Press,
    RichText,
    Screen,
    Snooze,
    SnoozeAlert,
    bold,
    clock_time,
    plain,
    shortened,
    spoken_moment,
    stacked,
)

MEASURE, RESULT, SNOOZE = "alerts:measure", "alerts:result", "alerts:snooze"
PREVIEW = 200
# A message has 4000 characters, an explanation at most some 600.
EXPLAINED = 5
# What remedies take: a week, a month, a quarter. The console takes any day.
_DAYS = {7: N_("In a week"), 30: N_("In a month"), 90: N_("In three months")}
_TERMS = {
    Snooze.HOUR: SnoozeTerm.HOUR,
    Snooze.MORNING: SnoozeTerm.MORNING,
    Snooze.MONDAY: SnoozeTerm.MONDAY,
}


async def accept(talk: Talk, action: AcceptAlert) -> None:
    """Take the alert; whoever comes second is told who has it."""
    taken = await talk.do(
        acknowledge_group, Acknowledgement, alert_id=AlertId(action.alert_id), person_id=talk.person.id
    )
    buttons: tuple[tuple[Button, ...], ...]
    zone, _ = await talk.ask(_place_and_time, viewer=talk.viewer, alert_id=AlertId(action.alert_id))
    if taken.person_id == talk.person.id:
        text = stacked(
            talk.say(N_("You have taken the alert. The others see it.")),
            talk.say(N_("Now name the measure and its term: they will stand on the indicator's page.")),
        )
        silence = Press(talk.say(N_("Silence until…")), OpenBelow(Place.ALERT_SILENCE, action.alert_id))
        buttons = (
            (Press(talk.say(N_("Measure and term")), Open(Place.ALERT_MEASURE, action.alert_id)), silence),
        )
    else:
        buttons = ()
        text = talk.rich(
            N_("Taken already: {name}, {time}."),
            name=bold(taken.person_name),
            time=clock_time(taken.at, zone),
        )
    await talk.show(Screen(text=text, buttons=buttons), fresh=True)


async def explain(talk: Talk, subject: str) -> None:
    """Why has it fired? All that the message shows, as far as one screen goes."""
    found = await talk.ask(why_group, viewer=talk.viewer, alert_id=AlertId(subject))
    parts = [
        stacked(
            bold(alert_headline(talk.language, why.card)),
            *map(RichText, explanation_lines(talk.language, why)),
        )
        for why in found[:EXPLAINED]
    ]
    if len(found) > EXPLAINED:
        parts.append(RichText(talk.say(N_("and {count} more"), count=len(found) - EXPLAINED)))
    await talk.show(Screen(text=stacked(*parts, gap="\n\n")))


async def ask_how_long(talk: Talk, subject: str) -> None:
    """Put off until when?"""
    await talk.ask(alert_card_for, viewer=talk.viewer, alert_id=AlertId(subject))
    buttons = (
        (
            Press(talk.say(N_("One hour")), SnoozeAlert(subject, Snooze.HOUR)),
            Press(talk.say(N_("Until 9 in the morning")), SnoozeAlert(subject, Snooze.MORNING)),
        ),
        (Press(talk.say(N_("Until Monday, 9:00")), SnoozeAlert(subject, Snooze.MONDAY)),),
    )
    await talk.dialogue.update_data(alert=subject)
    await talk.dialogue.set_state(SNOOZE)
    text = stacked(
        bold(talk.say(N_("Put off until when?"))),
        talk.say(
            N_("Tap, or type a date, for example 28.11. Then it comes back to everybody who may take it.")
        ),
    )
    await talk.show(Screen(text=text, buttons=buttons))


async def snooze(talk: Talk, action: SnoozeAlert) -> None:
    """Put the alert off."""
    await _put_off(talk, AlertId(action.alert_id), _TERMS[action.until])


async def hear_day(talk: Talk, text: str) -> None:
    """Put the alert off till the day that was typed."""
    alert_id = AlertId((await talk.dialogue.get_data())["alert"])
    zone, now = await talk.ask(_place_and_time, viewer=talk.viewer, alert_id=alert_id)
    day = as_day(text, today=now.astimezone(ZoneInfo(zone)).date())
    await _put_off(talk, alert_id, SnoozeTerm.DATE, day=day)


async def _put_off(talk: Talk, alert_id: AlertId, term: SnoozeTerm, *, day: date | None = None) -> None:
    person_id = talk.person.id
    fact = await talk.do(
        snooze_group, AlertSnoozed, alert_id=alert_id, person_id=person_id, term=term, day=day
    )
    await talk.dialogue.set_state(None)
    zone, now = await talk.ask(_place_and_time, viewer=talk.viewer, alert_id=alert_id)
    moment = spoken_moment(fact.until, now=now, zone=zone, language=talk.language)
    await talk.show(Screen(text=talk.rich(N_("Put off: {moment}."), moment=bold(moment))))


async def ask_measure(talk: Talk, subject: str) -> None:
    """What will be done?"""
    await talk.ask(alert_card_for, viewer=talk.viewer, alert_id=AlertId(subject))
    await talk.dialogue.update_data(alert=subject, measure=None)
    await talk.dialogue.set_state(MEASURE)
    text = stacked(
        bold(talk.say(N_("What will be done?"))),
        talk.say(N_("Write it in one message, as citizens will read it on the indicator's page.")),
    )
    await talk.show(Screen(text=text))


async def hear_measure(talk: Talk, text: str) -> None:
    """The measure is known; by when?"""
    data = await talk.dialogue.get_data()
    await talk.dialogue.update_data(measure=text)
    preview = shortened(plain(text), limit=PREVIEW)
    words = stacked(bold(talk.say(N_("By when?"))), plain("«") + preview + "»")
    terms = tuple(Press(talk.say(label), Commit(data["alert"], days)) for days, label in _DAYS.items())
    await talk.show(Screen(text=words, buttons=(terms,)))


async def commit(talk: Talk, action: Commit) -> None:
    """Promise it in public."""
    alert_id = AlertId(action.alert_id)
    zone, now = await talk.ask(_place_and_time, viewer=talk.viewer, alert_id=alert_id)
    data = await talk.dialogue.get_data()
    if data.get("alert") != action.alert_id or not data.get("measure"):
        # An old button after another measure was begun: nothing is promised by mistake.
        raise Empty
    promised = await talk.do(
        make_commitment,
        Commitment,
        alert_id=alert_id,
        person_id=talk.person.id,
        measure=data["measure"],
        due=now.astimezone(ZoneInfo(zone)).date() + timedelta(days=action.days),
    )
    await talk.dialogue.set_state(None)
    place = await talk.ask(territory, territory_id=promised.territory_id)
    text = stacked(
        bold(talk.say(N_("Published on the indicator's page."))),
        *commitment_lines(talk.language, promised, place),
    )
    done = Press(talk.say(N_("Report that it is done")), OpenBelow(Place.COMMITMENT_RESULT, promised.id))
    await talk.show(Screen(text=text, buttons=((done,),)), lasting=True)


async def ask_result(talk: Talk, subject: str) -> None:
    """What came of the measure?"""
    promised = await talk.ask(commitment, commitment_id=CommitmentId(subject))
    await talk.ask(alert_card_for, viewer=talk.viewer, alert_id=promised.alert_id)
    await talk.dialogue.update_data(commitment=subject)
    await talk.dialogue.set_state(RESULT)
    text = stacked(
        bold(talk.say(N_("What has been done?"))),
        plain(promised.measure),
        talk.say(N_("Write the result in one message: citizens will read it.")),
    )
    await talk.show(Screen(text=text))


async def hear_result(talk: Talk, text: str) -> None:
    """The measure was taken."""
    data = await talk.dialogue.get_data()
    await talk.do(
        report_commitment_kept,
        Commitment,
        commitment_id=CommitmentId(data["commitment"]),
        person_id=talk.person.id,
        result=text,
    )
    await talk.dialogue.set_state(None)
    await talk.show(Screen(text=plain(talk.say(N_("Thank you: the result is published.")))), lasting=True)


def _place_and_time(reading: Reading, *, viewer: Viewer, alert_id: AlertId) -> tuple[str, datetime]:
    card = alert_card_for(reading, viewer=viewer, alert_id=alert_id)
    return card.territory.time_zone, reading.now


FLOW = Flow(
    places={
        Place.ALERT_SNOOZE: ask_how_long,
        Place.ALERT_MEASURE: ask_measure,
        Place.ALERT_WHY: explain,
        Place.COMMITMENT_RESULT: ask_result,
    },
    actions={AcceptAlert: accept, SnoozeAlert: snooze, Commit: commit},
    hears={MEASURE: hear_measure, RESULT: hear_result, SNOOZE: hear_day},
)
