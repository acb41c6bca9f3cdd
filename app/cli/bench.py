"""`./run bench NAME [--json]`: measure one part beside its peers, in one run on one machine.

Each benchmark is a module or a folder `bench/NAME` with `main(settings, arguments) -> exit code`. With
`--json` its last line is one JSON object of figures; what could not be measured is null and named above.
"""

from __future__ import annotations

import argparse
import importlib
import pkgutil
from collections.abc import Sequence

import bench
from app.settings import Settings


def main(settings: Settings, arguments: Sequence[str]) -> int:
    """Run `./run bench NAME ...`; returns the exit code of the benchmark."""
    names = sorted(module.name for module in pkgutil.iter_modules(bench.__path__))
    parser = argparse.ArgumentParser(prog="./run bench", description="Measure a part beside its peers.")
    parser.add_argument("name", choices=names, help=f"one of: {', '.join(names)}", metavar="NAME")
    parser.add_argument("rest", nargs=argparse.REMAINDER, metavar="...", help="of the benchmark, see --help")
    options = parser.parse_args(arguments)
    benchmark = importlib.import_module(f"bench.{options.name}")
    return int(benchmark.main(settings, options.rest))
