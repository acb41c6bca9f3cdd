"""Serves pages, the API and live sockets by uvicorn, on the socket of the supervisor or on one of its own."""

from __future__ import annotations

import argparse
import socket
from urllib.parse import urlsplit

import uvicorn

from app import lifeline
from app.asgi import Application
from app.carriers import hook_secrets, initial_policies, live_policies, mini_app_tokens
from app.catalogue import LOCALE_FOLDER
from app.descriptors import raise_descriptor_limit
from app.health import Health
from app.hooks import Hooks
from app.identity_provider import identity_provider
from app.mailing import mail_sender
from app.settings import Settings
from app.wiring import Nudge, open_database
from core.store import Database
from realtime import UVICORN_OPTIONS, build_hub
from web import WebDependencies, build_web

# Requests under way get this long when the process is asked to end; sockets are told to come back at once.
_DRAIN_S = 5


def main(settings: Settings, *arguments: str) -> None:
    """Serve until SIGTERM."""
    parser = argparse.ArgumentParser(prog="./run web")
    parser.add_argument("--listen-fd", type=int, help=argparse.SUPPRESS)
    descriptor = parser.parse_args(arguments).listen_fd
    raise_descriptor_limit()
    database = open_database(settings)
    try:
        server = _Server(_configuration(settings, build_application(settings, database)))
        server.run(sockets=None if descriptor is None else [socket.socket(fileno=descriptor)])
    finally:
        database.close()


def build_application(settings: Settings, database: Database) -> Application:
    """Return the ASGI application for these settings; nothing is opened before its lifespan starts."""
    nudge = Nudge(settings.redis_url)
    policies = live_policies(settings, database)
    pages = build_web(
        WebDependencies(
            database=database,
            secret_key=settings.secret_key,
            public_url=settings.public_url,
            allowed_hosts=_hosts(settings),
            locale_dir=LOCALE_FOLDER,
            files_dir=settings.files_folder,
            mini_apps=mini_app_tokens(settings),
            policies=policies,
            policies_before=initial_policies(settings),
            send_mail=mail_sender(settings),
            identity_provider=identity_provider(settings),
            nudge_bots=nudge.inbox,
        )
    )
    hub = build_hub(
        database=database,
        redis_url=settings.redis_url,
        allowed_origins=_origins(settings),
        compiled=settings.compiled_sender,
    )
    return Application(
        pages=pages,
        hub=hub,
        hooks=Hooks(
            database=database,
            secrets=hook_secrets(settings),
            policies=policies,
            nudge=nudge.inbox,
            vk_confirmation=settings.vk_confirmation,
        ),
        health=Health(database=database, redis_url=settings.redis_url),
        metrics_folder=settings.metrics_folder if settings.metrics_folder.is_dir() else None,
    )


class _Server(uvicorn.Server):
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self.started:
            lifeline.report_ready()


def _configuration(settings: Settings, application: Application) -> uvicorn.Config:
    return uvicorn.Config(
        application,
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_DRAIN_S,
        **UVICORN_OPTIONS,
    )


def _hosts(settings: Settings) -> tuple[str, ...]:
    public = urlsplit(settings.public_url).hostname or settings.host
    return (public, "localhost", "127.0.0.1", "[::1]")


def _origins(settings: Settings) -> tuple[str, ...]:
    """Return where pages that open sockets may come from: the public address, this machine's names for it."""
    public = urlsplit(settings.public_url)
    if public.hostname not in {"localhost", "127.0.0.1", "::1"}:
        return (settings.public_url,)
    return tuple(f"http://{host}:{public.port or 80}" for host in ("127.0.0.1", "localhost", "[::1]"))
