"""What a connection shows at its opening: where its page comes from, whose session it is, its language."""

from collections.abc import Collection
from http.cookies import CookieError, SimpleCookie
from typing import Any, Final

SESSION_COOKIE: Final = "session"
_BEARER: Final = "bearer "


def origin_allowed(scope: dict[str, Any], allowed: Collection[str]) -> bool:
    """Whether the page may open sockets here.

    Browsers always send an Origin and pages cannot forge it; a program that sends none is no page.

    >>> origin_allowed({"headers": [(b"origin", b"http://evil.test")]}, {"http://zarechny.test"})
    False
    """
    origin = _header(scope, b"origin")
    return origin is None or origin.lower() in allowed


def token(scope: dict[str, Any]) -> str | None:
    """The session token: of the Authorization header, else of the cookie; never of the address.

    >>> token({"headers": [(b"authorization", b"Bearer abc"), (b"cookie", b"session=xyz")]})
    'abc'
    """
    bearer = _header(scope, b"authorization")
    if bearer is not None and bearer.lower().startswith(_BEARER):
        return bearer[len(_BEARER) :].strip()
    try:
        morsel = SimpleCookie(_header(scope, b"cookie") or "").get(SESSION_COOKIE)
    except CookieError:
        return None
    return None if morsel is None else morsel.value


def accepted_language(scope: dict[str, Any]) -> str | None:
    """The language that the browser asks for, as it says it."""
    return _header(scope, b"accept-language")


def _header(scope: dict[str, Any], name: bytes) -> str | None:
    for key, value in scope.get("headers", ()):
        if key == name:
            return str(value.decode("latin-1"))
    return None
