"""One process of a room's small world: `python hub_process.py hub|relay`, settings in the environment.

Pages, bots and workers take no part in a room; left out, a process starts in a second and is killed often.
A ``plant`` makes of the hub what it would be without one of its mechanisms: the judge must notice.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import uvicorn

from app.lifeline import end_with_parent
from app.relay import run_relay
from app.sole import sole
from app.wiring import RELAY_NUDGE, Nudge
from core.rooms import Post, post_messages
from core.shared.errors import DomainError
from core.store import Database, StreamEvent, UnitOfWork
from realtime import UVICORN_OPTIONS, Hub, Limits, build_hub
from realtime.writer import Writer

CROWDED = Limits(
    messages_per_s=100_000,
    message_burst=100_000,
    connections_per_person=10_000,
    connections_per_address=10_000,
)
EARLY_S = 0.5


class Undone(Exception):
    """Rolls a transaction back and brings out what it would have answered."""

    def __init__(self, answers: list[StreamEvent | DomainError]) -> None:
        super().__init__()
        self.answers = answers


async def acknowledge_before_commit(writer: Writer, posts: Sequence[Post]) -> list[StreamEvent | DomainError]:
    """What the writer would be that answers first and commits half a second later."""

    def look(uow: UnitOfWork) -> None:
        raise Undone(post_messages(uow, posts))

    try:
        await writer.database.run_async(look)
    except Undone as undone:
        loop = asyncio.get_running_loop()
        loop.call_later(
            EARLY_S, lambda: loop.run_in_executor(None, writer.database.run, post_messages, posts)
        )
        return undone.answers
    raise AssertionError("it was not undone")


PLANTS: dict[str, Callable[[], None]] = {
    "": lambda: None,
    "acknowledges before it commits": lambda: setattr(Writer, "_commit", acknowledge_before_commit),
}


def serve_hub(settings: dict[str, Any], database: Database) -> None:
    """Serve live sockets until killed."""
    PLANTS[settings["plant"]]()
    database.on_commit = Nudge(settings["redis_url"]).after_commit
    hub = build_hub(database=database, redis_url=settings["redis_url"], allowed_origins=[], limits=CROWDED)
    uvicorn.run(_with_lifespan(hub), port=settings["port"], log_level="warning", **UVICORN_OPTIONS)


def _with_lifespan(hub: Hub) -> Callable[[Any, Any, Any], Any]:
    async def application(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "lifespan":
            await hub.application(scope, receive, send)
            return
        await receive()
        await hub.start()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await hub.stop()
        await send({"type": "lifespan.shutdown.complete"})

    return application


async def relay_for_ever(settings: dict[str, Any], database: Database) -> None:
    """Be the relay whenever the lock is free."""
    while True:
        with sole(database, "relay", folder=Path(settings["folder"])) as held:
            if held is None:
                await asyncio.sleep(0.1)
                continue
            await run_relay(
                database,
                redis_url=settings["redis_url"],
                nudge_channel=RELAY_NUDGE,
                routes={},
                stop=asyncio.Event(),
                held=held,
            )


def main(role: str) -> None:
    """Run until killed, or until the test is gone."""
    end_with_parent()
    settings: dict[str, Any] = json.loads(os.environ["HUB_PROCESS"])
    database = Database(settings["database_url"])
    if role == "hub":
        serve_hub(settings, database)
    else:
        asyncio.run(relay_for_ever(settings, database))


if __name__ == "__main__":
    main(sys.argv[1])
