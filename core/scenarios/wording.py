"""A run in words: where it stands, for the console, the bot and the messages that follow it."""

from core.scenarios.rules import RunState, ScenarioRun
from core.shared.language import N_, Language, translate

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


def run_title(run: ScenarioRun, place: str) -> str:
    """What a run is about: «Заречный: Цех на 300 мест»."""
    return f"{place}: {run.request.decision.title if run.request.decision else run.model.name}"


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
