"""Silencing an alert from the chat, for whoever has taken it: until when, then why."""

from datetime import datetime

from bots.engine.talk import Talk
from bots.flows.routes import Flow
from core.alerts import AlertCard, Silence, alert_card_for, silence_alert
from core.identity import Viewer
from core.shared.errors import Empty
from core.shared.ids import AlertId
from core.shared.language import N_
from core.store import Reading
from messengers import Place, Press, Screen, SilenceAlert, bold, plain, spoken_moment, stacked

WHY = "silences:why"
# Data come monthly or yearly: less than a week is what putting off is for.
_DAYS = {7: N_("For a week"), 30: N_("For a month"), 90: N_("For three months")}


async def ask_term(talk: Talk, subject: str) -> None:
    """Silence until when?"""
    card, _ = await talk.ask(_card_and_time, viewer=talk.viewer, alert_id=AlertId(subject))
    terms = tuple(Press(talk.say(label), SilenceAlert(subject, days)) for days, label in _DAYS.items())
    text = stacked(
        bold(talk.say(N_("Silence for how long?"))),
        plain(f"{card.indicator.title(talk.language)}, {card.territory.name(talk.language)}"),
        talk.say(N_("The rule goes on working and writing to the journal; nobody gets messages of it here.")),
    )
    await talk.show(Screen(text=text, buttons=(terms,)))


async def ask_why(talk: Talk, action: SilenceAlert) -> None:
    """The term is chosen; why?"""
    await talk.ask(alert_card_for, viewer=talk.viewer, alert_id=AlertId(action.alert_id))
    await talk.dialogue.update_data(silenced=action.alert_id, silence_days=action.days)
    await talk.dialogue.set_state(WHY)
    text = stacked(
        bold(talk.say(N_("Why do you silence it?"))),
        talk.say(N_("Write it in one message: colleagues will see it beside the alert.")),
    )
    await talk.show(Screen(text=text))


async def hear_why(talk: Talk, text: str) -> None:
    """The reason is known: it is quiet from now on."""
    data = await talk.dialogue.get_data()
    if not data.get("silenced"):
        raise Empty
    alert_id = AlertId(data["silenced"])
    made = await talk.do(
        silence_alert,
        Silence,
        alert_id=alert_id,
        made_by=talk.person.id,
        days=int(data["silence_days"]),
        reason=text,
    )
    await talk.dialogue.set_state(None)
    card, now = await talk.ask(_card_and_time, viewer=talk.viewer, alert_id=alert_id)
    moment = spoken_moment(made.until, now=now, zone=card.territory.time_zone, language=talk.language)
    words = stacked(
        talk.rich(N_("Silenced: {moment}."), moment=bold(moment)),
        talk.say(N_("If it still fires by then, we will tell. You can end it earlier at the console.")),
    )
    await talk.show(Screen(text=words), lasting=True)


def _card_and_time(reading: Reading, *, viewer: Viewer, alert_id: AlertId) -> tuple[AlertCard, datetime]:
    return alert_card_for(reading, viewer=viewer, alert_id=alert_id), reading.now


FLOW = Flow(places={Place.ALERT_SILENCE: ask_term}, actions={SilenceAlert: ask_why}, hears={WHY: hear_why})
