"""The measurements in their order, and their figures."""

import argparse
import asyncio
import dataclasses
import gc
import json
import logging
import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path

from app.catalogue import compile_catalogues
from app.settings import Settings
from bench.bots import grants, intake, mailing
from bench.bots.own_redis import own_redis
from bench.bots.town import BenchTown, found_town
from bots import collect_seldom

Figures = dict[str, object]


def main(_settings: Settings, arguments: Sequence[str]) -> int:
    """Run `./run bench bots`; returns the exit code."""
    parser = argparse.ArgumentParser(prog="./run bench bots", description="Conversations and senders.")
    parser.add_argument("--json", action="store_true", help="the last line is one JSON object")
    parser.add_argument("--only", choices=["intake", "limit", "mailing"], help="one of the three parts")
    parser.add_argument("--updates", type=int, default=1500, help="updates a measurement (1500)")
    parser.add_argument("--seconds", type=int, default=60, help="seconds of the limit counted (60)")
    parser.add_argument("--rows", type=int, default=200_000, help="people of the mailing (200000)")
    parser.add_argument("--speed-up", type=float, default=5.0, help="how much time is compressed (5)")
    options = parser.parse_args(arguments)
    compile_catalogues()
    logging.disable(logging.INFO)
    with tempfile.TemporaryDirectory() as folder:
        figures = asyncio.run(_measure(options, Path(folder)))
    for name, value in figures.items():
        print(f"{name:32} {value}")
    if options.json:
        print(json.dumps(figures))
    return 0


async def _measure(options: argparse.Namespace, folder: Path) -> Figures:
    figures: Figures = dict.fromkeys(
        ("updates_per_cpu_s", "bare_aiogram_updates_per_cpu_s", "ratio_mix", "ratio_writes",
         "limit_used", "limit_exceeded_seconds", "critical_wait_s")
    )  # fmt: skip
    usual = gc.get_threshold()
    wanted = {options.only} if options.only else {"intake", "limit", "mailing"}
    if "intake" in wanted:
        figures |= await _intake(found_town(folder, "intake.db"), options.updates)
    if "limit" in wanted:
        with own_redis(folder / "redis") as url:
            kept = await asyncio.to_thread(grants.measure, url, seconds=options.seconds)
        figures |= dataclasses.asdict(kept)
    if "mailing" in wanted:
        town = found_town(folder, "mailing.db")
        _as_in_a_process()
        gc.set_threshold(*usual)
        mailed = await mailing.mail(town, folder, rows=options.rows, speed_up=options.speed_up)
        figures |= dataclasses.asdict(mailed)
    return figures


async def _intake(town: BenchTown, count: int) -> Figures:
    """Ours between two runs of the peer; the first run of each warms it up and is not counted."""
    # As in the process of the bots (app.processes.bots), and for the peer as well.
    _as_in_a_process()
    collect_seldom()
    await intake.bare(town.mix(count // 4))
    await intake.ours(town, town.mix(count // 4))
    gc.collect()
    before = await intake.bare(town.mix(count))
    mix = await intake.ours(town, town.mix(count))
    writes = await intake.ours(town, town.votes(count))
    after = await intake.bare(town.mix(count))
    peer = statistics.mean((before, after))
    town.database.close()
    return {
        "updates_per_cpu_s": round(mix),
        "writes_per_cpu_s": round(writes),
        "bare_aiogram_updates_per_cpu_s": round(peer),
        "ratio_mix": round(mix / peer, 3),
        "ratio_writes": round(writes / peer, 3),
    }


def _as_in_a_process() -> None:
    """What is imported is no garbage, as in each process of ours (app.cli).

    Here that is twice as much as in a sender: one look through it would hold up everything for 0.2 s.
    """
    gc.collect()
    gc.freeze()
