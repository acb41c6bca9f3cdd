"""Shows the territories of the instance, or loads them: the first thing an instance without the demo needs.

`./run territories` lists them; `./run territories FILE.csv` loads a file, a line each, parents first:
`kind;ОКТМО;address;name;English name;ОКТМО of its parent;time zone`, under a heading.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from app.processes import migrate
from app.schema import at_newest_step
from app.settings import Settings
from app.wiring import open_database
from core.shared.errors import DomainError
from core.territories import load_territories, territories


def main(settings: Settings, arguments: Sequence[str]) -> int:
    """Run `./run territories`; returns the exit code."""
    parser = argparse.ArgumentParser(prog="./run territories", description=__doc__)
    parser.add_argument("file", type=Path, nargs="?", metavar="FILE.csv")
    options = parser.parse_args(arguments)
    database = open_database(settings)
    try:
        if not at_newest_step(database):
            migrate.main(settings)
        if options.file is not None:
            lines = options.file.read_text(encoding="utf-8-sig").splitlines()
            database.run(load_territories, lines=lines)
        for place in database.read(territories):
            sys.stdout.write(f"{place.oktmo:11}  {place.kind:12}  {place.slug:20}  {place.name_ru}\n")
    except (OSError, UnicodeDecodeError) as error:
        parser.error(f"{options.file} cannot be read: {error}")
    except DomainError as refusal:
        sys.stderr.write(refusal.sentence("ru") + "\n")
        return 1
    finally:
        database.close()
    return 0
