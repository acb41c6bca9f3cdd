"""Messages are read in Russian."""

import pytest

from app.catalogue import compile_catalogues


@pytest.fixture(autouse=True, scope="session")
def russian_words() -> None:
    """The catalogue, compiled as at the start of a process."""
    compile_catalogues()
