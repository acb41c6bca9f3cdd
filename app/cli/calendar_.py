"""Loads the days that are worked or not otherwise than the law says of every year.

`./run calendar FILE.csv`, a line a day: `2026-12-31;no`. Weekends and public holidays are known without it;
what the government moves for a year is not.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from app.settings import Settings
from app.wiring import open_database
from core.duty import WrongCalendar, load_calendar


def main(settings: Settings, arguments: Sequence[str]) -> int:
    """Run `./run calendar`; returns the exit code."""
    parser = argparse.ArgumentParser(prog="./run calendar", description=__doc__)
    parser.add_argument("file", type=Path, metavar="FILE.csv")
    options = parser.parse_args(arguments)
    database = open_database(settings)
    try:
        lines = options.file.read_text(encoding="utf-8-sig").splitlines()
        loaded = database.run(load_calendar, lines=lines)
    except (OSError, UnicodeDecodeError) as error:
        parser.error(f"{options.file} cannot be read: {error}")
    except WrongCalendar as refusal:
        sys.stderr.write(refusal.sentence("ru") + "\n")
        return 1
    finally:
        database.close()
    sys.stdout.write(f"{loaded}\n")
    return 0
