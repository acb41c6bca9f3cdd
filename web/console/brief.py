"""The Monday brief at the console: the week as it would be told now."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.utils.translation import gettext

from core.briefs import Brief, brief_heading, brief_of, brief_sections, headed_by, last_monday
from core.shared.errors import Forbidden
from core.store import Reading
from core.territories import territory
from web.console.desk import Desk
from web.console.frame import Opened, open_desk, show_desk
from web.page_request import PageRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Briefs:
    """One for each territory that the viewer heads."""

    found: list[Brief]


def briefs_of(reading: Reading, desk: Desk) -> Briefs:
    """As of now. Raises: Forbidden for those who head nothing."""
    places = [territory(reading, territory_id=each) for each in headed_by(desk.viewer)]
    if not places:
        raise Forbidden
    return Briefs(
        found=[
            brief_of(
                reading,
                viewer=desk.viewer,
                territory_id=place.id,
                week=last_monday(reading.now, place.time_zone),
            )
            for place in places
        ]
    )


async def brief(request: PageRequest) -> HttpResponse:
    """The page."""
    opened: Opened[Briefs] = await open_desk(request, None, briefs_of)
    return show_desk(
        request,
        opened,
        "console/brief.html",
        title=gettext("The week"),
        briefs=[
            (brief_heading(request.language, one), brief_sections(request.language, one))
            for one in opened.item.found
        ],
    )
