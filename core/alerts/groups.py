"""One release and one theme are one message: the alerts that it shows, taken and put off together."""

from datetime import date

from core.alerts.commands import acknowledge_alert, snooze_alert
from core.alerts.events import AlertSnoozed
from core.alerts.queries import alert_card, alert_group
from core.alerts.rules import Acknowledgement, AlertState, SnoozeTerm
from core.shared.doors import Actor, Door, reached
from core.shared.ids import AlertId, PersonId
from core.store import UnitOfWork


@reached(Actor.PROGRAM, Door.BOT)
def acknowledge_group(uow: UnitOfWork, *, alert_id: AlertId, person_id: PersonId) -> Acknowledgement:
    """Take all open alerts that one message shows; what others have taken stays theirs.

    The answer is about the alert that was pressed, or the first that is open.
    Raises: UnknownAlert, also for those without the right; AlertOver.
    """
    taken = {
        each: acknowledge_alert(uow, alert_id=each, person_id=person_id)
        for each in open_in_group(uow, alert_id)
    }
    return taken.get(alert_id) or next(iter(taken.values()))


@reached(Actor.PROGRAM, Door.BOT)
def snooze_group(
    uow: UnitOfWork, *, alert_id: AlertId, person_id: PersonId, term: SnoozeTerm, day: date | None = None
) -> AlertSnoozed:
    """Put all open alerts off that one message shows.

    Raises: UnknownAlert, also for those without the right; AlertOver, WrongSnooze.
    """
    put_off = [
        snooze_alert(uow, alert_id=each, person_id=person_id, term=term, day=day)
        for each in open_in_group(uow, alert_id)
    ]
    return put_off[0]


def open_in_group(uow: UnitOfWork, alert_id: AlertId) -> list[AlertId]:
    """The open alerts of one message; the one that was asked about if none is open."""
    group = alert_group(uow, alert_id=alert_id)
    found = [each for each in group if alert_card(uow, alert_id=each).alert.state is AlertState.FIRING]
    # Whether the viewer may know is asked first: of one that is over, a stranger learns nothing.
    return found or [alert_id]
