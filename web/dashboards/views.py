"""From dashboards of the core to what templates show."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext, ngettext

from core.charts import CARD, Chart, Grid, as_table, draw
from core.dashboards import (
    ChartKind,
    DashboardChart,
    Materials,
    described,
)
from core.indicators import AccessLevel
from core.shared.language import Language
from web.scenes import SceneView, scene_view


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartCard:
    """A chart on a dashboard; without a scene there is nothing to draw, `missing` says why."""

    id: str
    title: str
    subtitle: str
    address: str
    kind: str
    level: str
    alt: str = ""
    scene: SceneView | None = None
    table: Grid | None = None
    missing: str = ""
    only_table: bool = False


def chart_card(chart: DashboardChart, materials: Materials, language: Language) -> ChartCard:
    """One chart of those that the viewer may see."""
    spec = chart.spec
    shown = materials.indicators[spec.indicators[0]]
    place = materials.places[spec.territories[0]]
    made = described(spec, materials, language)
    title = spec.title or shown.title(language)
    card = ChartCard(
        id=chart.id,
        title=title if made is None else made.head.title,
        subtitle=place.name(language) if made is None else made.head.subtitle,
        address=_way_down(spec.kind, place.slug, shown.code),
        kind=kind_words(spec.kind),
        level="" if spec.level is AccessLevel.PUBLIC else level_words(spec.level),
        missing=_missing(spec.kind) if made is None else "",
    )
    return card if made is None else _filled(card, made, language)


def chart_cards(
    charts: Sequence[DashboardChart], materials: Materials, language: Language
) -> list[ChartCard]:
    """The cards of a page in their order."""
    return [chart_card(chart, materials, language) for chart in charts]


def kind_words(kind: ChartKind) -> str:
    """A kind of chart as the builder names it."""
    return {
        ChartKind.FAN: gettext("forecast with its bands"),
        ChartKind.PLAN: gettext("plan and actual"),
        ChartKind.SCENARIOS: gettext("scenarios side by side"),
        ChartKind.CONTRIBUTIONS: gettext("what growth is made of"),
        ChartKind.RANKING: gettext("place among the neighbours"),
        ChartKind.LINES: gettext("lines: several territories or indicators"),
        ChartKind.BARS: gettext("columns"),
        ChartKind.NUMBER: gettext("one number with its trend"),
        ChartKind.TABLE: gettext("table of last values"),
    }[kind]


def level_words(level: AccessLevel) -> str:
    """Who sees a page or a chart."""
    return {
        AccessLevel.PUBLIC: gettext("everyone"),
        AccessLevel.REGISTERED: gettext("whoever has signed in"),
        AccessLevel.OFFICIAL: gettext("officials"),
        AccessLevel.RESTRICTED: gettext("only the named list"),
    }[level]


def chart_count_words(count: int) -> str:
    """``3 charts``."""
    return ngettext("%(count)d chart", "%(count)d charts", count) % {"count": count}


def hidden_words(count: int) -> str:
    """That a page holds charts which are closed to whoever arranges it; empty if it holds none."""
    if not count:
        return ""
    return ngettext(
        "%(count)d chart is closed to you and is not shown.",
        "%(count)d charts are closed to you and are not shown.",
        count,
    ) % {"count": count}


def _filled(card: ChartCard, made: Chart, language: Language) -> ChartCard:
    scene = draw(made, CARD, language=language)
    return ChartCard(
        id=card.id,
        title=card.title,
        subtitle=card.subtitle,
        address=card.address,
        kind=card.kind,
        level=card.level,
        alt=scene.alt,
        scene=scene_view(scene),
        table=as_table(made, language),
        only_table=isinstance(made, Grid),
    )


def _way_down(kind: ChartKind, slug: str, code: str) -> str:
    if kind in {ChartKind.SCENARIOS, ChartKind.CONTRIBUTIONS}:
        return f"/t/{slug}/scenarios?of={code}"
    return f"/t/{slug}/indicators/{code}"


def _missing(kind: ChartKind) -> str:
    if kind in {ChartKind.SCENARIOS, ChartKind.CONTRIBUTIONS}:
        return gettext("No scenarios have been published that tell of it.")
    if kind is ChartKind.PLAN:
        return gettext("There is no plan for this indicator yet.")
    if kind is ChartKind.RANKING:
        return gettext("The neighbours have no figures for this period.")
    return gettext("No values have been published yet.")
