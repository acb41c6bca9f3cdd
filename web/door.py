"""The ASGI application of the web."""

import django
from django.conf import settings
from django.core.asgi import get_asgi_application

from web.asgi_types import AsgiApp, Receive, Scope, Send
from web.attaching import form_limit
from web.body_limit import BodyLimit
from web.configuration import django_settings
from web.dependencies import WebDependencies, bind
from web.static_files import PREFIX, serve_static
from web.upload_limits import UPLOAD_FORM_BYTES, UPLOAD_PATH


def build_web(given: WebDependencies) -> AsgiApp:
    """Pages, API and static files as one ASGI application for ``http`` scopes.

    Lifespan, health, metrics and sockets are put in front of it by the caller. Calling it again
    (tests do) replaces the dependencies and the settings that follow from them.
    """
    bind(given)
    if settings.configured:
        for name, value in django_settings(given).items():
            setattr(settings, name, value)
    else:
        settings.configure(**django_settings(given))
        django.setup(set_prefix=False)
    pages = BodyLimit(
        app=get_asgi_application(),
        limit_bytes=given.body_limit_bytes,
        limit_of=_form_limit,
    )

    async def web(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"].startswith(PREFIX):
            await serve_static(scope, receive, send)
        else:
            await pages(scope, receive, send)

    return web


def _form_limit(path: str) -> int | None:
    return UPLOAD_FORM_BYTES if path == UPLOAD_PATH else form_limit(path)
