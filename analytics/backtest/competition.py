"""Yearly series of the M3 competition (Makridakis and Hibon 2000): each forecast alone, six years ahead."""

import csv
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from analytics.scales import from_scale, to_scale
from analytics.statistical import Array, dynamic_theta, lone_paths, mase, naive, quantiles, roll, smape, theta
from core.indicators import LEVELS

HORIZON = 6
_MIN_TRAINING = 6


@dataclass(frozen=True, slots=True)
class Competition:
    """Training parts of different lengths, and the six facts that follow each."""

    histories: tuple[Array, ...]
    facts: Array


@dataclass(frozen=True, slots=True)
class CompetitionScore:
    """sMAPE (%) and MASE of a method; coverage of its bands where it has any."""

    smape: float
    mase: float
    cover80: float | None = None
    cover95: float | None = None


def read_competition(file: Path) -> Competition:
    """Read the table (series, type, t, value, test)."""
    parts: defaultdict[str, tuple[list[float], list[float]]] = defaultdict(lambda: ([], []))
    with file.open(encoding="utf-8", newline="") as opened:
        for row in csv.DictReader(opened):
            parts[row["series"]][row["test"] == "1"].append(float(row["value"]))
    histories = tuple(np.array(history) for history, _ in parts.values())
    return Competition(histories, np.array([facts for _, facts in parts.values()]))


def score_competition(competition: Competition) -> dict[str, CompetitionScore]:
    """Scores of the blend, of two Theta methods and of the naive forecast."""
    median, bands = _blend(competition)
    facts = competition.facts
    low95, low80, high80, high95 = (bands[..., LEVELS.index(p)] for p in (0.025, 0.1, 0.9, 0.975))
    blend = CompetitionScore(
        smape(median, facts),
        mase(median, facts, competition.histories),
        cover80=float(np.mean((low80 <= facts) & (facts <= high80))),
        cover95=float(np.mean((low95 <= facts) & (facts <= high95))),
    )
    return {
        "blend": blend,
        "theta": _score(_last(competition, theta), competition),
        "dynamic_theta": _score(_last(competition, dynamic_theta), competition),
        "naive": _score(_last(competition, naive), competition),
    }


def _score(forecast: Array, competition: Competition) -> CompetitionScore:
    return CompetitionScore(
        smape(forecast, competition.facts), mase(forecast, competition.facts, competition.histories)
    )


def _blend(competition: Competition) -> tuple[Array, Array]:
    median = np.empty(competition.facts.shape)
    bands = np.empty((*competition.facts.shape, len(LEVELS)))
    for rows, values in _by_length(competition):
        y, last = to_scale(values, "log"), values.shape[1] - 1
        paths = lone_paths(values, scale="log", steps=HORIZON)
        rolled = roll(y, paths, first=_MIN_TRAINING, pooled=False)
        median[rows] = from_scale(rolled.median[:, last], "log")
        bands[rows] = from_scale(quantiles(rolled, places=[last], levels=LEVELS, pooled=False)[:, 0], "log")
    return median, bands


def _last(competition: Competition, method: Callable[[Array, int], Array]) -> Array:
    forecast = np.empty(competition.facts.shape)
    for rows, values in _by_length(competition):
        forecast[rows] = method(values, HORIZON)[:, -1]
    return forecast


def _by_length(competition: Competition) -> list[tuple[list[int], Array]]:
    rows: defaultdict[int, list[int]] = defaultdict(list)
    for row, history in enumerate(competition.histories):
        rows[history.size].append(row)
    return [(group, np.array([competition.histories[row] for row in group])) for group in rows.values()]
