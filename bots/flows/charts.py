"""An indicator beside something: its scenarios, its neighbours, what its growth is made of."""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta

from bots.engine.talk import Talk
from bots.flows.routes import Flow
from core.charts import (
    PHONE,
    Drawing,
    OverTime,
    Rows,
    alt_text,
    as_table,
    draw,
    drawing,
    drawing_key,
    in_short,
    order_drawing,
)
from core.dashboards import ChartKind, ChartSpec, described, materials_for
from core.files import FileDamaged, UnknownFile, read_content
from core.identity import Viewer
from core.indicators import Indicator, indicator
from core.scenarios import behind
from core.shared.ids import TerritoryId
from core.shared.language import N_, Language
from core.store import Reading
from core.territories import Territory, territory
from messengers import (
    Button,
    CompareScenarios,
    Link,
    Photo,
    Press,
    RankPlaces,
    RichText,
    Screen,
    ShowContributions,
    ShowFigure,
    bold,
    stacked,
)

Shown = OverTime | Rows
# How long a person waits for a picture that is being drawn: a warm browser needs half a second.
PATIENCE_S = 2.0
_LOOK_AGAIN_S = 0.1
_TABLE_ROWS = 12
# What fits into a button beside the id of the territory.
LONGEST_CODE = 29
# In the order of their buttons.
_KINDS: dict[type[ShowFigure], ChartKind] = {
    CompareScenarios: ChartKind.SCENARIOS,
    RankPlaces: ChartKind.RANKING,
    ShowContributions: ChartKind.CONTRIBUTIONS,
}
_LABELS: dict[type[ShowFigure], str] = {
    CompareScenarios: N_("Compare scenarios"),
    RankPlaces: N_("Place among neighbours"),
    ShowContributions: N_("Contributions"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What can be shown of an indicator of a place, and which indicators each picture tells of."""

    place: Territory
    indicator: Indicator
    charts: Mapping[type[ShowFigure], tuple[Shown, frozenset[str]]]


async def show_chart(talk: Talk, wanted: ShowFigure) -> None:
    """One of the charts: the picture, what it says in words, the way to the others."""
    found = await look_beside(talk, wanted)
    back = ShowFigure(wanted.indicator, wanted.territory_id)
    others = offers(talk, found, without=type(wanted))
    if type(wanted) not in found.charts:
        # A button of yesterday: the run was taken back, or the neighbours have no figures any more.
        text = bold(talk.say(N_("There is nothing to compare with any more.")))
        await talk.show(Screen(text=text, buttons=others), back=back)
        return
    chart, about = found.charts[type(wanted)]
    photo = await pictured(talk, chart, about=about, name=f"{wanted.indicator}.png")
    text = stacked(
        bold(chart.head.title),
        RichText(chart.head.subtitle),
        RichText(in_short(chart)),
        None if photo else _table(talk, chart),
        talk.say(N_("Synthetic data: an example, not the real town.")) if found.place.synthetic else None,
        gap="\n\n",
    )
    buttons = (*others, (_on_site(talk, found, wanted),))
    await talk.show(Screen(text=text, buttons=buttons, file=photo), back=back)


async def look_beside(talk: Talk, wanted: ShowFigure) -> Beside:
    """What there is to show of an indicator. Raises: UnknownIndicator, UnknownTerritory."""
    return await talk.ask(
        _beside,
        viewer=talk.viewer,
        place_id=TerritoryId(wanted.territory_id),
        code=wanted.indicator,
        language=talk.language,
    )


def offers(
    talk: Talk, found: Beside, *, without: type[ShowFigure] | None = None
) -> tuple[tuple[Button, ...], ...]:
    """A button for each chart that has something to show."""
    return tuple(
        (Press(talk.say(_LABELS[kind]), kind(found.indicator.code, found.place.id)),)
        for kind in found.charts
        if kind is not without and len(found.indicator.code) <= LONGEST_CODE
    )


async def pictured(talk: Talk, chart: Shown, *, about: Collection[str], name: str) -> Photo | None:
    """The chart as a picture if one comes soon: it is ordered, and waited for while it may be drawn."""
    scene = draw(chart, PHONE, language=talk.language)
    key = drawing_key(scene, about=about)
    found = await talk.ask(drawing, key=key)
    if found is None:
        await talk.database.run_async(order_drawing, scene=scene, about=about)
        found = await talk.ask(drawing, key=key)
    for _ in range(_looks_left(talk, found)):
        if found is None or found.settled:
            break
        await asyncio.sleep(_LOOK_AGAIN_S)
        found = await talk.ask(drawing, key=key)
    if found is None or found.picture is None:
        return None
    try:
        content = await asyncio.to_thread(read_content, talk.files, found.picture)
    except (UnknownFile, FileDamaged):
        # A lost picture is no reason to keep the figures back.
        return None
    return Photo(content=content, file_name=name, alt=alt_text(chart), key=found.picture)


def _looks_left(talk: Talk, found: Drawing | None) -> int:
    # Counted from the order: when nobody draws, only the first of many has to wait.
    age = talk.database.clock.now() - found.ordered_at if found else timedelta()
    return max(0, round((PATIENCE_S - age.total_seconds()) / _LOOK_AGAIN_S))


def _table(talk: Talk, chart: Shown) -> RichText:
    """In place of the picture: its figures, a line each."""
    table = as_table(chart, talk.language)
    heads = table.header[1:] if len(table.header) > 2 else ("",)
    lines = [
        f"{row[0]}: "
        + "; ".join(f"{head} {cell}".strip() for head, cell in zip(heads, row[1:], strict=True) if cell)
        for row in table.rows[:_TABLE_ROWS]
    ]
    return stacked(talk.say(N_("The chart is not ready yet. The figures in a table:")), *lines)


def _on_site(talk: Talk, found: Beside, wanted: ShowFigure) -> Link:
    slug, code = found.place.slug, found.indicator.code
    if isinstance(wanted, RankPlaces):
        return Link(talk.say(N_("Chart and table")), talk.site.address(f"t/{slug}/indicators/{code}/compare"))
    return Link(talk.say(N_("All scenarios")), talk.site.address(f"t/{slug}/scenarios?of={code}"))


def _beside(
    reading: Reading, *, viewer: Viewer, place_id: TerritoryId, code: str, language: Language
) -> Beside:
    found = indicator(reading, code=code, viewer=viewer)
    specs = {
        one: ChartSpec(kind=kind, indicators=(code,), territories=(place_id,)) for one, kind in _KINDS.items()
    }
    materials = materials_for(reading, viewer=viewer, specs=list(specs.values()))
    charts: dict[type[ShowFigure], tuple[Shown, frozenset[str]]] = {}
    for one, spec in specs.items():
        chart = described(spec, materials, language)
        if isinstance(chart, Shown):
            parts = behind(materials.results[place_id], code) if one is ShowContributions else {code}
            charts[one] = (chart, frozenset(parts))
    return Beside(place=territory(reading, territory_id=place_id), indicator=found, charts=charts)


FLOW = Flow(actions=dict.fromkeys(_KINDS, show_chart))
