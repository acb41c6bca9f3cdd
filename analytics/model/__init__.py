"""The scenario model: a file of equations, estimated on data, solved and simulated.

`read_model` reads the file, `forecast_model` estimates it for a territory and simulates its scenarios;
`what_if`, `seek`, `multipliers` and `contributions` ask a fitted model questions. Diagnostics stand apart
in `analytics.model.diagnostics`: they load statsmodels.
"""

from analytics.model.describing import attainability, describe, describe_effects
from analytics.model.errors import ModelError, Where
from analytics.model.fitted import Fitted, fit
from analytics.model.outlook import (
    DEFAULT_DRAWS,
    DEFAULT_HORIZON,
    DEFAULT_SEED,
    MAX_DRAWS,
    MAX_HORIZON,
    Outlook,
    Passport,
    Table,
    forecast_model,
    main_scenario,
    read_table,
)
from analytics.model.questions import (
    Contribution,
    Effect,
    Lever,
    contributions,
    levers,
    multipliers,
    seek,
    what_if,
)
from analytics.model.reading import parse_model, read_model
from analytics.model.simulation import Run, Shocks, draw_shocks, no_shocks, simulate
from analytics.model.spec import ModelSpec
from analytics.model.wording import formula_words

__all__ = [
    "DEFAULT_DRAWS",
    "DEFAULT_HORIZON",
    "DEFAULT_SEED",
    "MAX_DRAWS",
    "MAX_HORIZON",
    "Contribution",
    "Effect",
    "Fitted",
    "Lever",
    "ModelError",
    "ModelSpec",
    "Outlook",
    "Passport",
    "Run",
    "Shocks",
    "Table",
    "Where",
    "attainability",
    "contributions",
    "describe",
    "describe_effects",
    "draw_shocks",
    "fit",
    "forecast_model",
    "formula_words",
    "levers",
    "main_scenario",
    "multipliers",
    "no_shocks",
    "parse_model",
    "read_model",
    "read_table",
    "seek",
    "simulate",
    "what_if",
]
