"""Who calls the API: a program with a Bearer token, or a page of ours with its cookie."""

from typing import Any, ClassVar

from django.http import HttpRequest
from ninja.security.base import AuthBase
from ninja.utils import check_csrf

from core.identity import ANONYMOUS, SignInNeeded, Viewer, viewer_of_token
from core.shared.errors import Forbidden
from core.shared.ids import PersonId
from core.shared.language import Language
from web.dependencies import dependencies
from web.visit import SESSION_COOKIE


class ApiRequest(HttpRequest):
    """Never instantiated: it names what the middleware and the caller's check have set."""

    auth: Viewer
    language: Language


class Bearer(AuthBase):
    """``Authorization: Bearer TOKEN`` with a session token; no browser sends it by itself."""

    openapi_type: str = "http"
    openapi_scheme: str = "bearer"

    async def __call__(self, request: HttpRequest) -> Any | None:
        """The viewer of the token, None without one."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        return await _viewer(token.strip()) if scheme.lower() == "bearer" else None


class SessionCookie(AuthBase):
    """The cookie of a page, which must send the ``X-CSRFToken`` header with everything but reading."""

    openapi_type: str = "apiKey"
    openapi_in: str = "cookie"
    openapi_name: str = SESSION_COOKIE
    param_name: ClassVar[str] = SESSION_COOKIE

    async def __call__(self, request: HttpRequest) -> Any | None:
        """The viewer of the cookie, None without one. Raises: Forbidden for a forged request."""
        token = request.COOKIES.get(SESSION_COOKIE)
        if token is None:
            return None
        if check_csrf(request) is not None:
            raise Forbidden
        return await _viewer(token)


async def anyone(_request: HttpRequest) -> Viewer:
    """Whoever comes last in the list of checks: nobody in particular."""
    return ANONYMOUS


SIGNED_IN = [Bearer(), SessionCookie()]
ANYBODY = [*SIGNED_IN, anyone]


def person_of(request: ApiRequest) -> PersonId:
    """The person who calls. Raises: SignInNeeded."""
    person_id = request.auth.person_id
    if person_id is None:
        raise SignInNeeded
    return person_id


async def _viewer(token: str) -> Viewer | None:
    found = await dependencies().database.read_async(viewer_of_token, token=token)
    return None if found.person is None else found
