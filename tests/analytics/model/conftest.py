"""Words of the model need the Russian catalogue."""

import pytest

from app.catalogue import compile_catalogues


@pytest.fixture(scope="session", autouse=True)
def catalogues() -> None:
    """Compile the catalogues that refusals and descriptions are read from."""
    compile_catalogues()
