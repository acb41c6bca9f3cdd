"""What happened at a moment of an alert, in words: the same on the page of the journal and in its file."""

from typing import assert_never

from django.utils.translation import gettext

from core.alerts import (
    AlertState,
    Entry,
    EntryKind,
    MessageMoment,
    Moment,
    MuteMoment,
    StateMoment,
    mute_line,
)
from core.delivery import DeliveryState
from core.indicators import Indicator, format_number, period_words, with_unit
from core.shared.language import Language
from messengers import CARRIER_NAMES, Carrier
from web.words import short_moment, zone_of_viewer


def moment_words(moment: Moment, indicator: Indicator, language: Language) -> str:
    """One line."""
    if isinstance(moment, StateMoment):
        return _state(moment, indicator, language)
    if isinstance(moment, MessageMoment):
        return _message(moment)
    if isinstance(moment, MuteMoment):
        return _muted(moment, language)
    return _deed(moment)


def _muted(moment: MuteMoment, language: Language) -> str:
    why = mute_line(language, moment.mute, zone=zone_of_viewer())
    return gettext("No longer: %(why)s") % {"why": why} if moment.over else why


def _state(moment: StateMoment, indicator: Indicator, language: Language) -> str:
    value = with_unit(language, moment.value, indicator.unit_words(language), decimals=indicator.decimals)
    words = gettext("%(state)s: %(value)s, %(period)s, release %(vintage)s") % {
        "state": state_words(moment.after),
        "value": value,
        "period": period_words(language, moment.period),
        "vintage": moment.vintage,
    }
    if moment.measure is None or moment.measure == moment.value:
        return words
    measure = format_number(language, moment.measure, decimals=2)
    return gettext("%(words)s; the rule's number is %(measure)s") % {"words": words, "measure": measure}


def state_words(state: AlertState) -> str:
    """What the rule says."""
    return {
        AlertState.OK: gettext("All right"),
        AlertState.PENDING: gettext("Bad once, waits for the next release"),
        AlertState.FIRING: gettext("Fired"),
        AlertState.RECOVERING: gettext("Better once, waits for the next release"),
        AlertState.RESOLVED: gettext("Came back"),
        AlertState.NO_DATA: gettext("No data to judge by"),
        AlertState.ERROR: gettext("Could not be judged"),
    }[state]


def _message(moment: MessageMoment) -> str:
    fields = {
        "what": _KINDS.get(moment.kind, lambda: moment.kind)(),
        "name": moment.person_name,
        "way": carrier_words(moment.carrier),
    }
    match moment.state:
        case DeliveryState.SENT:
            return gettext("%(what)s delivered: %(name)s, %(way)s") % fields
        case DeliveryState.FAILED:
            return gettext("%(what)s not delivered: %(name)s, %(way)s") % fields
        case DeliveryState.UNCERTAIN:
            return gettext("%(what)s perhaps delivered: %(name)s, %(way)s") % fields
        case DeliveryState.PENDING | DeliveryState.SENDING:
            return gettext("%(what)s waits to be sent: %(name)s, %(way)s") % fields
        case _:
            assert_never(moment.state)


# By the kind of the message in core.delivery.
_KINDS = {
    "alert": lambda: gettext("The alert was"),
    "assigned": lambda: gettext("The assignment was"),
    "returned": lambda: gettext("The return was"),
    "escalated": lambda: gettext("The call was"),
    "due": lambda: gettext("The reminder of the term was"),
    "overdue": lambda: gettext("The reminder of the term was"),
}


def carrier_words(carrier: str) -> str:
    """The way by the name that people know."""
    own = {"web": gettext("Chat on the site"), "email": gettext("E-mail")}
    return own.get(carrier) or CARRIER_NAMES[Carrier(carrier)]


def _deed(entry: Entry) -> str:
    fields = {"name": entry.person_name, "other": entry.about_name, "text": entry.text}
    if entry.kind is EntryKind.SNOOZED:
        fields["until"] = short_moment(entry.until) if entry.until else "—"
    fields["due"] = entry.due.strftime("%d.%m.%Y") if entry.due else "—"
    if entry.kind is EntryKind.ESCALATED and entry.person_id != entry.about_id:
        return gettext("Called: %(other)s, who stands in for %(name)s") % fields
    words = deed_words(entry.kind) % fields
    return f"{words}: «{entry.text}»" if entry.kind is EntryKind.ASSIGNED and entry.text else words


def deed_words(kind: EntryKind) -> str:
    """The sentence of a deed, its fields still open."""
    return {
        EntryKind.TAKEN: gettext("Taken: %(name)s"),
        EntryKind.SNOOZED: gettext("Put off by %(name)s: %(until)s"),
        EntryKind.SNOOZE_ENDED: gettext("It is due again"),
        EntryKind.ASSIGNED: gettext("Assigned by %(name)s to %(other)s till %(due)s"),
        EntryKind.RETURNED: gettext("Given back by %(name)s: «%(text)s»"),
        EntryKind.NOTED: gettext("Note of %(name)s: «%(text)s»"),
        EntryKind.ESCALATED: gettext("Called: %(other)s"),
        EntryKind.DUE: gettext("The last day of what was assigned: %(other)s, %(due)s"),
        EntryKind.OVERDUE: gettext("The term of what was assigned has passed: %(other)s, %(due)s"),
        EntryKind.PROMISE_DUE: gettext("The last day of a public promise: %(other)s, %(due)s"),
        EntryKind.SKIPPED: gettext("Passed over: %(other)s does not handle alerts here any more"),
    }[kind]
