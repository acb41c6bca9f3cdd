"""Refusals and failures as pages in words."""

from http import HTTPStatus

from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext

from core.identity import SignInNeeded
from core.shared.errors import DomainError, NotFound, RefusalKind
from web.page_request import PageRequest
from web.rendering import show
from web.statuses import STATUSES
from web.visit import NOBODY

API_PREFIX = "/api/"


def refusal_page(request: PageRequest, error: DomainError) -> HttpResponse:
    """A page that says why not, by which rule, and what to do."""
    return _page(
        request,
        status=STATUSES[error.kind],
        title=_headline(error.kind),
        sentence=error.sentence(request.language),
        sign_in=isinstance(error, SignInNeeded),
    )


def not_found(request: PageRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """The page, or for programs the answer, for an address that leads nowhere."""
    if request.path.startswith(API_PREFIX):
        problem = {"code": NotFound.code, "message": NotFound().sentence(request.language)}
        return JsonResponse(problem, status=HTTPStatus.NOT_FOUND)
    return _page(
        request,
        status=HTTPStatus.NOT_FOUND,
        title=gettext("There is no such page"),
        sentence=gettext("The address may be mistyped, or the page was removed."),
    )


def broken(request: PageRequest) -> HttpResponse:
    """The page for a mistake of ours."""
    return _page(
        request,
        status=HTTPStatus.INTERNAL_SERVER_ERROR,
        title=gettext("Something broke on our side"),
        sentence=gettext("We have been told about it. What was already sent is kept. Try again in a minute."),
    )


def bad_request(request: PageRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """The page for a request that cannot be understood."""
    return _page(
        request,
        status=HTTPStatus.BAD_REQUEST,
        title=gettext("This could not be read"),
        sentence=gettext("Go back, reload the page and try again."),
    )


def forged_request(request: PageRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - the reason is not for the person
    """The page for a form that was not sent from a page of ours, or from one that is too old."""
    return _page(
        request,
        status=HTTPStatus.FORBIDDEN,
        title=gettext("The form is out of date"),
        sentence=gettext("Nothing was sent. Go back, reload the page and send the form once more."),
    )


def _headline(kind: RefusalKind) -> str:
    return {
        RefusalKind.REFUSED: gettext("This cannot be done now"),
        RefusalKind.FORBIDDEN: gettext("You have no access to this"),
        RefusalKind.NOT_FOUND: gettext("There is no such page"),
        RefusalKind.INVALID: gettext("This could not be read"),
        RefusalKind.CONFLICT: gettext("This cannot be done now"),
        RefusalKind.UNAVAILABLE: gettext("One minute, please"),
    }[kind]


def _page(
    request: PageRequest, *, status: HTTPStatus, title: str, sentence: str, sign_in: bool = False
) -> HttpResponse:
    # A failure before the middleware (a bad Host header) leaves the request bare.
    if not hasattr(request, "visit"):
        request.visit, request.language = NOBODY, "ru"
    return show(request, "error.html", title=title, sentence=sentence, sign_in=sign_in, status=status)
