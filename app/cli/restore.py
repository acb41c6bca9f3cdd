"""Reads the file of a backup into an instance that is not running: `./run restore FILE [--force]`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from app.settings import Settings
from app.snapshot import DamagedSnapshotError, NotEmptyError, WrongStepError, restore
from app.supervisor.instance import InstanceRunningError, exclusive
from app.wiring import open_database


def main(settings: Settings, arguments: Sequence[str]) -> int:
    """Run `./run restore FILE`; returns the exit code."""
    parser = argparse.ArgumentParser(prog="./run restore", description=__doc__)
    parser.add_argument("file", type=Path, help="what ./run backup has written")
    parser.add_argument("--force", action="store_true", help="replace what the database holds")
    options = parser.parse_args(arguments)
    database = open_database(settings)
    try:
        with exclusive(settings.var, wait_s=0):
            source = options.file.absolute()
            manifest = restore(database, files=settings.files_folder, source=source, replace=options.force)
    except (InstanceRunningError, DamagedSnapshotError, NotEmptyError, WrongStepError) as error:
        print(f"Nothing was changed. {error}", file=sys.stderr)
        return 1
    finally:
        database.close()
    print(f"Restored as of {manifest.made_at}. Start with ./run; open pages reload what they show.")
    return 0
