"""One page of the console: queue, item and context side by side."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.http import HttpResponse

from core.store import Reading
from web.console.desk import Desk, Tab, desk_of
from web.console.queue import Look, Waiting, queue_view, waiting_for
from web.dependencies import dependencies
from web.page_request import PageRequest
from web.paging import first_shown
from web.rendering import show

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened(Generic[T]):
    """The desk, what waits, and the item that is open, from one consistent view."""

    desk: Desk
    waiting: Waiting
    item: T


async def open_desk(
    request: PageRequest, tab: Tab | None, item: Callable[[Reading, Desk], T], *, beside: Tab | None = None
) -> Opened[T]:
    """Read the desk and the item. The page belongs to ``tab``, or to none and stands ``beside`` one.

    Raises: SignInNeeded, Forbidden, and what ``item`` raises.
    """

    def opened(reading: Reading) -> Opened[T]:
        desk = desk_of(reading, viewer=request.visit.viewer)
        if tab is not None:
            desk.require(tab)
        # A page that belongs to no tab may have parts of its own.
        first = 0 if tab is None else first_shown(request)
        waiting = waiting_for(reading, desk=desk, tab=desk.nearest(tab or beside), first=first)
        return Opened(desk=desk, waiting=waiting, item=item(reading, desk))

    return await dependencies().database.read_async(opened)


def show_desk(
    request: PageRequest,
    opened: Opened[T],
    template: str,
    *,
    title: str,
    current: str = "",
    status: int = 200,
    **context: object,
) -> HttpResponse:
    """The page with its queue."""
    now = dependencies().database.clock.now()
    return show(
        request,
        template,
        title=title,
        active="console",
        status=status,
        queue=queue_view(
            opened.waiting,
            desk=opened.desk,
            path=request.path,
            look=Look(current=current, now=now, language=request.language),
        ),
        followed=" ".join(f"queue:{place}" for place in opened.desk.followed),
        current=current,
        territory=None,
        desk=opened.desk,
        **context,
    )


def nothing(_reading: Reading, _desk: Desk) -> None:
    """No item is open."""
