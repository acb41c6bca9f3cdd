"""What a model file says, as plain values in every language: for those who choose what to ask of it."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from analytics.model import ModelSpec, formula_words, main_scenario
from analytics.model.grammar import variables
from analytics.model.paths import Constant, DriverPath, Growth, Points, Shift
from core.shared.language import Language

LANGUAGES: tuple[Language, ...] = ("ru", "en")

Plain = dict[str, Any]


def in_every_language(say: Callable[[Language], Any]) -> dict[str, Any]:
    """The same thing said in every language."""
    return {language: say(language) for language in LANGUAGES}


def outline(spec: ModelSpec) -> Plain:
    """What a model file says, for those who choose what to ask of it."""
    return {
        "name": spec.name,
        "indicators": {name: shown(spec, name) for name in spec.equations},
        "drivers": {name: {"title": one.title, "unit": one.unit} for name, one in spec.drivers.items()},
        "equations": {
            name: {
                "text": one.text,
                "identity": one.identity,
                "words": formula(spec, name),
            }
            for name, one in spec.equations.items()
        },
        "main": main_scenario(spec),
        "scenarios": {
            key: {
                "title": one.title,
                "inherit": one.inherit,
                "paths": {name: _path_words(path) for name, path in one.paths.items()},
            }
            for key, one in spec.scenarios.items()
        },
        "targets": {key: asdict(one) for key, one in spec.targets.items()},
        "projects": {key: one.title for key, one in spec.projects.items()},
        "sectors": {key: one.title for key, one in spec.sectors.items()},
    }


def inputs(spec: ModelSpec) -> dict[str, set[str]]:
    """What stands in the equation of each variable besides itself, in this year or an earlier one."""
    return {
        name: {one.name for one in variables(equation.right)} - {name}
        for name, equation in spec.equations.items()
    }


def shown(spec: ModelSpec, name: str) -> Plain:
    """How a variable is shown; `told` is false for one that the file only computes with."""
    found = spec.indicators.get(name)
    if found is None:
        return {"title": name, "unit": "", "good": "none", "decimals": 1, "told": False}
    return {**asdict(found), "told": True}


def formula(spec: ModelSpec, name: str, values: Mapping[str, float] | None = None) -> dict[str, str]:
    """An equation in words, in every language."""
    return {language: formula_words(language, spec, name, values) for language in LANGUAGES}


def place_in(spec: ModelSpec) -> Callable[[str], int]:
    """The order of the file's indicators; what it does not show comes last."""
    order = {name: place for place, name in enumerate(spec.indicators)}
    return lambda name: order.get(name, len(order))


def _path_words(path: DriverPath) -> str:
    match path:
        case Constant(value):
            return f"{value:g}"
        case Points(values):
            return "; ".join(f"{year}: {value:g}" for year, value in values.items())
        case Growth(rate):
            return f"{100 * rate:+g} %"
        case Shift(rate):
            return f"Δ {100 * rate:+g} %"
