"""One page of the console: queue, item and context side by side."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.http import HttpResponse

from core.store import Reading
from web.console.desk import Desk, Tab, desk_of
from web.console.queue import Waiting, queue_view, waiting_for
from web.dependencies import dependencies
from web.page_request import PageRequest
from web.rendering import show

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened(Generic[T]):
    """The desk, what waits, and the item that is open, from one consistent view."""

    desk: Desk
    waiting: Waiting
    item: T


async def open_desk(request: PageRequest, tab: Tab | None, item: Callable[[Reading, Desk], T]) -> Opened[T]:
    """Read the desk and the item. Raises: SignInNeeded, Forbidden, and what ``item`` raises."""

    def opened(reading: Reading) -> Opened[T]:
        desk = desk_of(reading, viewer=request.visit.viewer)
        if tab is not None:
            desk.require(tab)
        return Opened(desk=desk, waiting=waiting_for(reading, desk=desk), item=item(reading, desk))

    return await dependencies().database.read_async(opened)


def show_desk(
    request: PageRequest,
    opened: Opened[T],
    template: str,
    *,
    title: str,
    tab: Tab,
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
            tab=tab,
            path=request.path,
            current=current,
            now=now,
            language=request.language,
        ),
        followed=" ".join(f"queue:{place}" for place in opened.desk.followed),
        current=current,
        territory=None,
        desk=opened.desk,
        **context,
    )


def nothing(_reading: Reading, _desk: Desk) -> None:
    """No item is open."""
