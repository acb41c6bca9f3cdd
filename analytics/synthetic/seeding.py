"""Fills an instance with the synthetic territory, through the same door as real data."""

import tomllib
from datetime import date
from pathlib import Path

from analytics.importers.catalogue import read_catalogue
from analytics.importing import ImportReport, import_file
from analytics.synthetic.boards import seed_board
from core.alerts import Severity, set_alert_rule
from core.indicators import (
    Frequency,
    Passport,
    Target,
    catalogue,
    give_passports,
    register_indicators,
    set_target,
)
from core.scenarios import add_model
from core.store import Database, UnitOfWork
from core.territories import TerritoryKind, territories

_METHOD = "Вымышленный ряд: тренд, общий для городов цикл и случайные отклонения (docs/data.md)."
_SOURCE = "Синтетические данные"
_LAG_DAYS: dict[Frequency, int] = {"A": 60, "Q": 45, "M": 20}

DATA = Path(__file__).parent / "data"
EXAMPLES = DATA / "examples"
"""Files to try the importer with; `unemployment_2025.csv` fires an alert."""


def seed(database: Database) -> ImportReport:
    """Load the catalogue, the figures, the targets and the thresholds of the synthetic territory.

    The towns must be in the tree. Run again it changes nothing: what people have set since then stays.
    """
    database.run(register_indicators, indicators=read_catalogue((DATA / "indicators.toml").read_bytes()))
    database.run(_give_passports)
    # The figures end where they end, whatever the clock of a demonstration says.
    report = import_file(
        database, DATA / "observations.csv", today=date.max, accept_jumps="синтетический ряд, так задуман"
    )
    if not report.already:
        database.run(_watch, file="watch.toml")
    _seed_country(database)
    database.run(_give_model)
    database.run(seed_board)
    return report


def _seed_country(database: Database) -> None:
    """What the towns are held against. A file of its own: an instance that had the towns gets it too."""
    if all(place.kind is not TerritoryKind.COUNTRY for place in database.read(territories)):
        return
    report = import_file(
        database, DATA / "country.csv", today=date.max, accept_jumps="синтетический ряд, так задуман"
    )
    if not report.already:
        database.run(_watch, file="watch_country.toml")


def _give_passports(uow: UnitOfWork) -> None:
    give_passports(
        uow,
        passports={
            one.code: Passport(method=_METHOD, source=_SOURCE, lag_days=_LAG_DAYS[one.frequency])
            for one in catalogue(uow)
        },
    )


def _give_model(uow: UnitOfWork) -> None:
    """The example model belongs to the region, so that every town of it may be run."""
    region = next(place for place in territories(uow) if place.kind is TerritoryKind.REGION)
    text = (DATA / "model.toml").read_text("utf-8")
    add_model(uow, territory_id=region.id, file_name="model.toml", text=text, added_by=None)


def _watch(uow: UnitOfWork, *, file: str) -> None:
    watch = tomllib.loads((DATA / file).read_text("utf-8"))
    by_oktmo = {place.oktmo: place.id for place in territories(uow)}
    for rule in watch["rule"]:
        set_alert_rule(
            uow,
            indicator_code=rule["indicator"],
            territory_id=by_oktmo[rule["territory"]],
            bad=rule["bad"],
            threshold=rule["threshold"],
            clear_at=rule["clear_at"],
            severity=Severity(rule["severity"]),
            set_by=None,
        )
    for target in watch.get("target", ()):
        set_target(
            uow,
            indicator=target["indicator"],
            territory_id=by_oktmo[target["territory"]],
            target=Target(period=target["period"], value=target["value"], op=target["op"]),
            set_by=None,
        )
