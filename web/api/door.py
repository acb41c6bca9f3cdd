"""Putting the API together: its routers and what it says when something is refused."""

import json
import logging
from functools import cache
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from core.identity import SignInNeeded
from core.shared.errors import DomainError, NotFound
from core.shared.language import as_language
from web.api import contact, dashboards, figures, journal, people, polls
from web.statuses import STATUSES

log = logging.getLogger(__name__)

VERSION = "1.0"
DESCRIPTION = """\
The same use cases as the pages and the bot. Sign in by `Authorization: Bearer TOKEN` with a session \
token (from `POST /api/v1/sessions` or `./run accounts`), or from a page of ours by its cookie together \
with the `X-CSRFToken` header. Every POST takes an `Idempotency-Key`. A refusal is \
`{"code", "message"}`: the code is stable, the message is in the language of `Accept-Language` (ru, en)."""


@cache
def build_api() -> NinjaAPI:
    """The API of this process; django-ninja wants one of each version."""
    api = NinjaAPI(
        title="Strategy24",
        version=VERSION,
        description=DESCRIPTION,
        docs_url=None,
        openapi_url="/openapi.json",
        urls_namespace="api",
    )
    for part in (people, polls, contact, figures, dashboards, journal):
        api.add_router("", part.router)
    api.add_exception_handler(DomainError, _refused)
    api.add_exception_handler(AuthenticationError, _unknown_caller)
    api.add_exception_handler(ValidationError, _unreadable)
    api.add_exception_handler(HttpError, _http_error)
    api.add_exception_handler(Http404, _not_there)
    api.add_exception_handler(Exception, _broken)
    return api


def openapi_document() -> dict[str, Any]:
    """The OpenAPI document of the running code."""
    document: dict[str, Any] = json.loads(json.dumps(build_api().get_openapi_schema(path_prefix="/api/v1/")))
    return document


def _refused(request: HttpRequest, error: DomainError | type[DomainError]) -> HttpResponse:
    assert isinstance(error, DomainError)  # noqa: S101 - the library's signature allows the class as well
    language = as_language(getattr(request, "language", None))
    return _problem(STATUSES[error.kind], error.code, error.sentence(language))


def _unknown_caller(request: HttpRequest, _error: object) -> HttpResponse:
    language = as_language(getattr(request, "language", None))
    response = _problem(HTTPStatus.UNAUTHORIZED, SignInNeeded.code, SignInNeeded().sentence(language))
    response["WWW-Authenticate"] = "Bearer"
    return response


def _unreadable(_request: HttpRequest, error: ValidationError | type[ValidationError]) -> HttpResponse:
    fields = [".".join(str(part) for part in one["loc"][1:]) for one in getattr(error, "errors", ())]
    message = gettext("These fields could not be read: %(fields)s.") % {"fields": ", ".join(fields)}
    return _problem(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", message)


def _http_error(_request: HttpRequest, error: HttpError | type[HttpError]) -> HttpResponse:
    status = getattr(error, "status_code", HTTPStatus.BAD_REQUEST)
    return _problem(status, "invalid", gettext("The request could not be read."))


def _not_there(request: HttpRequest, _error: object) -> HttpResponse:
    return _refused(request, NotFound())


def _broken(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    log.error("api_failed path=%s", request.path, exc_info=error if isinstance(error, Exception) else None)
    message = gettext("Something broke on our side. Repeat the request with the same Idempotency-Key.")
    return _problem(HTTPStatus.INTERNAL_SERVER_ERROR, "broken", message)


def _problem(status: int, code: str, message: str) -> HttpResponse:
    body = json.dumps({"code": code, "message": message}, ensure_ascii=False)
    return HttpResponse(body, status=status, content_type="application/json; charset=utf-8")
