"""The set-up at the console: what is left to do before the first citizen comes, told from what is there."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.utils.translation import gettext

from core.shared.errors import Forbidden
from core.store import Reading
from web.console.desk import Desk
from web.console.frame import Opened, open_desk, show_desk
from web.console.preparations import Preparations
from web.dependencies import dependencies
from web.page_request import PageRequest

ADDRESS = "/console/setup"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A line of the list.

    ``address``: where it is done, empty if not on a page. ``command``: what does it at the server.
    """

    title: str
    hint: str
    done: bool
    address: str = ""
    command: str = ""


def own_preparations(_reading: Reading, desk: Desk) -> Preparations:
    """Those of the desk. Raises: Forbidden for those who administer nothing."""
    if desk.preparations is None:
        raise Forbidden
    return desk.preparations


async def setup(request: PageRequest) -> HttpResponse:
    """The list."""
    opened: Opened[Preparations] = await open_desk(request, None, own_preparations)
    return show_desk(
        request,
        opened,
        "console/setup.html",
        title=gettext("Set-up"),
        left=opened.item.left,
        steps=_steps(opened.item),
        messenger=_messenger(),
    )


def _steps(done: Preparations) -> list[Step]:
    return [
        Step(
            title=gettext("Say who runs the service"),
            hint=gettext(
                "The law lets an authority use some messengers only: your answer sets the channels."
            ),
            done=done.channels_chosen,
            address="/console/channels",
        ),
        Step(
            title=gettext("Let the first official in"),
            hint=gettext(
                "Somebody has to answer the citizens. Find the person and give the role, or let this command "
                "make an official and a link:"
            ),
            done=done.somebody_answers,
            address="/console/people",
            command=f"./run accounts official --territory {done.slug}",
        ),
        Step(
            title=gettext("Load the figures"),
            hint=gettext("A table of indicators: it is checked first, and you see what it would change."),
            done=done.figures_loaded,
            address="/console/data/new",
        ),
        Step(
            title=gettext("Say whom to call"),
            hint=gettext("When nobody takes an alert, these people are called one after the other."),
            done=done.somebody_called,
            address="/console/duty",
        ),
    ]


def _messenger() -> Step:
    return Step(
        title=gettext("Connect a messenger"),
        hint=gettext("Until then the bot talks on the site. Put the token into the settings and start anew:"),
        done=bool(dependencies().policies),
        command="MAX_BOT_TOKEN, VK_GROUP_TOKEN",
    )
