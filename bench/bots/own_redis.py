"""A Redis of the benchmark's own, started as the product starts its."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis

from app import embedded_redis


@contextmanager
def own_redis(folder: Path) -> Iterator[str]:
    """Run an empty Redis in the folder and yield its URL."""
    command = embedded_redis.redis_command(embedded_redis.find_redis_server().path, directory=folder)
    url = embedded_redis.socket_url(folder)
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(url)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=10)


def _wait(url: str) -> None:
    deadline = time.monotonic() + 10
    with redis.Redis.from_url(url) as client:
        while True:
            try:
                client.ping()
            except redis.ConnectionError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.02)
            else:
                return
