"""Processes for tests that kill them."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.settings import PROJECT
from tests.bots.doors import SECRET
from tests.bots.fake_telegram import TOKEN
from tests.faults.processes import Processes


@pytest.fixture
def processes(tmp_path: Path, database_url: str, redis_url: str) -> Iterator[Processes]:
    """An instance over the databases of the test, nothing of it started yet."""
    folder = tmp_path / "var"
    folder.mkdir()
    environment = {
        **os.environ,
        "PYTHONPATH": str(PROJECT),
        "STRATEGY24_VAR": str(folder),
        "STRATEGY24_DATABASE_URL": database_url,
        "STRATEGY24_REDIS_URL": redis_url,
        "STRATEGY24_SECRET_KEY": SECRET,
        "TELEGRAM_BOT_TOKEN": TOKEN,
    }
    started = Processes(environment, folder)
    yield started
    for name in list(started.alive):
        started.kill(name)
