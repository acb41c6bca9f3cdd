"""The command: which parts are measured, in which order, and what is printed of them."""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from app.settings import Settings
from bench.hub.client import client_command
from bench.hub.fanout import Place, hub_fan_out, peer_fan_out
from bench.hub.loads import Load
from bench.hub.machine import Cores, Trouble, raise_descriptor_limit
from bench.hub.peers import PEERS, Peer

Figure = float | int | str | None
QUICK_SCALE: Final = 0.05


@dataclass(slots=True)
class Report:
    """The figures so far; each is printed when it is known."""

    figures: dict[str, Figure] = field(default_factory=dict)
    measured: dict[str, list[float]] = field(default_factory=dict)
    busiest_client: float = 0.0

    def note(self, name: str, value: Figure) -> None:
        """One figure, known now."""
        self.figures[name] = value
        print(f"  {name}: {value}", flush=True)

    def fan_out(self, name: str, load: Load) -> None:
        """One repetition of a fan-out; its figure is the mean of all repetitions."""
        self.measured.setdefault(name, []).append(round(load.per_cpu_s))
        self.busiest_client = max(self.busiest_client, load.client_share)
        print(f"  {name}: {load}", flush=True)
        self.figures[name] = round(statistics.mean(self.measured[name]))


def _peer(peer: Peer) -> Callable[[Place, Report], None]:
    return lambda place, report: report.fan_out(
        f"deliveries_per_cpu_s_{peer.name}", peer_fan_out(place, peer, clients=1_000)
    )


def _room(place: Place, report: Report) -> None:
    report.fan_out("deliveries_per_cpu_s", hub_fan_out(place, rooms=1, clients=1_000))


def _large_room(place: Place, report: Report) -> None:
    report.fan_out("deliveries_per_cpu_s_5000", hub_fan_out(place, rooms=1, clients=5_000))


def _many_rooms(place: Place, report: Report) -> None:
    report.fan_out("deliveries_per_cpu_s_50_rooms", hub_fan_out(place, rooms=50, clients=20))


PARTS: Final[dict[str, Callable[[Place, Report], None]]] = {
    "plain_loop": _peer(PEERS[0]),
    "room": _room,
    "room_5000": _large_room,
    "rooms_50": _many_rooms,
    **{peer.name: _peer(peer) for peer in PEERS[1:]},
}


def main(_settings: Settings, arguments: Sequence[str]) -> int:
    """Measure; returns 1 when a part of ours could not be measured."""
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
        report.note("descriptors", raise_descriptor_limit())
        report.note("client", "python" if "client_twin" in client_command(place.folder)[-1] else "c")
        _measure(place, report, options.only, repetitions=1 if options.quick else options.repetitions)
    report.note("client_busiest_share", round(report.busiest_client, 2))
    if options.json:
        print(json.dumps(_with_ratios(report)))
    return 0


def _measure(place: Place, report: Report, names: Sequence[str], *, repetitions: int) -> None:
    for _ in range(repetitions):
        for name in names:
            print(name, flush=True)
            try:
                PARTS[name](place, report)
            except Trouble as trouble:
                print(f"  not measured: {trouble}", flush=True)
        if names[0] == "plain_loop" and len(names) > 1:
            PARTS["plain_loop"](place, report)


def _with_ratios(report: Report) -> dict[str, object]:
    ours = report.figures.get("deliveries_per_cpu_s")
    ratios: dict[str, Figure] = {}
    for peer in PEERS:
        theirs = report.figures.get(f"deliveries_per_cpu_s_{peer.name}")
        ratios[f"ratio_{peer.name}"] = _ratio(ours, theirs)
    return {**report.figures, **ratios, "repetitions": report.measured}


def _ratio(ours: Figure, theirs: Figure) -> float | None:
    if isinstance(ours, int) and isinstance(theirs, int):
        return round(ours / theirs, 3)
    return None


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
