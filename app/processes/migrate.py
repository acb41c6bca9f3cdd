"""Brings the database to this version and, in an embedded instance, fills an empty one with the town."""

import logging

from analytics.synthetic import seed
from app.consent import publish_consent
from app.demo import first_poll, found_town
from app.schema import migrate
from app.settings import Settings
from app.wiring import open_database
from core.territories import load_reference

log = logging.getLogger(__name__)


def main(settings: Settings) -> None:
    """Migrate, load what ships (lists, consent) and, where wanted, the synthetic town. Safe to repeat."""
    database = open_database(settings)
    try:
        migrate(database)
        database.run(load_reference)
        database.run(publish_consent)
        if settings.fills_demo:
            database.run(found_town)
            first_poll(database)
            seed(database)
        log.info("database_ready demo=%s", settings.fills_demo)
    finally:
        database.close()
