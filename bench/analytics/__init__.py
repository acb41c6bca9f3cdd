"""`./run bench analytics [--json]`: forecasts beside Theta, drift and naive, the model beside its peers.

Real series come from STRATEGY24_BENCH_DATA; without it their figures are null. Origins up to 2015 and the
training parts of M3 were used to choose; what is reported is later (docs/analytics.md keeps the log).
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence

from app.settings import Settings
from bench.analytics import charts, forecasts, regions, speed

__all__ = ["main"]

Figures = dict[str, float | None]


def main(settings: Settings, arguments: Sequence[str]) -> int:
    """Measure, print a table and, with --json, one line of figures; 0 when everything asked was measured."""
    parser = argparse.ArgumentParser(prog="./run bench analytics")
    parser.add_argument("--json", action="store_true", help="end with one JSON object")
    options = parser.parse_args(arguments)
    figures: Figures = {
        **forecasts.measure(settings.bench_data),
        **regions.measure(settings.bench_data),
        **speed.measure(),
        **charts.measure(settings.browser_path),
    }
    if options.json:
        print(json.dumps(figures))
    else:
        for name, figure in figures.items():
            print(f"{name:40} {'not measured' if figure is None else f'{figure:.4g}'}")
    return 0
