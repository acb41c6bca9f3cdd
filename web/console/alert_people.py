"""Who shall act on an alert, at the console: giving it to somebody, giving it back, a note on it."""

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from core.alerts import assign_alert, note_alert, return_alert
from core.shared.errors import DomainError, Invalid
from core.shared.ids import AlertId, PersonId
from web.console.alerts import show_alert, typed_day
from web.dependencies import dependencies
from web.page_request import PageRequest
from web.sessions import go


async def _assign(request: PageRequest, alert_id: str) -> HttpResponse:
    """Give it to somebody till a day."""
    due = typed_day(str(request.POST.get("due", "")))
    try:
        if due is None:
            raise Invalid
        await dependencies().database.run_async(
            assign_alert,
            alert_id=AlertId(alert_id),
            person_id=request.visit.person().id,
            assignee_id=PersonId(str(request.POST.get("assignee", ""))),
            due=due,
            comment=str(request.POST.get("comment", "")),
        )
    except DomainError as refusal:
        return await show_alert(request, AlertId(alert_id), refusal=refusal)
    return go(f"/console/alerts/{alert_id}")


async def _give_back(request: PageRequest, alert_id: str) -> HttpResponse:
    """Give it back and say why."""
    try:
        await dependencies().database.run_async(
            return_alert,
            alert_id=AlertId(alert_id),
            person_id=request.visit.person().id,
            reason=str(request.POST.get("reason", "")),
        )
    except DomainError as refusal:
        return await show_alert(request, AlertId(alert_id), refusal=refusal)
    return go(f"/console/alerts/{alert_id}")


async def _note(request: PageRequest, alert_id: str) -> HttpResponse:
    """Tell colleagues something about it."""
    try:
        await dependencies().database.run_async(
            note_alert,
            alert_id=AlertId(alert_id),
            person_id=request.visit.person().id,
            text=str(request.POST.get("text", "")),
        )
    except DomainError as refusal:
        return await show_alert(request, AlertId(alert_id), refusal=refusal)
    return go(f"/console/alerts/{alert_id}")


assign = require_POST(_assign)
give_back = require_POST(_give_back)
note = require_POST(_note)
