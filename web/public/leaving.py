"""Leaving mails ``/leave/<token>``: one click of a mail program (RFC 8058), a button, a way back.

No sign-in and no CSRF token: the signed link itself is what a mail program has to show.
"""

from django.http import HttpResponse
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from core.delivery import EVENT_WORDS, MailList, leave_list, list_of, rejoin_list
from messengers import LeaveLinks, Site
from web.dependencies import dependencies
from web.page_request import PageRequest
from web.rendering import show


async def _leaving(request: PageRequest, token: str) -> HttpResponse:
    """Opening changes nothing, because programs open links to look for harm; a form or one click does."""
    given = dependencies()
    delivery_id = LeaveLinks(given.secret_key, Site(given.public_url)).delivery(token)
    if request.method != "POST":
        found = await given.database.read_async(list_of, delivery_id=delivery_id)
    elif request.POST.get("do") == "return":
        found = await given.database.run_async(rejoin_list, delivery_id=delivery_id)
    else:
        found = await given.database.run_async(leave_list, delivery_id=delivery_id)
    # Not redirected to: whoever sends the one click follows no redirect.
    return _shown(request, found, changed=request.method == "POST")


def _shown(request: PageRequest, found: MailList, *, changed: bool) -> HttpResponse:
    return show(
        request,
        "public/leaving.html",
        title=gettext("Mails of ours"),
        address=found.address,
        events=[gettext(EVENT_WORDS[event]) for event in found.events],
        left=found.left,
        changed=changed,
    )


leaving = csrf_exempt(require_http_methods(["GET", "HEAD", "POST"])(_leaving))
