"""The synthetic region for tests of data."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from analytics.jobs import configure
from analytics.jobs.pictures import close
from analytics.synthetic import seed
from core.shared.clock import ManualClock
from core.store import Database
from core.territories import TerritoryKind, add_territory
from tests.kept import KeptTown
from tests.town import Town


@pytest.fixture(scope="session")
def seeded() -> dict[str, KeptTown]:
    """What `krai` has seeded in this test process, by kind of database."""
    return {}


@pytest.fixture
def krai(
    database: Database,
    clock: ManualClock,
    tmp_path: Path,
    seeded: dict[str, KeptTown],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Town]:
    """The town with its neighbours and the synthetic figures, and the jobs of a worker."""
    kind = database.engine.dialect.name
    if kind in seeded:
        town = seeded[kind].settle(database, clock)
    else:
        town = _founded(database, clock)
        seeded[kind] = KeptTown.of(town, tmp_path_factory.mktemp("seeded"))
    configure(database=database, files_dir=tmp_path / "files", cache_dir=tmp_path / "charts")
    yield town
    close()


def _founded(database: Database, clock: ManualClock) -> Town:
    town = Town.found(database, clock)
    for oktmo, slug, name in (("99702000", "verkhnee", "Верхнее"), ("99703000", "ozersk", "Озёрск")):
        database.run(
            add_territory,
            kind=TerritoryKind.MUNICIPALITY,
            oktmo=oktmo,
            slug=slug,
            name_ru=name,
            name_en=name,
            parent_oktmo="99000000",
            synthetic=True,
        )
    seed(database)
    return town
