"""Erasing one's account: what goes and what stays, said before; then it is done at once."""

import asyncio

from django.http import HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from core.files import drop_content
from core.personal import forget_person
from web.dependencies import dependencies
from web.page_request import PageRequest
from web.rendering import show
from web.sessions import drop_session, go


async def _forget(request: PageRequest) -> HttpResponse:
    """The page that says it, and the deed."""
    person = request.visit.person()
    if request.method != "POST":
        return show(request, "account/forget.html", title=gettext("Erase my account"), active="me")
    orphans = await dependencies().database.run_async(forget_person, person_id=person.id)
    for key in orphans:
        await asyncio.to_thread(drop_content, dependencies().files_dir, key)
    return drop_session(go("/"))


forget = require_http_methods(["GET", "HEAD", "POST"])(_forget)
