"""The session cookie: set at sign-in, taken away at sign-out, never readable by scripts."""

from django.http import HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme

from core.identity import NewSession
from web.dependencies import dependencies
from web.page_request import PageRequest
from web.visit import SESSION_COOKIE

SESSION_COOKIE_S = 30 * 24 * 3600

_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)
# In this order: Chromium's descendants all call themselves Chrome as well, and Chrome calls itself Safari.
_BROWSERS = (
    ("YaBrowser", "Яндекс Браузер"),
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)


def keep_session(response: HttpResponse, session: NewSession) -> HttpResponse:
    """Give the browser its session."""
    response.set_cookie(
        SESSION_COOKIE,
        session.token,
        max_age=SESSION_COOKIE_S,
        httponly=True,
        samesite="Lax",
        secure=dependencies().public_url.startswith("https:"),
    )
    return response


def drop_session(response: HttpResponse) -> HttpResponse:
    """Take the session away from the browser."""
    response.delete_cookie(SESSION_COOKIE)
    return response


def browser_label(request: PageRequest) -> str:
    """Which browser this is, for the person's own list of sessions."""
    return browser_name(request.headers.get("User-Agent", ""))


def browser_name(agent: str) -> str:
    """The browser and the system of a User-Agent header: ``Firefox, Windows``; empty for the unknown."""
    named = [next((title for sign, title in signs if sign in agent), None) for signs in (_BROWSERS, _SYSTEMS)]
    return ", ".join(title for title in named if title)


def safe_address(wanted: str | None, *, otherwise: str) -> str:
    """An address of this site to go to next; a foreign one is replaced."""
    if wanted and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return wanted
    return otherwise


def go(address: str) -> HttpResponse:
    """See the other page (after a form was taken)."""
    return HttpResponseRedirect(address)
