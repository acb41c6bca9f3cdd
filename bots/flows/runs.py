"""Runs of scenario models for those who may run them: how far they are, how they ended, stopping one."""

import json
from dataclasses import dataclass

from bots.engine.talk import Talk
from bots.flows.charts import pictured
from bots.flows.routes import Flow
from core.charts import OverTime, in_short
from core.identity import Action, Viewer
from core.scenarios import (
    ScenarioRun,
    cancel_run,
    first_chart,
    follow_run,
    result_of,
    run_for,
    run_lines,
    run_state_words,
    run_subject,
    run_title,
    runs_in,
    visible_part,
)
from core.shared.language import N_, Language
from core.spaces import territories_where
from core.store import Reading
from core.territories import Territory, territories, territory
from messengers import Button, CancelRun, FollowRun, Link, Open, Place, Press, Screen, bold, plain, stacked

MOST_SHOWN = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class _OpenRun:
    """A run with its place and, once it is done, its scenarios as far as the person may see them."""

    run: ScenarioRun
    place: Territory
    found: tuple[str, OverTime] | None


async def show_runs(talk: Talk, _subject: str = "") -> None:
    """The last runs of the person's territories."""
    runs = await talk.ask(_runs, viewer=talk.viewer)
    if not runs:
        text = stacked(
            bold(talk.say(N_("There are no runs here."))),
            talk.say(N_("Analysts of the authority ask for them at the console: «Scenarios».")),
        )
        await talk.show(Screen(text=text))
        return
    places = {place.id: place.name(talk.language) for _, place in runs}
    # A button is short (40 signs in VK): a place that all of them share stands above.
    lines = [bold(talk.say(N_("Runs of scenarios"))), *(places.values() if len(places) == 1 else ())]
    rows = tuple(
        (Press(f"{title} — {run_state_words(talk.language, run)}", Open(Place.RUN, run.id)),)
        for run, title in (
            (run, run_subject(run) if len(places) == 1 else run_title(run, places[place.id]))
            for run, place in runs
        )
    )
    await talk.show(Screen(text=stacked(*lines), buttons=rows))


async def show_run(talk: Talk, subject: str) -> None:
    """One run: how far it is, or its scenarios."""
    opened = await talk.ask(_run, viewer=talk.viewer, run_id=subject, language=talk.language)
    run, title = opened.run, bold(run_title(opened.run, opened.place.name(talk.language)))
    look = Link(talk.say(N_("Look at the run")), talk.site.address(f"console/scenarios/{run.id}"))
    if opened.found is None:
        buttons: tuple[tuple[Button, ...], ...] = ((look,),)
        if not run.state.is_over:
            follow = Press(talk.say(N_("Follow it here")), FollowRun(run.id))
            buttons = ((follow,), (Press(talk.say(N_("Cancel the run")), CancelRun(run.id)),), *buttons)
        text = stacked(title, *run_lines(talk.language, run))
        await talk.show(Screen(text=text, buttons=buttons), back=Open(Place.RUNS))
        return
    name, chart = opened.found
    photo = await pictured(talk, chart, about={name}, name="scenarios.png")
    text = stacked(title, bold(chart.head.title), plain(in_short(chart)), gap="\n\n")
    await talk.show(Screen(text=text, buttons=((look,),), file=photo), back=Open(Place.RUNS))


async def follow(talk: Talk, action: FollowRun) -> None:
    """The run is followed by a message of its own, here."""
    under_way = await talk.do(
        follow_run, bool, run_id=action.run_id, person_id=talk.person.id, carrier=str(talk.carrier)
    )
    if not under_way:
        await talk.go(Place.RUN, action.run_id)
        return
    text = plain(talk.say(N_("A message follows: it says how far the run is and shows the scenarios.")))
    await talk.show(Screen(text=text), back=Open(Place.RUNS))


async def cancel(talk: Talk, action: CancelRun) -> None:
    """The run is stopped; a message that follows it says so by itself."""
    stopped = await talk.do(cancel_run, bool, run_id=action.run_id, cancelled_by=talk.person.id)
    news = N_("The run is cancelled.") if stopped else N_("The run was over already.")
    again = Press(talk.say(N_("Runs of scenarios")), Open(Place.RUNS))
    await talk.show(Screen(text=plain(talk.say(news)), buttons=((again,),)), fresh=True)


def _runs(reading: Reading, *, viewer: Viewer) -> list[tuple[ScenarioRun, Territory]]:
    mine = territories_where(reading, viewer, Action.RUN_MODELS)
    found = runs_in(reading, territory_ids=mine, limit=MOST_SHOWN).items if mine else []
    places = {one.id: one for one in territories(reading)} if found else {}
    return [(run, places[run.territory_id]) for run in found]


def _run(reading: Reading, *, viewer: Viewer, run_id: str, language: Language) -> _OpenRun:
    run = run_for(reading, viewer=viewer, run_id=run_id)
    place = territory(reading, territory_id=run.territory_id)
    answer = result_of(reading, run_id=run_id)
    if answer is None:
        return _OpenRun(run=run, place=place, found=None)
    body = visible_part(reading, viewer=viewer, body=json.loads(answer[0]))
    return _OpenRun(
        run=run, place=place, found=first_chart(body, place=place.name(language), language=language)
    )


FLOW = Flow(
    places={Place.RUNS: show_runs, Place.RUN: show_run},
    actions={FollowRun: follow, CancelRun: cancel},
)
