"""A short answer of a scenario model, written by hand: pages and bots need no run to show one."""

import json
from typing import Any

from core.scenarios import (
    DEFAULT_SEED,
    RunRequest,
    add_model,
    ask_run,
    describe_model,
    finish_run,
    publish_run,
)
from tests.town import VERA, Town

YEARS = (2027, 2028)
TITLES = {"GMP": "Валовой муниципальный продукт", "WAGE": "Средняя заработная плата"}


def answer() -> dict[str, Any]:
    """Two scenarios of the product, whose growth is made of wages and of its own trend."""
    middles = {"base": (19_000.0, 19_500.0), "low": (18_200.0, 18_000.0)}
    levels = [0.025, 0.1, 0.5, 0.9, 0.975]
    parts = [
        {"term": "", "about": [], "by_year": [-0.002, -0.003]},
        {"term": "own", "about": ["GMP"], "by_year": [0.02, 0.02]},
        {"term": "wage", "about": ["WAGE"], "by_year": [0.011, 0.01]},
    ]
    return {
        "years": list(YEARS),
        "scenarios": {"base": "базовый", "low": "пессимистический"},
        "main": "base",
        "levels": levels,
        "history": {"GMP": {"2025": 18_000.0, "2026": 18_500.0}},
        "shown": {
            name: {"title": title, "unit": "млн руб.", "decimals": 0, "told": True}
            for name, title in TITLES.items()
        },
        "drivers": {},
        "fans": {
            "GMP": {
                key: {"quantiles": [[one * (0.9 + 0.2 * level) for level in levels] for one in ends]}
                for key, ends in middles.items()
            }
        },
        "chances": [{"indicator": "GMP", "value": 20_000.0, "year": 2028, "op": ">=", "by_scenario": {}}],
        "contributions": {"GMP": {"base": parts}},
        "equations": {
            "GMP": {
                "text": "dlog(GMP) = own + wage",
                "words": {
                    "ru": "Рост продукта — из своего хода и оплаты труда.",
                    "en": "Growth of the product.",
                },
                "identity": False,
                "years": 20,
                "r2": 0.61,
                "panel": 0.25,
                "left_out": [2019, 2020],
                "levels": 0,
                "redefined": {"GMP": 2019},
                "about": ["GMP"],
            }
        },
        "past": {"GMP": {"origins": 8, "blend": 310.0, "naive": 420.0}},
        "description": [],
        "levers": {},
    }


def run_of(town: Town, *, done: bool = True, public: bool = True, seed: int = DEFAULT_SEED) -> str:
    """A run of a model that gives this answer, waiting or done."""
    by = town.people[VERA]
    model_id = town.database.run(
        add_model, territory_id=town.territory.id, file_name="model.toml", text="a model", added_by=by
    )
    town.database.run(describe_model, model_id=model_id, outline={"name": "Экономика города"})
    run_id = town.database.run(
        ask_run, model_id=model_id, territory_id=town.territory.id, request=RunRequest(seed=seed), asked_by=by
    )
    if done:
        town.database.run(finish_run, run_id=run_id, body=json.dumps(answer(), ensure_ascii=False))
    if done and public:
        town.database.run(publish_run, run_id=run_id, published_by=by, public=True)
    return run_id
