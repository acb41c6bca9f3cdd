"""What `./run forecast` may be asked besides the forecast, as plain values and as lines of text."""

from __future__ import annotations

import argparse
import importlib
from dataclasses import asdict
from typing import Any

from analytics.model import (
    Fitted,
    ModelError,
    Outlook,
    contributions,
    main_scenario,
    multipliers,
    seek,
)
from core.scenarios import left_out_words
from core.shared.language import N_, Language, translate

# Below it a number is what rounding has left of zero.
_NOTHING = 1e-9
_DIAGNOSTICS = N_("Equation {name} on {years} years of its own: R² {r2}, Durbin–Watson {dw}")
_P_VALUES = N_(
    "p-values: autocorrelation {auto}, uneven spread {spread}, normality {normal}, stability {stable}"
)
_SEARCH = N_("{name} reaches {value} in {year} if {instrument} changes by {amount} every year")
_MULTIPLIERS = N_("One unit of {instrument} in {year} changes by year:")
_CONTRIBUTIONS = N_("The right side of {name}, term by term and by year:")
_CORRECTION = N_("correction of the blend and add-factors")


def add_questions(parser: argparse.ArgumentParser) -> None:
    """Add the options of the questions."""
    parser.add_argument("--diagnose", metavar="NAME", help="tests of an equation, by statsmodels")
    parser.add_argument("--multipliers", metavar="INSTRUMENT", help="what one unit of it changes, by year")
    parser.add_argument("--contributions", metavar="NAME", help="what an equation is made of, by year")
    parser.add_argument(
        "--seek", nargs=4, metavar=("NAME", "VALUE", "YEAR", "INSTRUMENT"), help="what it takes for a target"
    )


def answers(options: argparse.Namespace, outlook: Outlook, fitted: Fitted) -> dict[str, Any]:
    """The answers to what was asked, by the name of the option. Raises: ModelError."""
    found: dict[str, Any] = {}
    years, scenario = range(outlook.years[0], outlook.years[-1] + 1), main_scenario(fitted.spec)
    if options.diagnose:
        _equation(fitted, options.diagnose)
        # A second and 100 MB, so only for those who ask.
        module = importlib.import_module("analytics.model.diagnostics")
        found["diagnose"] = asdict(module.diagnose(fitted, options.diagnose))
    if options.multipliers:
        _variable(fitted, options.multipliers)
        outcomes = [name for name in fitted.spec.indicators if name in outlook.fans]
        by_name = multipliers(
            fitted, options.multipliers, years,
            scenario=scenario, outcomes=outcomes, anchor=outlook.anchor,
        )  # fmt: skip
        found["multipliers"] = {name: [float(one) for one in row] for name, row in by_name.items()}
    if options.contributions:
        _equation(fitted, options.contributions)
        terms = contributions(fitted, options.contributions, years, scenario=scenario, anchor=outlook.anchor)
        found["contributions"] = [asdict(term) for term in terms]
    if options.seek:
        found["seek"] = _sought(options.seek, fitted, outlook, years, scenario)
    return found


def told(
    language: Language, options: argparse.Namespace, found: dict[str, Any], outlook: Outlook
) -> list[str]:
    """The same as lines of text."""
    lines: list[str] = []
    if "diagnose" in found:
        lines += [
            "",
            *_diagnosed(language, found["diagnose"]),
            *left_out_words(language, found["diagnose"], {}),
        ]
    if "multipliers" in found:
        start = outlook.years[0]
        lines += ["", translate(language, _MULTIPLIERS, instrument=options.multipliers, year=start)]
        lines += [_row(name, row) for name, row in found["multipliers"].items()]
    if "contributions" in found:
        lines += ["", translate(language, _CONTRIBUTIONS, name=options.contributions)]
        correction = translate(language, _CORRECTION)
        lines += [_row(one["term"] or correction, one["by_year"]) for one in found["contributions"]]
    if "seek" in found:
        said = {key: f"{one:g}" if isinstance(one, float) else one for key, one in found["seek"].items()}
        lines += ["", translate(language, _SEARCH, **said)]
    return lines


def _diagnosed(language: Language, one: dict[str, Any]) -> list[str]:
    return [
        translate(
            language, _DIAGNOSTICS, name=one["equation"], years=one["years"],
            r2=f"{one['r2']:.3f}", dw=f"{one['durbin_watson']:.2f}",
        ),
        *(_row(name, row) for name, row in one["coefficients"].items()),
        translate(
            language, _P_VALUES, auto=f"{one['p_autocorrelation']:.3f}",
            spread=f"{one['p_uneven_spread']:.3f}", normal=f"{one['p_normality']:.3f}",
            stable=f"{one['p_stability']:.3f}",
        ),
    ]  # fmt: skip


def _row(name: str, values: list[float]) -> str:
    return f"  {name:<40}" + "".join(f"{value if abs(value) > _NOTHING else 0.0:>12.4g}" for value in values)


def _sought(
    asked: list[str], fitted: Fitted, outlook: Outlook, years: range, scenario: str
) -> dict[str, Any]:
    name, value, year, instrument = asked
    for one in (name, instrument):
        _variable(fitted, one)
    wanted, at = _number(value), int(_number(year))
    if at not in years:
        raise ModelError("no_value", name=name, at=year)
    amount = seek(
        fitted, years, scenario=scenario, name=name, value=wanted, at=at, instrument=instrument,
        anchor=outlook.anchor,
    )  # fmt: skip
    return {"name": name, "value": wanted, "year": at, "instrument": instrument, "amount": amount}


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise ModelError("bad_number", found=text[:40]) from error


def _equation(fitted: Fitted, name: str) -> None:
    if name not in fitted.estimates:
        raise ModelError("unknown_name", name=name[:60], hint="")


def _variable(fitted: Fitted, name: str) -> None:
    if name not in fitted.program.slots:
        raise ModelError("unknown_name", name=name[:60], hint="")
