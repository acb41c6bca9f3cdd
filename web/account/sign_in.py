"""Coming in and going out."""

from django.http import HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from core.identity import LinkExpired, revoke_session, sign_in
from web.dependencies import dependencies
from web.page_request import PageRequest
from web.rendering import show
from web.sessions import browser_label, drop_session, go, keep_session, safe_address


async def _ways_in(request: PageRequest) -> HttpResponse:
    """The ways in; a pasted link or its last part is taken as well."""
    target = safe_address(request.POST.get("next") or request.GET.get("next"), otherwise="")
    if request.method == "POST":
        token = (request.POST.get("link") or "").strip().rstrip("/").rpartition("/")[2]
        return await _enter(request, token=token, target=target)
    return show(request, "account/sign_in.html", title=gettext("Sign in"), target=target, esia=_esia())


async def _one_time_link(request: PageRequest, token: str) -> HttpResponse:
    """A one-time link: opening shows a button, because messengers open links to draw their previews."""
    if request.method == "POST":
        return await _enter(request, token=token, target="")
    return show(request, "account/one_time_link.html", title=gettext("Sign in"))


async def _leave(request: PageRequest) -> HttpResponse:
    """End this session."""
    viewer = request.visit.viewer
    if viewer.session_id is not None and viewer.person_id is not None:
        await dependencies().database.run_async(
            revoke_session, session_id=viewer.session_id, person_id=viewer.person_id
        )
    return drop_session(go("/"))


async def _enter(request: PageRequest, *, token: str, target: str) -> HttpResponse:
    try:
        session = await dependencies().database.run_async(sign_in, token=token, label=browser_label(request))
    except LinkExpired as refusal:
        sentence = refusal.sentence(request.language)
        return show(
            request,
            "account/sign_in.html",
            title=gettext("Sign in"),
            target=target,
            esia=_esia(),
            error=sentence,
            status=409,
        )
    return keep_session(go(target or "/after-sign-in"), session)


def _esia() -> bool:
    return dependencies().identity_provider is not None


async def after_sign_in(request: PageRequest) -> HttpResponse:
    """Where one belongs: officials to the console, citizens to their territory."""
    return go("/console" if request.visit.works else "/")


ways_in = require_http_methods(["GET", "HEAD", "POST"])(_ways_in)
one_time_link = require_http_methods(["GET", "HEAD", "POST"])(_one_time_link)
leave = require_POST(_leave)
