"""Language and theme: kept in the browser, needed before anybody signs in."""

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from core.shared.language import as_language
from web.page_request import PageRequest
from web.rendering import LANGUAGE_COOKIE, THEME_COOKIE, THEMES
from web.sessions import go, safe_address

YEAR_S = 365 * 24 * 3600


async def _choose_language(request: PageRequest) -> HttpResponse:
    return _remember(request, LANGUAGE_COOKIE, as_language(request.POST.get("language")))


async def _choose_theme(request: PageRequest) -> HttpResponse:
    theme = request.POST.get("theme")
    return _remember(request, THEME_COOKIE, theme if theme in THEMES else "")


def _remember(request: PageRequest, cookie: str, value: str) -> HttpResponse:
    response = go(safe_address(request.POST.get("next"), otherwise="/"))
    response.set_cookie(cookie, value, max_age=YEAR_S, samesite="Lax", httponly=True)
    return response


choose_language = require_POST(_choose_language)
choose_theme = require_POST(_choose_theme)
