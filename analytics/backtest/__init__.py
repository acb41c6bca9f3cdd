"""How the forecasts would have done: panels and competitions, each origin knowing only its past."""

from analytics.backtest.competition import Competition, CompetitionScore, read_competition, score_competition
from analytics.backtest.panel import (
    Blended,
    IndicatorScore,
    Panel,
    PanelScore,
    blend_alone,
    blend_panel,
    conditional_ratio,
    read_panels,
    score_panels,
)

__all__ = [
    "Blended",
    "Competition",
    "CompetitionScore",
    "IndicatorScore",
    "Panel",
    "PanelScore",
    "blend_alone",
    "blend_panel",
    "conditional_ratio",
    "read_competition",
    "read_panels",
    "score_competition",
    "score_panels",
]
