"""All of the core at once: its tables for migrations, backups and tests, its facts for the relay."""

from importlib import import_module
from pathlib import Path

from sqlalchemy import MetaData

from core.store import Base


def metadata() -> MetaData:
    """The metadata with every ``core/*/model.py`` loaded."""
    for model in sorted(Path(__file__).parent.glob("*/model.py")):
        import_module(f"core.{model.parent.name}.model")
    return Base.metadata


def declare_facts() -> None:
    """Load every ``core/*/events.py``, so that whatever lies in the outbox can be read."""
    for events in sorted(Path(__file__).parent.glob("*/events.py")):
        import_module(f"core.{events.parent.name}.events")
