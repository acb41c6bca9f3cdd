"""`./run forecast`: a scenario model from a file, on data from a file, in words or as JSON."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from analytics.model import (
    DEFAULT_DRAWS,
    DEFAULT_HORIZON,
    DEFAULT_SEED,
    MAX_DRAWS,
    MAX_HORIZON,
    Effect,
    Fitted,
    ModelError,
    ModelSpec,
    Outlook,
    describe,
    describe_effects,
    draw_shocks,
    forecast_model,
    main_scenario,
    read_model,
    read_table,
    what_if,
)
from app.catalogue import compile_catalogues
from app.cli.forecast_questions import add_questions, answers, told
from app.settings import PROJECT, Settings
from core.indicators import LEVELS, format_number
from core.shared.language import N_, Language, translate

_DATA = PROJECT / "analytics" / "synthetic" / "data"
_TERRITORY = "99701000"
_SHOWN_LEVELS = (0.1, 0.5, 0.9)

_TITLE = N_("{model}, territory {territory}: forecast from {start} to {end}")
_FAN = N_("{title}, {unit} (median and 80 % band)")
_YEAR = N_("year")
_PROJECT = N_("What the project “{project}” changes ({scenario} scenario)")
_PASSPORT = N_(
    "Passport: model {model}, data {data}, seed {seed}, {draws} draws, {procedure}, "
    "Python {python}, numpy {numpy}."
)


def main(_settings: Settings, arguments: Sequence[str]) -> int:
    """Run the command; 0 with a forecast, 1 if the model or the data cannot be used, 2 without the file."""
    options = _parse(arguments)
    compile_catalogues()
    language: Language = options.language
    try:
        spec = _marked(read_model(options.model), dict(options.redefined))
        outlook, fitted = forecast_model(
            spec,
            read_table(options.data),
            options.territory,
            horizon=options.years,
            draws=options.draws,
            seed=options.seed,
        )
        effects = _effects(outlook, fitted, options.project) if options.project else []
        asked = answers(options, outlook, fitted)
    except ModelError as refused:
        return _refuse(refused.code, refused.sentence(language), as_json=options.json, code=1)
    except OSError as error:
        return _refuse("no_file", f"{error.filename}: {error.strerror}", as_json=options.json, code=2)
    if options.json:
        sys.stdout.write(_as_json(outlook, fitted, effects, asked, language) + "\n")
    else:
        lines = _as_text(outlook, fitted, effects, options.project, language)
        print("\n".join([*lines[:-2], *told(language, options, asked, outlook), *lines[-2:]]))
    return 0


def _marked(spec: ModelSpec, marks: Mapping[str, int]) -> ModelSpec:
    for name in marks:
        if name not in {*spec.drivers, *spec.equations, *spec.indicators}:
            raise ModelError("unknown_name", name=name[:60], hint="")
    return replace(spec, redefined={**spec.redefined, **marks})


def _effects(outlook: Outlook, fitted: Fitted, project: str) -> list[Effect]:
    if project not in fitted.spec.projects:
        known = ", ".join(fitted.spec.projects) or "—"
        raise ModelError("no_project", project=project, known=known)
    years = range(outlook.years[0], outlook.years[-1] + 1)
    passport = outlook.passport
    shocks = draw_shocks(fitted, years, draws=passport.draws, seed=passport.seed)
    outcomes = [name for name in fitted.spec.indicators if name in outlook.fans]
    return what_if(
        fitted,
        fitted.spec.projects[project].additions,
        years,
        shocks,
        scenario=main_scenario(fitted.spec),
        outcomes=outcomes,
        anchor=outlook.anchor,
    )


def _refuse(reason: str, sentence: str, *, as_json: bool, code: int) -> int:
    if as_json:
        print(json.dumps({"ok": False, "code": reason, "message": sentence}, ensure_ascii=False))
    else:
        print(sentence, file=sys.stderr)
    return code


def _as_json(
    outlook: Outlook, fitted: Fitted, effects: list[Effect], asked: dict[str, Any], language: Language
) -> str:
    body = {
        "ok": True,
        **outlook.to_json(),
        **asked,
        "levels": LEVELS,
        "description": describe(language, outlook, fitted, main=main_scenario(fitted.spec)),
        "effects": [
            {"variable": one.variable, "low": one.low, "median": one.median, "high": one.high}
            for one in effects
        ],
    }
    return json.dumps(body, ensure_ascii=False, sort_keys=True)


def _as_text(
    outlook: Outlook, fitted: Fitted, effects: list[Effect], project: str | None, language: Language
) -> list[str]:
    passport, years = outlook.passport, outlook.years
    lines = [
        translate(
            language,
            _TITLE,
            model=passport.model,
            territory=passport.territory,
            start=years[0],
            end=years[-1],
        )
    ]
    for name in fitted.spec.indicators:
        if name in outlook.fans:
            lines += ["", *_fan_lines(outlook, fitted, name, language)]
    lines += ["", *describe(language, outlook, fitted, main=main_scenario(fitted.spec))]
    if effects and project is not None:
        title = fitted.spec.projects[project].title
        scenario = outlook.scenarios[main_scenario(fitted.spec)]
        lines += ["", translate(language, _PROJECT, project=title, scenario=scenario)]
        lines += describe_effects(language, fitted.spec, effects, year=years[-1])
    short = {"model": passport.model_sha256[:12], "data": passport.data_sha256[:12]}
    lines += [
        "",
        translate(
            language, _PASSPORT, **short, seed=passport.seed, draws=passport.draws,
            procedure=passport.procedure, **passport.versions,
        ),
    ]  # fmt: skip
    return lines


def _fan_lines(outlook: Outlook, fitted: Fitted, name: str, language: Language) -> list[str]:
    shown, fans = fitted.spec.indicators[name], outlook.fans[name]
    titles = [outlook.scenarios[key] for key in fans]
    lines = [
        translate(language, _FAN, title=shown.title, unit=shown.unit),
        f"{translate(language, _YEAR):>6}" + "".join(f"{title:>30}" for title in titles),
    ]
    for place, year in enumerate(outlook.years):
        cells = []
        for fan in fans.values():
            low, middle, high = (
                format_number(language, fan.quantiles[place][LEVELS.index(level)], decimals=shown.decimals)
                for level in _SHOWN_LEVELS
            )
            cells.append(f"{f'{middle} ({low} … {high})':>30}")
        lines.append(f"{year:>6}" + "".join(cells))
    return lines


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./run forecast", description="Forecast a territory by a model file."
    )
    parser.add_argument("--data", type=Path, default=_DATA / "observations.csv", help="tidy CSV, annual rows")
    parser.add_argument("--territory", default=_TERRITORY, help="code in the data")
    parser.add_argument(
        "--model", type=Path, default=_DATA / "model.toml", help="TOML, see docs/analytics.md"
    )
    parser.add_argument(
        "--redefined",
        action="append",
        default=[],
        type=_mark,
        metavar="NAME=YEAR",
        help="the first year of a new definition, as passports of indicators have it; may be repeated",
    )
    parser.add_argument("--project", help="what-if: a project of the model file")
    add_questions(parser)
    parser.add_argument("--years", type=_from_1_to(MAX_HORIZON), default=DEFAULT_HORIZON, metavar="NUMBER")
    parser.add_argument("--draws", type=_from_1_to(MAX_DRAWS), default=DEFAULT_DRAWS, metavar="NUMBER")
    parser.add_argument("--seed", type=_from_1_to(2**62), default=DEFAULT_SEED, metavar="NUMBER")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--language", choices=["ru", "en"], default="ru")
    return parser.parse_args(arguments)


def _mark(text: str) -> tuple[str, int]:
    name, _, year = text.partition("=")
    if not name or not year.isdecimal() or len(year) != 4:
        raise argparse.ArgumentTypeError("NAME=YEAR")
    return name, int(year)


def _from_1_to(most: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        if not text.isdecimal() or not 1 <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"a whole number from 1 to {most}")
        return int(text)

    return number
