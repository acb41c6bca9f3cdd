"""`./run tour [--json]`: walk a message, a vote and an alert through a fresh instance, and measure.

Ends with 0 if everything was as promised. Nothing of this instance is touched: the tour has a folder of its
own under the temporary folder of the machine, in which only the chart stays.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from app.catalogue import compile_catalogues
from app.settings import Settings
from app.tour.report import BrokenPromise, Report
from app.tour.walk import Tour
from core.shared.language import N_

# What is promised on a quiet machine.
BARS = {"message_to_console_ms_p50": 300.0, "vote_to_screen_ms_p50": 300.0, "file_to_alert_s": 15.0}
# A machine that does other things as well may be slower; beyond this something is wrong.
WILDLY = 5.0

_BEGIN = N_("The tour of Strategy24, in a folder of its own: {folder}")
_DONE = N_("Everything is as promised. {seconds} s. The chart: {photo}")
_BROKEN = N_("Not as promised: {what}")
_LOG = N_("What the instance printed: {log}")
_SLOWER = N_("slower than promised ({bar:.0f}), is the machine busy? {name}: {value:.1f}")
_FAR_TOO_SLOW = N_("far slower than promised ({bar:.0f}): {name} {value:.1f}")


def main(settings: Settings, arguments: Sequence[str]) -> int:  # noqa: ARG001  # the tour has its own instance
    """Run the command; 0 if everything was as promised, else 1."""
    options = _parse(arguments)
    compile_catalogues()
    folder = Path(tempfile.mkdtemp(prefix="strategy24-tour-", dir=options.folder))
    report = Report(language=options.language, tell=lambda line: print(line, flush=True))
    report.tell(report.say(_BEGIN, folder=folder))
    begun = time.monotonic()
    broken = _walk(Tour(report=report, folder=folder)) or _judge(report)
    took = time.monotonic() - begun
    if broken:
        report.tell(f"✗ {report.say(_BROKEN, what=broken)}")
        report.tell(report.say(_LOG, log=folder / "instance.log"))
    else:
        shutil.rmtree(folder / "var")
        report.tell(report.say(_DONE, seconds=report.number(took), photo=report.alert_photo))
    if options.json:
        print(json.dumps(_as_json(report, broken, took), ensure_ascii=False))
    return 1 if broken else 0


def _walk(tour: Tour) -> str:
    """Walk the tour; what is not as promised, or nothing."""
    try:
        asyncio.run(tour.walk())
    except BrokenPromise as broken:
        return str(broken)
    return ""


def _judge(report: Report) -> str:
    """Compare the figures with the bars; what is far from them, or nothing."""
    for name, bar in BARS.items():
        value = report.figures[name]
        if value > bar * WILDLY:
            return report.say(_FAR_TOO_SLOW, bar=bar, name=name, value=value)
        if value > bar:
            report.tell(f"! {report.say(_SLOWER, bar=bar, name=name, value=value)}")
    return ""


def _as_json(report: Report, broken: str, took_s: float) -> dict[str, Any]:
    found: dict[str, Any] = {
        "ok": not broken,
        "steps": [asdict(step) for step in report.steps],
        **dict.fromkeys(BARS),
        **report.figures,
        "alert_photo": None if report.alert_photo is None else str(report.alert_photo),
        "within_bars": all(report.figures.get(name, bar + 1) <= bar for name, bar in BARS.items()),
        "took_s": round(took_s, 1),
    }
    return {**found, "broken": broken} if broken else found


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./run tour", description="Walk a message, a vote and an alert through a fresh instance."
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")
    parser.add_argument("--language", choices=["ru", "en"], default="ru", help="of the words (default: ru)")
    parser.add_argument("--folder", type=Path, help="where the folder of the tour is made (default: /tmp)")
    return parser.parse_args(arguments)
