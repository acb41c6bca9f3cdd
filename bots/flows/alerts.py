"""An official's buttons under an alert. The message itself is edited by the notifications, for everybody."""

from datetime import datetime

from bots.engine.talk import Talk
from bots.flows.routes import Flow
from core.alerts import (
    Acknowledgement,
    AlertSnoozed,
    SnoozeTerm,
    acknowledge_alert,
    alert_card_for,
    snooze_alert,
)
from core.identity import Viewer
from core.shared.ids import AlertId
from core.shared.language import N_
from core.store import Reading
from messengers import (
    AcceptAlert,
    Place,
    Press,
    Screen,
    Snooze,
    SnoozeAlert,
    bold,
    clock_time,
    plain,
    spoken_moment,
    stacked,
)

_TERMS = {Snooze.HOUR: SnoozeTerm.HOUR, Snooze.MORNING: SnoozeTerm.MORNING}


async def accept(talk: Talk, action: AcceptAlert) -> None:
    """Take the alert; whoever comes second is told who has it."""
    taken = await talk.do(
        acknowledge_alert, Acknowledgement, alert_id=AlertId(action.alert_id), person_id=talk.person.id
    )
    zone, _ = await talk.ask(_place_and_time, viewer=talk.viewer, alert_id=AlertId(action.alert_id))
    if taken.person_id == talk.person.id:
        text = plain(talk.say(N_("You have taken the alert. The others see it.")))
    else:
        text = talk.rich(
            N_("Taken already: {name}, {time}."),
            name=bold(taken.person_name),
            time=clock_time(taken.at, zone),
        )
    await talk.show(Screen(text=text), fresh=True)


async def ask_how_long(talk: Talk, subject: str) -> None:
    """Put off until when?"""
    await talk.ask(alert_card_for, viewer=talk.viewer, alert_id=AlertId(subject))
    buttons = (
        (
            Press(talk.say(N_("One hour")), SnoozeAlert(subject, Snooze.HOUR)),
            Press(talk.say(N_("Until the morning")), SnoozeAlert(subject, Snooze.MORNING)),
        ),
    )
    text = stacked(
        bold(talk.say(N_("Put off until when?"))),
        talk.say(N_("Then it comes back to everybody who may take it.")),
    )
    await talk.show(Screen(text=text, buttons=buttons))


async def snooze(talk: Talk, action: SnoozeAlert) -> None:
    """Put the alert off."""
    alert_id = AlertId(action.alert_id)
    fact = await talk.do(
        snooze_alert,
        AlertSnoozed,
        alert_id=alert_id,
        person_id=talk.person.id,
        term=_TERMS[action.until],
    )
    zone, now = await talk.ask(_place_and_time, viewer=talk.viewer, alert_id=alert_id)
    moment = spoken_moment(fact.until, now=now, zone=zone, language=talk.language)
    await talk.show(Screen(text=talk.rich(N_("Put off: {moment}."), moment=bold(moment))))


def _place_and_time(reading: Reading, *, viewer: Viewer, alert_id: AlertId) -> tuple[str, datetime]:
    card = alert_card_for(reading, viewer=viewer, alert_id=alert_id)
    return card.territory.time_zone, reading.now


FLOW = Flow(
    places={Place.ALERT_SNOOZE: ask_how_long},
    actions={AcceptAlert: accept, SnoozeAlert: snooze},
)
