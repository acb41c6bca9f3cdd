"""The synthetic region for tests of data, and the words that reports are made of."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from analytics.jobs import configure
from analytics.jobs.pictures import close
from analytics.synthetic import seed
from app.catalogue import compile_catalogues
from core.territories import TerritoryKind, add_territory
from tests.town import Town


@pytest.fixture(scope="session", autouse=True)
def catalogues() -> None:
    """Compile the catalogues that refusals and descriptions are read from."""
    compile_catalogues()


@pytest.fixture
def krai(town: Town, tmp_path: Path) -> Iterator[Town]:
    """The town with its neighbours and the synthetic figures, and the jobs of a worker."""
    for oktmo, slug, name in (("99702000", "verkhnee", "Верхнее"), ("99703000", "ozersk", "Озёрск")):
        town.database.run(
            add_territory,
            kind=TerritoryKind.MUNICIPALITY,
            oktmo=oktmo,
            slug=slug,
            name_ru=name,
            name_en=name,
            parent_oktmo="99000000",
            synthetic=True,
        )
    configure(database=town.database, files_dir=tmp_path / "files", cache_dir=tmp_path / "charts")
    seed(town.database)
    yield town
    close()
