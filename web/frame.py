"""The one middleware: who asks, in which language, with which protection.

Written for the event loop: the stock middlewares each cost a hop into a thread and back (2.3 ms a
request together); this one costs a lookup of the session and nothing else.
"""

import logging
from collections.abc import Awaitable, Callable
from typing import TypeAlias, cast

from asgiref.sync import markcoroutinefunction
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.utils import translation

from core.shared.errors import DomainError
from core.shared.language import Language, as_language
from web.dependencies import dependencies
from web.errors import API_PREFIX, refusal_page
from web.page_request import PageRequest
from web.rendering import LANGUAGE_COOKIE
from web.visit import NOBODY, SESSION_COOKIE, visit_of
from web.words import speak_in_zone

View: TypeAlias = Callable[..., object]

log = logging.getLogger(__name__)

# Everything comes from here: no foreign script, style, font, picture or frame.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; "
    "script-src 'self'; "
    "style-src 'self'; "
    "img-src 'self'; "
    "font-src 'self'; "
    "connect-src 'self'; "
    "manifest-src 'self'; "
    "form-action 'self'; "
    "base-uri 'none'; "
    "frame-ancestors 'none'"
)
SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not "no-referrer": the check against forged forms needs the Origin of our own forms.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(self)",
    "Cache-Control": "private, no-store",
}


class Frame:
    """Session, language, CSRF and security headers for every page; the API finds its callers itself."""

    async_capable = True
    sync_capable = False

    def __init__(self, get_response: Callable[[HttpRequest], Awaitable[HttpResponse]]) -> None:
        self._get_response = get_response
        # Its hooks touch no file and no network, so they may be called on the event loop directly.
        self._csrf = CsrfViewMiddleware(lambda _request: HttpResponse())
        markcoroutinefunction(self)

    async def __call__(self, bare: HttpRequest) -> HttpResponse:
        """Set ``request.visit`` and ``request.language`` and protect the answer."""
        request = cast("PageRequest", bare)
        # Asked for its refusal of a forged Host, which Django makes only when somebody asks.
        request.get_host()
        request.visit = NOBODY
        request.language = _language(request)
        with translation.override(request.language):
            response = await self._answer(request)
        for name, value in SECURITY_HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Content-Language", request.language)
        return response

    async def process_view(
        self, request: HttpRequest, view: View, args: tuple[object, ...], kwargs: dict[str, object]
    ) -> HttpResponse | None:
        """Refuse a forged form. The API checks its own cookie callers; Bearer callers need no check."""
        if request.path.startswith(API_PREFIX):
            return None
        return self._csrf.process_view(request, view, args, kwargs)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Turn a refusal of the core into a page in words; anything else is a bug and stays one."""
        if isinstance(exception, DomainError):
            return refusal_page(cast("PageRequest", request), exception)
        log.error("page_failed path=%s", request.path, exc_info=exception)
        return None

    async def _answer(self, request: PageRequest) -> HttpResponse:
        if request.path.startswith(API_PREFIX):
            return await self._get_response(request)
        try:
            token = request.COOKIES.get(SESSION_COOKIE)
            request.visit = await dependencies().database.read_async(visit_of, token=token)
        except DomainError as refusal:
            return refusal_page(request, refusal)
        if request.visit.home is not None:
            speak_in_zone(request.visit.home.time_zone)
        chosen = request.COOKIES.get(LANGUAGE_COOKIE)
        person = request.visit.viewer.person
        if chosen is None and person is not None and person.language != request.language:
            request.language = person.language
            translation.activate(request.language)
        self._csrf.process_request(request)
        response = await self._get_response(request)
        return cast("HttpResponse", self._csrf.process_response(request, response))


def _language(request: PageRequest) -> Language:
    chosen = request.COOKIES.get(LANGUAGE_COOKIE)
    return as_language(chosen or request.headers.get("Accept-Language"))
