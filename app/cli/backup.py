"""Writes all tables and uploads of an instance into a file while it works on: `./run backup FILE`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from app.settings import Settings
from app.snapshot import back_up
from app.wiring import open_database


def main(settings: Settings, arguments: Sequence[str]) -> int:
    """Run `./run backup FILE`; returns the exit code."""
    parser = argparse.ArgumentParser(prog="./run backup", description=__doc__)
    parser.add_argument("file", type=Path, help="what to write, for example strategy24.tar.gz")
    target = parser.parse_args(arguments).file.absolute()
    if not target.parent.is_dir():
        parser.error(f"there is no folder {target.parent}")
    database = open_database(settings)
    try:
        manifest = back_up(database, files=settings.files_folder, target=target)
    finally:
        database.close()
    rows = sum(member.rows or 0 for member in manifest.members.values())
    uploads = sum(name.startswith("files/") for name in manifest.members)
    print(f"{target}: {rows} rows, {uploads} uploads, {target.stat().st_size / 1e6:.1f} MB.")
    print("Not inside: settings and var/secret_key. Keep the file safe: it holds personal data.")
    return 0
