"""The measured instance: our own web process as `./run web` starts it, over a throw-away town."""

from __future__ import annotations

import os
import secrets
import select
import sys
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

from redis import Redis
from redis.exceptions import RedisError

from app.consent import publish_consent
from app.demo import found_town
from app.embedded_redis import find_redis_server, redis_command, socket_url
from app.schema import migrate
from app.settings import PROJECT, Settings, child_environment, variable_names
from app.wiring import open_database
from bench.hub.machine import START_LIMIT_S, Child, Cores, Trouble, listening_socket, until
from core.identity import create_person, give_consent, open_session
from core.rooms import create_room, stream_of
from core.shared.ids import PersonId, TerritoryId
from core.spaces import SpaceKind, create_space
from core.store import Database, UnitOfWork
from core.territories import load_reference

_APP: Final = (sys.executable, "-P", "-m", "app")


@dataclass(frozen=True, slots=True)
class Speaker:
    """Somebody who may write, with a session."""

    id: PersonId
    token: str


@dataclass(slots=True)
class Instance:
    """A town in `folder` with Redis and database; `serve` starts the web process that is measured."""

    folder: Path
    cores: Cores
    settings: Settings
    database: Database
    territory_id: TerritoryId
    running: ExitStack = field(default_factory=ExitStack)
    port: int = 0

    @classmethod
    @contextmanager
    def founded(cls, folder: Path, cores: Cores, *, database_url: str = "") -> Iterator[Self]:
        """Found the town; an empty `database_url` means SQLite in `folder`."""
        settings = Settings(
            var=folder,
            database_url=database_url,
            redis_url="",
            public_url="",
            secret_key=secrets.token_urlsafe(48),
        )
        with ExitStack() as running:
            running.enter_context(redis_server(settings.var, cores))
            database = open_database(settings)
            running.callback(database.close)
            migrate(database)
            database.run(load_reference)
            database.run(publish_consent)
            yield cls(folder, cores, settings, database, database.run(found_town), running)

    def serve(self, *, compiled: bool = True) -> Child:
        """Start the web process on the server's core and wait until it works. Not `compiled`: in Python."""
        listening = listening_socket()
        self.port = listening.getsockname()[1]
        with listening:
            child = self._start(
                "web",
                *("--listen-fd", str(listening.fileno())),
                keep=[listening.fileno()],
                compiled=compiled,
            )
        child.assert_ours()
        return child

    def sender(self) -> str:
        """Which sender the web process runs, as it says itself."""
        return "c" if self._metric("s24_live_compiled_sender") else "python"

    def connections(self) -> int:
        """How many live connections the web process has."""
        return int(self._metric("s24_live_connections"))

    def relay(self) -> Child:
        """Start the process that carries facts from the outbox to the hub, beside the clients."""
        return self._start("relay", core=self.cores.others)

    def rooms(self, count: int) -> list[str]:
        """The streams of that many new rooms that everybody sees."""
        return [self.database.run(_make_room, territory_id=self.territory_id) for _ in range(count)]

    def speakers(self, count: int) -> list[Speaker]:
        """That many new citizens who may write."""
        return [self.database.run(_settle, number=number) for number in range(count)]

    def _metric(self, name: str) -> float:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=10) as answer:
            lines: list[str] = answer.read().decode().splitlines()
        return next(float(line.split()[1]) for line in lines if line.startswith(f"{name} "))

    def _start(
        self, *command: str, keep: Sequence[int] = (), core: int | None = None, compiled: bool = True
    ) -> Child:
        reading, writing = os.pipe()
        try:
            child = Child(
                [*_APP, "--until-stdin-closes", f"--ready-fd={writing}", *command],
                core=self.cores.server if core is None else core,
                log=self.folder / f"{command[0]}.log",
                descriptors=[writing, *keep],
                environment=self._environment(compiled=compiled),
            )
            self.running.callback(child.stop)
            os.close(writing)
            if not select.select([reading], [], [], START_LIMIT_S)[0] or not os.read(reading, 16):
                raise Trouble(f"{command[0]} did not start:\n{child.last_words()}")
        finally:
            os.close(reading)
        return child

    def _environment(self, *, compiled: bool) -> dict[str, str]:
        """The environment of this instance alone: nothing of the one that the benchmark is started in."""
        chosen = {
            "var": str(self.folder),
            "database_url": self.settings.database_url,
            "redis_url": self.settings.redis_url,
            "secret_key": self.settings.secret_key,
            "log_level": "warning",
            "compiled_sender": str(int(compiled)),
        }
        names = dict.fromkeys(variable_names(), "")
        return {**child_environment(**{**names, **chosen}), "PYTHONPATH": str(PROJECT)}


@contextmanager
def redis_server(folder: Path, cores: Cores) -> Iterator[str]:
    """Run a Redis as the product does, beside the clients; yields its URL."""
    directory = folder / "redis"
    command = redis_command(find_redis_server().path, directory=directory)
    with Child(command, core=cores.others, log=folder / "redis.log") as child:
        with Redis.from_url(socket_url(directory)) as redis:
            until(lambda: _answers(redis), child)
        yield socket_url(directory)


def _answers(redis: Redis) -> bool:
    try:
        return bool(redis.ping())
    except RedisError:
        return False


def _make_room(uow: UnitOfWork, *, territory_id: TerritoryId) -> str:
    space_id = create_space(uow, kind=SpaceKind.TERRITORY, territory_id=territory_id)
    return stream_of(create_room(uow, space_id=space_id, title="Площадь"))


def _settle(uow: UnitOfWork, *, number: int) -> Speaker:
    person = create_person(uow, display_name=f"Житель {number}")
    give_consent(uow, person_id=person.id)
    return Speaker(person.id, open_session(uow, person_id=person.id).token)
