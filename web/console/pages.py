"""The door of the console and the pieces that a live console fetches again."""

from django.http import Http404, HttpResponse
from django.utils.translation import gettext

from web.console.desk import TABS
from web.console.frame import nothing, open_desk, show_desk
from web.console.queue import Look, queue_view
from web.console.setup import ADDRESS as SET_UP
from web.dependencies import dependencies
from web.page_request import PageRequest
from web.rendering import fragment
from web.sessions import go


async def console(request: PageRequest) -> HttpResponse:
    """The set-up while an administrator has not finished it, else the first tab that is the viewer's."""
    opened = await open_desk(request, None, nothing)
    if opened.desk.preparations is not None and opened.desk.preparations.left:
        return go(SET_UP)
    if opened.desk.tabs:
        return go(f"/console/{opened.desk.tabs[0]}")
    return show_desk(request, opened, "console/nothing_open.html", title=gettext("Console"))


async def queue_fragment(request: PageRequest, tab: str) -> HttpResponse:
    """The sections and the queue anew, with the same row lit."""
    if tab not in TABS:
        raise Http404
    opened = await open_desk(request, tab, nothing)
    look = Look(
        current=str(request.GET.get("current", "")),
        now=dependencies().database.clock.now(),
        language=request.language,
    )
    at = str(request.GET.get("at", ""))
    view = queue_view(opened.waiting, desk=opened.desk, path=at, look=look)
    return fragment(request, "console/queue_fragment.html", queue=view)
