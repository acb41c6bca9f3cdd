"""A whole instance under fire: its processes, how they are killed, how one knows that they are back."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import redis

from app.embedded_redis import socket_url
from app.lifeline import kill_quietly
from app.settings import PROJECT
from core.shared.clock import SystemClock
from core.store import Database
from tests.app.instances import Instance, free_port, running
from tests.servers import PostgresServer, RedisServer

COMMAND = ["-P", "-m", "app"]
# A broken-off test run leaves nothing running behind.
_SUPERVISOR = [*COMMAND, "--until-stdin-closes"]
# Alone on its machine it starts within 20 seconds.
START_LIMIT_S = 240.0
FEW_FILES = 1_024
"""How many files it may open at first: what a shell or a service manager gives."""
# Alone on its machine a child is back in 2 to 6 seconds; the limit is for a crowded one.
RETURN_LIMIT_S = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A person of the town and their key to the API and to the sockets."""

    id: str
    role: str
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Servers beside the processes, as in docker-compose.yml."""

    postgres: PostgresServer
    redis: RedisServer


@dataclass(slots=True)
class TownUnderFire:
    """An instance started as `./run` does, on a folder of its own."""

    var: Path
    settings: dict[str, str]
    database: Database
    services: Services | None
    first_words: str
    """What the processes printed at the first start."""
    _instance: Instance
    _stack: ExitStack
    restarted: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        """Where its pages are."""
        return f"http://127.0.0.1:{self.settings['STRATEGY24_PORT']}"

    @property
    def live_address(self) -> str:
        """Where its sockets are."""
        return f"ws://127.0.0.1:{self.settings['STRATEGY24_PORT']}/live"

    def accounts(self, *roles: str) -> list[Account]:
        """Make people of the town."""
        made = json.loads(self.tool("accounts", "--json", *roles))["accounts"]
        return [Account(id=each["id"], role=each["role"], token=each["token"]) for each in made]

    def get(self, path: str) -> httpx.Response:
        """Open a page as a stranger; ``path`` may be a whole address."""
        return httpx.get(httpx.URL(self.address).join(path), timeout=15, trust_env=False)

    def tool(self, *arguments: str) -> str:
        """Run a subcommand to its end; what it printed."""
        with self.starting_tool(*arguments) as process:
            output, _ = process.communicate(timeout=START_LIMIT_S)
        assert process.returncode == 0, output
        return output

    def starting_tool(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a subcommand beside the instance."""
        return subprocess.Popen(
            [sys.executable, *COMMAND, *arguments],
            stdout=subprocess.PIPE,
            text=True,
            env=self.environment,
        )

    @property
    def environment(self) -> dict[str, str]:
        """What its processes are given."""
        return {**os.environ, "PYTHONPATH": str(PROJECT), "STRATEGY24_VAR": str(self.var), **self.settings}

    def kill(self, *names: str) -> None:
        """SIGKILL for every process of these children; returns when all are back and pages are served."""
        if names == ("redis",) and self.services:
            self._interrupt(self.services.redis, "redis")
            return
        struck = {name: self.strike(name) for name in names}
        for name, before in struck.items():
            self.wait_until(partial(self._is_back, name, before), f"{name} is back")
        self.wait_until(self._is_ready, "the instance is ready")

    def strike(self, name: str) -> set[int]:
        """SIGKILL for every process of one child; who they were."""
        self.wait_until(lambda: bool(self._instance.pids(f"{name}@")), f"{name} runs")
        struck = set(self._instance.pids(f"{name}@"))
        for pid in struck:
            kill_quietly(pid, signal.SIGKILL)
        self.restarted.append(name)
        return struck

    def kill_postgres(self) -> None:
        """SIGKILL for the database server, some seconds of absence, a new start."""
        assert self.services is not None
        self._interrupt(self.services.postgres, "postgresql")

    def wipe_redis(self) -> None:
        """FLUSHALL."""
        address = self.services.redis.url if self.services else socket_url(self.var / "redis")
        with redis.Redis.from_url(address) as client:
            client.flushall()
        self.restarted.append("redis wiped")

    def kill_everything(self) -> None:
        """SIGKILL for the supervisor and all its children at once, then a second start on the same folder."""
        for pid in (self._instance.process.pid, *self._instance.pids()):
            kill_quietly(pid, signal.SIGKILL)
        self.restarted.append("everything")
        self._instance = _started(self._stack, self.var, self.settings)

    def wait_until(self, question: Callable[[], bool], what: str, *, limit_s: float = RETURN_LIMIT_S) -> None:
        """Wait until it is so."""
        deadline = time.monotonic() + limit_s
        while not question():
            if time.monotonic() > deadline:
                raise AssertionError(f"not within {limit_s:.0f} s: {what}\n{self.last_words()}")
            time.sleep(0.1)

    def last_words(self) -> str:
        """What the processes printed last, for a failed test."""
        return self._instance.output()[-6000:]

    def children(self, name: str) -> list[int]:
        """The processes of one child of the supervisor."""
        return self._instance.pids(f"{name}@")

    def _interrupt(self, server: PostgresServer | RedisServer, name: str) -> None:
        server.kill()
        time.sleep(1.5)
        server.start()
        self.restarted.append(name)
        self.wait_until(self._is_ready, "the instance is ready")

    def _is_back(self, name: str, struck: set[int]) -> bool:
        return bool(set(self.children(name)) - struck)

    def _is_ready(self) -> bool:
        try:
            return httpx.get(f"{self.address}/readyz", timeout=10, trust_env=False).status_code == 200
        except httpx.TransportError:
            return False


@contextmanager
def town_under_fire(var: Path, *, with_services: bool) -> Iterator[TownUnderFire]:
    """Start an instance on SQLite and embedded Redis, or with PostgreSQL (with fsync) and Redis beside it."""
    with ExitStack() as stack:
        services = _services(stack) if with_services else None
        offset = _to_working_hours(datetime.now(UTC))
        settings = {"STRATEGY24_PORT": str(free_port()), "STRATEGY24_CLOCK_OFFSET_S": str(offset)}
        if services is not None:
            settings |= {
                "STRATEGY24_DATABASE_URL": services.postgres.url,
                "STRATEGY24_REDIS_URL": services.redis.url,
                "STRATEGY24_SECRET_KEY": "s" * 48,
                "STRATEGY24_DEMO": "yes",
            }
        instance = _started(stack, var, settings)
        instance.wait_for("Stop with Ctrl-C", seconds=START_LIMIT_S)
        database = Database(
            f"sqlite:///{var / 'strategy24.sqlite3'}" if services is None else services.postgres.url,
            clock=SystemClock(offset=timedelta(seconds=offset)),
        )
        stack.callback(database.close)
        yield TownUnderFire(
            var=var.resolve(),
            settings=settings,
            database=database,
            services=services,
            first_words=instance.output(),
            _instance=instance,
            _stack=stack,
        )


def _services(stack: ExitStack) -> Services:
    return Services(
        postgres=stack.enter_context(PostgresServer(fsync=True)), redis=stack.enter_context(RedisServer())
    )


def _started(stack: ExitStack, var: Path, settings: dict[str, Any]) -> Instance:
    with _few_files():
        instance = stack.enter_context(running(_SUPERVISOR, var=var, **settings))
    # People come as soon as pages are served; the other processes are still starting then.
    instance.wait_for("Strategy24 answers at", seconds=START_LIMIT_S)
    return instance


@contextmanager
def _few_files() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (FEW_FILES, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def _to_working_hours(now: datetime) -> int:
    """Seconds to the next weekday noon of Moscow: alerts that are not critical wait for working hours."""
    noon = now.replace(hour=9, minute=0, second=0, microsecond=0)
    while noon < now or noon.weekday() >= 5:
        noon += timedelta(days=1)
    return int((noon - now).total_seconds())
