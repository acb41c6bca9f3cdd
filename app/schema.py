"""The shape of the database: bringing it to the newest step and saying whether it is there."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from core.store import Database

_FOLDER = Path(__file__).resolve().parents[1] / "migrations"


def migrate(database: Database) -> None:
    """Bring the tables to the newest step; does nothing when they are there."""
    with database.engine.execution_options(writing=True).begin() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def downgrade(database: Database, *, to: str) -> None:
    """Take the tables back to a step (``base``: none at all). Rows of dropped tables are lost."""
    with database.engine.execution_options(writing=True).begin() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.downgrade(config, to)


def at_newest_step(database: Database) -> bool:
    """Whether the tables are those that this code was written for."""
    with database.engine.execution_options(writing=False).connect() as connection:
        present = MigrationContext.configure(connection).get_current_heads()
        connection.rollback()
    return set(present) == set(ScriptDirectory.from_config(_config()).get_heads())


def newest_step() -> str:
    """The name of the step that this code was written for."""
    return ",".join(sorted(ScriptDirectory.from_config(_config()).get_heads()))


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    return config
