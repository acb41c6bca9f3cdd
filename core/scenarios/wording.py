"""A run in words: where it stands, for the console, the bot and the messages that follow it."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.indicators import definitions_words, format_number, with_unit
from core.scenarios.rules import RunState, ScenarioRun
from core.shared.language import N_, Language, translate, translate_plural

_STAGES = {
    "estimating": N_("estimates the equations"),
    "checking": N_("checks itself on past years"),
    "simulating": N_("draws the future"),
    "explaining": N_("puts it into words"),
}
_COMPUTING = N_("is being computed")
_STATES = {
    RunState.WAITING: N_("waits for a free worker"),
    RunState.DONE: N_("is computed"),
    RunState.REFUSED: N_("cannot be computed"),
    RunState.FAILED: N_("has failed"),
    RunState.CANCELLED: N_("was cancelled"),
}
_SHOWN = N_("is shown to citizens")
_PARTS = 10
_IDENTITY = N_("An identity: it is true in every year and every draw.")
_ESTIMATED = N_("Estimated on {years} years; explains {share} of the changes; the neighbours weigh {panel}.")
_LEFT_OUT = N_("{count} year is not learned from ({years}): it would compare two definitions, {names}.")
_LEFT_OUT_MANY = N_(
    "{count} years are not learned from ({years}): they would compare two definitions, {names}."
)
_MARKED_LATER = N_(
    "The run was made before a new definition was marked, {names}, so the equation compares two definitions; "
    "the next run will not."
)
_LEVELS = N_("Each definition has a level of its own in the equation: {names}.")
_PAST = N_(
    "A year ahead, over {origins} past years, it was off by {blend} on average; "
    "“it stays as it is” by {naive}."
)


def run_title(run: ScenarioRun, place: str) -> str:
    """What a run is about: «Заречный: Цех на 300 мест»."""
    return f"{place}: {run_subject(run)}"


def run_subject(run: ScenarioRun) -> str:
    """The same without the place."""
    return run.request.decision.title if run.request.decision else run.model.name


def run_state_words(language: Language, run: ScenarioRun) -> str:
    """Where a run stands."""
    if run.state is RunState.RUNNING:
        return translate(language, _STAGES.get(run.stage, _COMPUTING))
    if run.state is RunState.DONE and run.published_at:
        return translate(language, _SHOWN)
    return translate(language, _STATES[run.state])


def run_lines(language: Language, run: ScenarioRun) -> list[str]:
    """Where a run stands, with how far it is or why it cannot be done."""
    said = run_state_words(language, run)
    lines = [said[:1].upper() + said[1:]]
    if run.refusal is not None:
        lines.append(run.refusal[language])
    if run.state is RunState.RUNNING:
        done = round(run.percent / 100 * _PARTS)
        lines.append(f"{'▓' * done}{'░' * (_PARTS - done)} {run.percent}\u00a0%")
    return lines


def equation_facts(language: Language, body: Mapping[str, Any], name: str) -> str:
    """What is known of an equation of an answer: on how much it stands. Empty for one without data."""
    equation = body["equations"][name]
    if equation["identity"]:
        return translate(language, _IDENTITY)
    if equation["r2"] is None:
        return ""
    share, panel = (_percent(language, 100 * equation[one]) for one in ("r2", "panel"))
    said = translate(language, _ESTIMATED, years=equation["years"], share=share, panel=panel)
    titles = {one: shown["title"] for one, shown in {**body["drivers"], **body["shown"]}.items()}
    later = {
        titles.get(one, one): year
        for one, year in body.get("marked_later", {}).items()
        if one in equation["about"]
    }
    mixed = [translate(language, _MARKED_LATER, names=definitions_words(language, later))] if later else []
    return " ".join([said, *left_out_words(language, equation, titles), *mixed])


def left_out_words(language: Language, equation: Mapping[str, Any], titles: Mapping[str, str]) -> list[str]:
    """Which years an equation was not estimated on and why, and whether definitions have levels of their own.

    Nothing for the answer of a run made before equations heeded marks of new definitions.
    """
    since = {titles.get(one, one): year for one, year in equation.get("redefined", {}).items()}
    names, years = definitions_words(language, since), equation.get("left_out", [])
    lines = []
    if years:
        lines.append(
            translate_plural(
                language, _LEFT_OUT, _LEFT_OUT_MANY, len(years), years=_spans(years), names=names
            )
        )
    if equation.get("levels", 0):
        lines.append(translate(language, _LEVELS, names=names))
    return lines


def _spans(years: Sequence[int]) -> str:
    """``2001–2004, 2019``."""
    spans: list[list[int]] = []
    for year in years:
        if spans and year == spans[-1][-1] + 1:
            spans[-1][1:] = [year]
        else:
            spans.append([year])
    return ", ".join("–".join(map(str, span)) for span in spans)


def past_words(language: Language, body: Mapping[str, Any], name: str) -> str:
    """How far the model was off in the past for an indicator, beside the simplest guess; empty if unknown."""
    past, shown = body["past"].get(name), body["shown"].get(name)
    if past is None or shown is None:
        return ""
    decimals = shown.get("decimals", 1)
    blend, naive = (
        with_unit(language, past[one], shown["unit"], decimals=decimals + (decimals > 0))
        for one in ("blend", "naive")
    )
    return translate(language, _PAST, origins=past["origins"], blend=blend, naive=naive)


def _percent(language: Language, value: float) -> str:
    return f"{format_number(language, value, decimals=1)}\u00a0%"
