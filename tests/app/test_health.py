"""Health is told in front of the pages, with a reason where something is missing."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from app.asgi import Application
from app.health import Health
from app.hooks import Hooks
from app.schema import migrate
from core.store import Database


class QuietHub:
    """A hub nobody connects to."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    @property
    def application(self) -> Any:
        """Accept every socket."""
        return self._serve

    async def _serve(self, scope: Any, receive: Any, send: Any) -> None:
        self.seen.append(scope["path"])

    async def start(self) -> None:
        """Begin."""
        self.seen.append("started")

    async def stop(self) -> None:
        """End."""
        self.seen.append("stopped")


async def _pages(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


@pytest.fixture
async def fresh(tmp_path: Path) -> AsyncIterator[Database]:
    """A database without tables."""
    database = Database(f"sqlite:///{tmp_path / 'fresh.db'}")
    yield database
    database.close()


def _application(database: Database, redis_url: str, hub: QuietHub | None = None) -> Application:
    health = Health(database=database, redis_url=redis_url)
    hooks = Hooks(database=database, secrets={}, policies={}, nudge=lambda: None)
    return Application(pages=_pages, hub=hub or QuietHub(), health=health, hooks=hooks, metrics_folder=None)


async def _ask(application: Application, path: str, *, client: str = "127.0.0.1") -> tuple[int, str]:
    sent: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b""}

    scope = {"type": "http", "path": path, "method": "GET", "headers": [], "client": (client, 1)}
    await application(scope, receive, send)
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent).decode()


async def test_everything_there_is_ready(fresh: Database, redis_url: str) -> None:
    migrate(fresh)

    status, body = await _ask(_application(fresh, redis_url), "/readyz")

    assert status == 200
    assert json.loads(body) == {
        "ready": True,
        "checks": {"database": "ok", "migrations": "ok", "redis": "ok"},
    }


async def test_tables_that_are_missing_are_named_with_what_to_do(fresh: Database, redis_url: str) -> None:
    status, body = await _ask(_application(fresh, redis_url), "/readyz")

    assert status == 503
    assert "./run migrate" in json.loads(body)["checks"]["migrations"]


async def test_a_redis_that_is_gone_is_named_and_the_process_is_still_alive(fresh: Database) -> None:
    migrate(fresh)
    application = _application(fresh, "redis://127.0.0.1:1/0")

    ready, body = await _ask(application, "/readyz")
    alive, _ = await _ask(application, "/healthz")

    assert (ready, alive) == (503, 200)
    assert json.loads(body)["checks"]["redis"] == "no answer: ConnectionError"
    assert json.loads(body)["checks"]["database"] == "ok"


async def test_a_thousand_questions_cost_one_look(fresh: Database, redis_url: str) -> None:
    migrate(fresh)
    health = Health(database=fresh, redis_url=redis_url)
    first = await health.report()

    again = await health.report()

    assert again is first


async def test_a_database_that_does_not_answer_is_named(redis_url: str) -> None:
    nowhere = Database("postgresql+psycopg://nobody@127.0.0.1:1/none")

    status, body = await _ask(_application(nowhere, redis_url), "/readyz")

    nowhere.close()
    assert status == 503
    assert "no answer" in json.loads(body)["checks"]["database"]


@pytest.mark.parametrize(
    ("client", "status"),
    [
        pytest.param("127.0.0.1", 200, id="this machine"),
        pytest.param("172.18.0.7", 200, id="private network"),
        pytest.param("93.184.216.34", 204, id="anybody: left to the pages, which have no such address"),
    ],
)
async def test_metrics_are_not_for_everybody(
    fresh: Database, redis_url: str, client: str, status: int
) -> None:
    found, _ = await _ask(_application(fresh, redis_url), "/metrics", client=client)

    assert found == status


async def test_the_hub_lives_as_long_as_the_server_and_gets_its_path_only(fresh: Database) -> None:
    hub = QuietHub()
    application = _application(fresh, "redis://127.0.0.1:1/0", hub)
    events = iter([{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])
    sent: list[Any] = []

    async def receive() -> Any:
        return next(events)

    async def send(message: Any) -> None:
        sent.append(message)

    async def connect() -> Any:
        return {"type": "websocket.connect"}

    await application({"type": "lifespan"}, receive, send)
    await application({"type": "websocket", "path": "/live"}, connect, send)
    await application({"type": "websocket", "path": "/elsewhere"}, connect, send)

    assert hub.seen == ["started", "stopped", "/live"]
    assert [message["type"] for message in sent] == [
        "lifespan.startup.complete",
        "lifespan.shutdown.complete",
        "websocket.close",
    ]
