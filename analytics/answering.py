"""The answer of a scenario model to a request, as plain values: what a run keeps and pages show.

Whatever is about a variable stands under its name or carries `about`, so that the core can leave out what a
viewer may not see (`core.scenarios.visible_part`). Words are made here in every language.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace

from analytics.model import (
    Effect,
    Fitted,
    ModelError,
    ModelSpec,
    Outlook,
    Table,
    contributions,
    describe,
    describe_effects,
    draw_shocks,
    forecast_model,
    levers,
    main_scenario,
    seek,
    what_if,
)
from analytics.model.fitted import driver_paths
from analytics.model.grammar import variables
from analytics.model.outlook import Report
from analytics.model.paths import Points
from analytics.model.questions import causes
from analytics.outlining import LANGUAGES, Plain, formula, in_every_language, place_in, shown
from core.indicators import LEVELS
from core.scenarios import Decision, RunRequest, Search
from core.shared.language import Language

_HISTORY_YEARS = 15
_REVENUE = ("BUD_REV", "BUD_OWN")


def answer(
    spec: ModelSpec,
    table: Table,
    territory: str,
    request: RunRequest,
    *,
    report: Report,
    redefined: Mapping[str, int] | None = None,
) -> Plain:
    """Run the scenarios as the request changes them, and what else it asks.

    redefined: the first years of new definitions as passports have them; over those of the file. Raises:
    ModelError.
    """
    asked = replace(changed(spec, request), redefined={**spec.redefined, **(redefined or {})})
    outlook, fitted = forecast_model(
        asked, table, territory,
        horizon=request.years, draws=request.draws, seed=request.seed, report=report,
    )  # fmt: skip
    report("explaining", 0.0)
    main = request.scenario or main_scenario(asked)
    if main not in asked.scenarios:
        raise ModelError("unknown_name", name=main, hint="")
    return {
        "passport": asdict(outlook.passport),
        "request": request.to_json(),
        "years": list(outlook.years),
        "levels": list(LEVELS),
        "main": main,
        "scenarios": dict(outlook.scenarios),
        "shown": {name: shown(asked, name) for name in sorted(outlook.fans, key=place_in(asked))},
        "drivers": {name: {"title": one.title, "unit": one.unit} for name, one in asked.drivers.items()},
        "history": _history(fitted, outlook),
        "fans": {
            name: {key: asdict(fan) for key, fan in fans.items()} for name, fans in outlook.fans.items()
        },
        "chances": [{**asdict(one), "about": [one.indicator]} for one in outlook.chances],
        "conditions": _conditions(fitted, outlook),
        "contributions": _contributions(fitted, outlook),
        "equations": _equations(fitted),
        "past": {name: asdict(one) for name, one in outlook.past.items()},
        "share": {name: list(share) for name, share in outlook.model_share.items()},
        "levers": _levers(fitted, outlook, main),
        "description": _description(fitted, outlook, main),
        "decision": _decision(fitted, outlook, request.decision, main),
        "search": _search(fitted, outlook, request.search, main),
    }


def changed(spec: ModelSpec, request: RunRequest) -> ModelSpec:
    """The model with the drivers and add-factors that a request gives. Raises: ModelError."""
    scenarios = dict(spec.scenarios)
    for key in [*request.drivers, *request.addfactors]:
        if key not in scenarios:
            raise ModelError("unknown_name", name=key[:60], hint="")
    for key, by_name in request.drivers.items():
        _known(by_name, spec.drivers)
        paths = {name: Points(_years(by_year)) for name, by_year in by_name.items()}
        scenarios[key] = replace(scenarios[key], paths={**scenarios[key].paths, **paths})
    for key, by_name in request.addfactors.items():
        _known(by_name, spec.equations)
        factors = {name: _years(by_year) for name, by_year in by_name.items()}
        scenarios[key] = replace(scenarios[key], addfactor={**scenarios[key].addfactor, **factors})
    return replace(spec, scenarios=scenarios)


def additions(spec: ModelSpec, decision: Decision, years: range) -> dict[str, dict[int, float]]:
    """What a decision adds to variables, year by year. Raises: ModelError."""
    if decision.project:
        if decision.project not in spec.projects:
            raise ModelError("no_project", project=decision.project, known=", ".join(spec.projects) or "—")
        return {name: dict(added) for name, added in spec.projects[decision.project].additions.items()}
    if decision.sector not in spec.sectors:
        raise ModelError("unknown_name", name=decision.sector[:60], hint="")
    sector = spec.sectors[decision.sector]
    spent = range(decision.year, decision.year + max(decision.duration, 1))
    found: dict[str, dict[int, float]] = {}
    for name, share in sector.money.items():
        for year in spent:
            found.setdefault(name, {})[year] = share * decision.money / len(spent)
    for name, share in sector.jobs.items():
        # A job is there once the money is spent, and stays.
        for year in range(spent.stop, years.stop):
            by_year = found.setdefault(name, {})
            by_year[year] = by_year.get(year, 0.0) + share * decision.jobs
    return found


def _known(names: Mapping[str, object], described: Mapping[str, object]) -> None:
    for name in names:
        if name not in described:
            raise ModelError("unknown_name", name=name[:60], hint="")


def _years(by_year: Mapping[str, float]) -> dict[int, float]:
    return {int(year): amount for year, amount in sorted(by_year.items()) if year.isdecimal()}


def _span(outlook: Outlook) -> range:
    return range(outlook.years[0], outlook.years[-1] + 1)


def _history(fitted: Fitted, outlook: Outlook) -> dict[str, dict[str, float]]:
    first = fitted.last_year - _HISTORY_YEARS + 1
    return {
        name: {
            str(year): value
            for year, value in sorted(fitted.history[name].items())
            if first <= year <= fitted.last_year
        }
        for name in [*outlook.fans, *fitted.spec.drivers]
        if name in fitted.history
    }


def _conditions(fitted: Fitted, outlook: Outlook) -> dict[str, dict[str, dict[str, float]]]:
    """The paths of drivers by scenario, those years that are known as they are known."""
    found: dict[str, dict[str, dict[str, float]]] = {}
    for key in outlook.scenarios:
        paths = driver_paths(fitted, key, _span(outlook))
        found[key] = {
            name: {
                str(year): fitted.history.get(name, {}).get(year, path.get(year, 0.0))
                for year in outlook.years
            }
            for name, path in paths.items()
        }
    return found


def _contributions(fitted: Fitted, outlook: Outlook) -> dict[str, dict[str, list[Plain]]]:
    return {
        name: {
            key: [
                {"term": one.term, "about": list(one.names), "by_year": list(one.by_year)}
                for one in contributions(fitted, name, _span(outlook), scenario=key, anchor=outlook.anchor)
            ]
            for key in outlook.scenarios
        }
        for name in fitted.estimates
        if name in outlook.fans
    }


def _equations(fitted: Fitted) -> dict[str, Plain]:
    spec, found = fitted.spec, {}
    for name, equation in spec.equations.items():
        one = fitted.estimates.get(name)
        values = {} if one is None else dict(zip(one.names, map(float, one.mean), strict=True))
        errors = (
            {}
            if one is None
            else {each: float(one.covariance[place, place] ** 0.5) for place, each in enumerate(one.names)}
        )
        found[name] = {
            "about": sorted({name, *(each.name for each in variables(equation.right))}),
            "text": equation.text,
            "identity": equation.identity,
            "words": formula(spec, name, values),
            "coefficients": values,
            "errors": errors,
            "r2": None if one is None else one.r2,
            "years": 0 if one is None else len(one.years),
            "panel": 0.0 if one is None else one.weight_of_panel,
            "left_out": [] if one is None else list(one.left_out),
            "levels": 0 if one is None else one.levels,
            "redefined": {} if one is None else dict(one.redefined),
        }
    return found


def _levers(fitted: Fitted, outlook: Outlook, scenario: str) -> dict[str, list[Plain]]:
    return {
        name: [
            {"about": [one.driver], "driver": one.driver, "percent": one.percent}
            for one in levers(fitted, name, _span(outlook), scenario=scenario, anchor=outlook.anchor)
        ]
        for name in _REVENUE
        if name in outlook.fans
    }


def _description(fitted: Fitted, outlook: Outlook, main: str) -> list[Plain]:
    """A paragraph for each indicator and a sentence for each target, with what each is about."""
    said = {language: describe(language, outlook, fitted, main=main) for language in LANGUAGES}
    told = [name for name in fitted.spec.indicators if name in outlook.fans]
    about = [(name, _told_of(fitted, outlook, name, main)) for name in told]
    about += [(one.indicator, [one.indicator]) for one in outlook.chances]
    return [
        {"of": name, "about": names, **{language: said[language][place] for language in LANGUAGES}}
        for place, (name, names) in enumerate(about)
    ]


def _told_of(fitted: Fitted, outlook: Outlook, name: str, main: str) -> list[str]:
    if name not in fitted.estimates:
        return [name]
    moved = causes(fitted, name, _span(outlook), scenario=main)
    told = {each for names, _ in moved for each in names}
    return sorted({name, *told, *fitted.estimates[name].redefined})


def _decision(fitted: Fitted, outlook: Outlook, decision: Decision | None, main: str) -> Plain | None:
    if decision is None:
        return None
    years, passport = _span(outlook), outlook.passport
    effects = what_if(
        fitted,
        additions(fitted.spec, decision, years),
        years,
        draw_shocks(fitted, years, draws=passport.draws, seed=passport.seed),
        scenario=main,
        outcomes=[name for name in fitted.spec.indicators if name in outlook.fans],
        anchor=outlook.anchor,
    )
    return {"effects": [_effect(fitted.spec, one, years) for one in effects if any(one.median)]}


def _effect(spec: ModelSpec, effect: Effect, years: Sequence[int]) -> Plain:
    def say(language: Language) -> str:
        return describe_effects(language, spec, [effect], year=years[-1])[0]

    return {
        "about": [effect.variable],
        "variable": effect.variable,
        "low": list(effect.low),
        "median": list(effect.median),
        "high": list(effect.high),
        "words": in_every_language(say),
    }


def _search(fitted: Fitted, outlook: Outlook, search: Search | None, main: str) -> Plain | None:
    if search is None:
        return None
    for name in (search.indicator, search.instrument):
        _known({name: None}, {**fitted.spec.equations, **fitted.spec.drivers})
    years = _span(outlook)
    if search.year not in years:
        raise ModelError("no_value", name=search.indicator, at=search.year)
    amount = seek(
        fitted, years, scenario=main, anchor=outlook.anchor,
        name=search.indicator, value=search.value, at=search.year, instrument=search.instrument,
    )  # fmt: skip
    return {"answers": [{"about": [search.indicator, search.instrument], "amount": amount}]}
