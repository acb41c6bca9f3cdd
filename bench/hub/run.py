"""The command: which parts are measured, in which order, and what is printed of them."""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from redis.exceptions import RedisError

from app.descriptors import raise_descriptor_limit
from app.settings import Settings
from bench.hub.client import client_command
from bench.hub.halls import Place
from bench.hub.machine import Cores, Trouble
from bench.hub.parts import PARTS
from bench.hub.report import Report

QUICK_SCALE: Final = 0.05


def main(_settings: Settings, arguments: Sequence[str]) -> int:
    """Measure and print; 0 also when something could not be measured: it is null and named."""
    options = _parse(arguments)
    report = Report()
    cores = Cores.choose()
    os.sched_setaffinity(0, {cores.others})
    with tempfile.TemporaryDirectory(prefix="s24bench") as folder:
        place = Place(
            folder=Path(folder),
            cores=cores,
            seconds=0.5 if options.quick else options.seconds,
            scale=QUICK_SCALE if options.quick else 1.0,
        )
        report.state("descriptors", raise_descriptor_limit())
        report.state("client", "python" if "client_twin" in client_command(place.folder)[-1] else "c")
        repetitions = 1 if options.quick else options.repetitions
        for _ in range(repetitions):
            _measure(place, report, options.only)
    if options.json:
        print(json.dumps(report.complete()))
    return 0


def _measure(place: Place, report: Report, names: Sequence[str]) -> None:
    # The reference runs last as well as first: what changed between them is the machine.
    again = ["plain_loop"] if names[0] == "plain_loop" and len(names) > 1 else []
    for name in [*names, *again]:
        print(name, flush=True)
        try:
            PARTS[name](place, report)
        except (Trouble, OSError, RedisError) as trouble:
            # A server that ends or stalls costs its own part only.
            print(f"  not measured: {type(trouble).__name__}: {trouble}", flush=True)


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./run bench hub", description="The live hub beside its peers.")
    parser.add_argument("--json", action="store_true", help="print all figures as one JSON object, last")
    parser.add_argument("--quick", action="store_true", help="small counts, to see that it works")
    parser.add_argument("--only", type=_names, default=[*PARTS], metavar="NAME,...", help=", ".join(PARTS))
    parser.add_argument("--repetitions", type=int, default=2, help="of every part (default: 2)")
    parser.add_argument("--seconds", type=float, default=3.0, help="of each measurement (default: 3)")
    return parser.parse_args(arguments)


def _names(text: str) -> list[str]:
    names = text.split(",")
    for name in names:
        if name not in PARTS:
            raise argparse.ArgumentTypeError(f"there is no part {name!r}")
    return names
