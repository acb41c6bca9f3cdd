"""Dialogues are read in Russian."""

import pytest

# Before a test file imports aiogram: its types are built when met, and not three CPU-seconds at a time.
import bots  # noqa: F401
from app.catalogue import compile_catalogues


@pytest.fixture(autouse=True, scope="session")
def russian_words() -> None:
    """The catalogue, compiled as at the start of a process."""
    compile_catalogues()
