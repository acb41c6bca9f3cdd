"""A1-A4: the blend on the panel of regions and on M3, beside its references in the same run."""

from __future__ import annotations

import time
from pathlib import Path
from statistics import geometric_mean

from analytics.backtest import (
    Blended,
    Panel,
    PanelScore,
    blend_alone,
    blend_panel,
    conditional_ratio,
    read_competition,
    read_panels,
    score_competition,
    score_panels,
)

REPORTED_FROM = 2016
"""First origin that was not used to choose anything."""

REDEFINED = {"AGE_OLD": 2019, "AGE_WORK": 2019, "HH_CONS": 2018}
"""First years of new definitions in these series.

The pension age moved on 1 January 2019 (Federal Law 350-FZ of 3 October 2018) and the age groups with it;
household consumption comes from 2018 on from another publication (column `source` of the file).
"""

_FILES = ("ru_regions_annual.csv", "m3_yearly.csv")
_NAMES = (
    "a1_crps_vs_theta",
    "a1_crps_vs_naive",
    "a1_worst_indicator_ratio",
    "a1_crps_vs_theta_all_origins",
    "a1_crps_vs_naive_all_origins",
    "a1_worst_indicator_ratio_all_origins",
    "a1_crps_vs_theta_same_definition",
    "a1_crps_vs_naive_same_definition",
    "a1_worst_indicator_ratio_same_definition",
    "a1_crps_vs_theta_marked",
    "a1_crps_vs_naive_marked",
    "a1_worst_indicator_ratio_marked",
    "a1_crps_vs_theta_marked_same_definition",
    "a1_crps_vs_naive_marked_same_definition",
    "a1_worst_indicator_ratio_marked_same_definition",
    "a1_marked_vs_unmarked_redefined_alone",
    "a1_hindsight_vs_naive",
    "a1_panel_vs_alone",
    "a1_panel_vs_alone_until_2015",
    "a2_cover80",
    "a2_cover95",
    "a2_cover80_same_definition",
    "a2_cover95_same_definition",
    "a2_cover80_marked",
    "a2_cover95_marked",
    "a2_lowest_cover80",
    "a2_highest_cover80",
    "a2_lowest_cover80_marked",
    "a2_highest_cover80_marked",
    "a3_ratio",
    "a4_smape",
    "a4_mase",
    "a4_cover95",
    "a4_theta_smape",
    "a4_dynamic_theta_mase",
    "a4_naive_smape",
    "a6_backtest_s",
)


def measure(folder: Path | None) -> dict[str, float | None]:
    """All figures that need real series; null and a sentence when their files are not there."""
    if folder is None or not all((folder / name).exists() for name in _FILES):
        print(f"STRATEGY24_BENCH_DATA names no folder with {' and '.join(_FILES)}: A1-A4 are not measured.")
        return dict.fromkeys(_NAMES)
    panels = read_panels(folder / _FILES[0])
    return {**_panel_figures(panels), **_competition_figures(folder / _FILES[1])}


def _beside_alone(panels: list[Panel], *, first_origin: int, last_origin: int = 9999) -> float:
    """CRPS of territories forecast together over that of the same territories each alone."""
    together = score_panels(panels, first_origin=first_origin, last_origin=last_origin)
    return together.over(
        score_panels(panels, first_origin=first_origin, last_origin=last_origin, blend=blend_alone)
    )


def _marked(panel: Panel) -> Blended:
    """The panel as it is forecast where the passport of its indicator names the new definition."""
    return blend_panel(panel, redefined=REDEFINED.get(panel.indicator))


def _alone_marked(panel: Panel) -> Blended:
    return blend_alone(panel, redefined=REDEFINED.get(panel.indicator))


def _marked_beside_unmarked_alone(panels: list[Panel]) -> float:
    """CRPS of lone territories with the marks over that without them, origins of the new definitions."""
    ratios = [
        score_panels([panel], first_origin=REDEFINED[panel.indicator], blend=_alone_marked).over(
            score_panels([panel], first_origin=REDEFINED[panel.indicator], blend=blend_alone)
        )
        for panel in panels
        if panel.indicator in REDEFINED
    ]
    return geometric_mean(ratios)


def _panel_figures(panels: list[Panel]) -> dict[str, float | None]:
    began = time.process_time()
    every = score_panels(panels, first_origin=0)
    took = time.process_time() - began
    later = score_panels(panels, first_origin=REPORTED_FROM)
    same = score_panels(panels, first_origin=REPORTED_FROM, redefined=REDEFINED)
    marked = score_panels(panels, first_origin=REPORTED_FROM, blend=_marked)
    marked_same = score_panels(panels, first_origin=REPORTED_FROM, redefined=REDEFINED, blend=_marked)
    _print("every origin", every)
    _print(f"origins from {REPORTED_FROM} on", later)
    _print(f"origins from {REPORTED_FROM} on, forecast and fact of the same definition", same)
    _print(f"origins from {REPORTED_FROM} on, marks of new definitions used", marked)
    _print(f"origins from {REPORTED_FROM} on, marks used, the same definition", marked_same)
    shares = [one.cover80 for one in later.indicators]
    shares_marked = [one.cover80 for one in marked.indicators]
    return {
        "a1_crps_vs_theta": later.against("theta"),
        "a1_crps_vs_naive": later.against("naive"),
        "a1_worst_indicator_ratio": _worst(later),
        "a1_crps_vs_theta_all_origins": every.against("theta"),
        "a1_crps_vs_naive_all_origins": every.against("naive"),
        "a1_worst_indicator_ratio_all_origins": _worst(every),
        "a1_crps_vs_theta_same_definition": same.against("theta"),
        "a1_crps_vs_naive_same_definition": same.against("naive"),
        "a1_worst_indicator_ratio_same_definition": _worst(same),
        "a1_crps_vs_theta_marked": marked.against("theta"),
        "a1_crps_vs_naive_marked": marked.against("naive"),
        "a1_worst_indicator_ratio_marked": _worst(marked),
        "a1_crps_vs_theta_marked_same_definition": marked_same.against("theta"),
        "a1_crps_vs_naive_marked_same_definition": marked_same.against("naive"),
        "a1_worst_indicator_ratio_marked_same_definition": _worst(marked_same),
        "a1_marked_vs_unmarked_redefined_alone": _marked_beside_unmarked_alone(panels),
        "a1_hindsight_vs_naive": later.hindsight_against("naive"),
        "a1_panel_vs_alone": _beside_alone(panels, first_origin=REPORTED_FROM),
        "a1_panel_vs_alone_until_2015": _beside_alone(panels, first_origin=0, last_origin=2015),
        "a2_cover80": later.coverage(80),
        "a2_cover95": later.coverage(95),
        "a2_cover80_same_definition": same.coverage(80),
        "a2_cover95_same_definition": same.coverage(95),
        "a2_cover80_marked": marked.coverage(80),
        "a2_cover95_marked": marked.coverage(95),
        "a2_lowest_cover80": min(shares),
        "a2_highest_cover80": max(shares),
        "a2_lowest_cover80_marked": min(shares_marked),
        "a2_highest_cover80_marked": max(shares_marked),
        "a3_ratio": conditional_ratio(panels, first_origin=REPORTED_FROM),
        "a6_backtest_s": took,
    }


def _worst(score: PanelScore) -> float:
    return max(one.against_best for one in score.indicators)


def _print(title: str, score: PanelScore) -> None:
    print(f"\n{title}: scaled CRPS, coverage")
    print(
        f"{'':14}{'n':>7}{'blend':>8}{'naive':>8}{'drift':>8}{'theta':>8}{'/best':>8}{'80 %':>7}{'95 %':>7}"
    )
    for one in score.indicators:
        print(
            f"{one.indicator:14}{one.forecasts:7}{one.blend:8.3f}{one.naive:8.3f}{one.drift:8.3f}"
            f"{one.theta:8.3f}{one.against_best:8.3f}{one.cover80:7.3f}{one.cover95:7.3f}"
        )


def _competition_figures(file: Path) -> dict[str, float | None]:
    scores = score_competition(read_competition(file))
    print("\nM3, 645 yearly series, test parts")
    for name, score in scores.items():
        print(f"{name:13} sMAPE {score.smape:6.3f}  MASE {score.mase:5.3f}")
    blend = scores["blend"]
    return {
        "a4_smape": blend.smape,
        "a4_mase": blend.mase,
        "a4_cover95": blend.cover95,
        "a4_dynamic_theta_mase": scores["dynamic_theta"].mase,
        "a4_theta_smape": scores["theta"].smape,
        "a4_naive_smape": scores["naive"].smape,
    }
