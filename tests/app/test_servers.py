"""The servers that other tests stand on."""

import os
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
import redis

from tests import servers

_STARTS_BOTH = """
import sys, time
from tests.servers import postgres_server, redis_server
with postgres_server() as database, redis_server() as cache:
    print(database.partition("host=")[2], cache.removeprefix("unix://"), flush=True)
    time.sleep(600)
"""


def test_a_throw_away_postgres_answers_and_leaves_nothing() -> None:
    with servers.postgres_server() as url:
        folder = Path(url.partition("host=")[2])
        with psycopg.connect(f"host={folder} user=postgres dbname=postgres") as connection:
            answer = connection.execute("select 'Заречный'").fetchone()

    assert answer == ("Заречный",)
    assert not folder.exists()


def test_the_packaged_postgres_works_where_the_system_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(servers, "_postgres_binaries", servers._packaged_binaries)

    with servers.postgres_server() as url:
        address = f"host={url.partition('host=')[2]} user=postgres dbname=postgres"
        version = psycopg.connect(address).info.server_version

    assert version >= 160000


def test_a_throw_away_redis_answers_and_leaves_nothing() -> None:
    with servers.redis_server() as url, redis.Redis.from_url(url) as client:
        client.set("town", "Заречный")
        stored = client.get("town")

    assert stored == "Заречный".encode()
    assert not Path(url.removeprefix("unix://")).exists()


def test_both_servers_end_when_the_test_process_is_killed() -> None:
    owner = subprocess.Popen(
        [sys.executable, "-c", _STARTS_BOTH],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": "."},
    )
    assert owner.stdout
    with owner.stdout:
        database, cache = owner.stdout.readline().split()
    owner.kill()
    owner.wait()

    assert _ends_within(database, seconds=8)
    assert _ends_within(cache, seconds=8)


def _ends_within(marker: str, *, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not _someone_runs_with(str(Path(marker).parent) if marker.endswith(".sock") else marker):
            return True
        time.sleep(0.05)
    return False


def _someone_runs_with(marker: str) -> bool:
    for line in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if marker.encode() in line.read_bytes():
                return True
        except OSError:
            continue
    return False
