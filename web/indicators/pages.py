"""The list of indicators and the page of one."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpResponse
from django.utils.translation import gettext

from core.alerts import AlertRule, thresholds_of
from core.commitments import Commitment, commitment_lines, commitments_on, status_words
from core.identity import Person, Viewer, person
from core.indicators import (
    IndicatorCard,
    IndicatorPage,
    Passport,
    Point,
    VintageNote,
    cards,
    checks_words,
    definition_words,
    forecast_sentence,
    indicator_page,
    keeps_passport,
    method_shares,
    passport,
    series,
    values_at,
    vintage_notes,
)
from core.shared.errors import NotFound
from core.shared.language import Language
from core.store import Reading
from core.territories import ReferenceItem, Territory, reference_items, territories, territory_by_slug
from web.dependencies import dependencies
from web.indicators.passports import passport_lines, revision_marks, vintage_choices
from web.indicators.views import (
    Speaker,
    card_view,
    chart_view,
    headline,
    ranking_rows,
    rule_words,
    table_rows,
    target_words,
)
from web.page_request import PageRequest
from web.rendering import show
from web.view_models import IndicatorCard as CardView

# What a spreadsheet would run as a formula; a quote in front makes it text.
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """The indicators of one rubric."""

    code: str
    title: str
    cards: list[CardView]


@dataclass(frozen=True, slots=True, kw_only=True)
class OneIndicator:
    """An indicator of a territory with its thresholds, from one consistent view.

    ``page`` is as of the vintage asked for, ``now`` the values as they are known today.
    """

    territory: Territory
    page: IndicatorPage
    now: tuple[Point, ...]
    as_of: int | None
    vintages: list[VintageNote]
    passport: Passport
    responsible: Person | None
    keeper: bool
    rules: list[AlertRule]
    beside: list[tuple[Territory, float]]
    commitments: list[Commitment]


def shelves_of(
    reading: Reading, *, slug: str, viewer: Viewer
) -> tuple[Territory, list[ReferenceItem], list[IndicatorCard]]:
    """All indicators of a territory that the viewer may see. Raises: UnknownTerritory."""
    territory = territory_by_slug(reading, slug=slug)
    found = cards(reading, viewer=viewer, territory_id=territory.id)
    return territory, reference_items(reading, taxonomy="rubric"), [card for card in found if card.points]


def one_indicator(
    reading: Reading, *, slug: str, code: str, viewer: Viewer, as_of: int | None = None
) -> OneIndicator:
    """One indicator of a territory, as of now or of a vintage. Raises: UnknownTerritory, UnknownIndicator."""
    territory = territory_by_slug(reading, slug=slug)
    page = indicator_page(reading, viewer=viewer, code=code, territory_id=territory.id, as_of=as_of)
    _, known = passport(reading, viewer=viewer, code=code)
    return OneIndicator(
        territory=territory,
        page=page,
        now=page.points if as_of is None else series(reading, indicator=code, territory_id=territory.id),
        as_of=as_of,
        vintages=vintage_notes(reading, indicator=code, territory_id=territory.id),
        passport=known,
        responsible=None if known.responsible is None else person(reading, person_id=known.responsible),
        keeper=keeps_passport(reading, viewer=viewer, code=code),
        rules=thresholds_of(reading, indicator=code, territory_id=territory.id),
        beside=_beside(reading, territory, page),
        # After the page, which refuses those who may not see the indicator.
        commitments=commitments_on(reading, indicator=code, territory_id=territory.id),
    )


def _beside(reading: Reading, own: Territory, page: IndicatorPage) -> list[tuple[Territory, float]]:
    """The territory among its neighbours of the same kind at its last period, the best first."""
    if not page.points:
        return []
    peers = {
        one.id: one for one in territories(reading) if (one.kind, one.parent_id) == (own.kind, own.parent_id)
    }
    values = values_at(
        reading, indicator=page.indicator.code, territory_ids=list(peers), period=page.points[-1].period
    )
    ranked = sorted(values.items(), key=lambda pair: pair[1], reverse=page.indicator.good != "down")
    return [(peers[place], value) for place, value in ranked] if len(ranked) > 1 else []


async def indicator_list(request: PageRequest, slug: str) -> HttpResponse:
    """The indicators by rubric."""
    territory, rubrics, found = await dependencies().database.read_async(
        shelves_of, slug=slug, viewer=request.visit.viewer
    )
    return show(
        request,
        "indicators/list.html",
        title=gettext("Indicators"),
        active="indicators",
        territory=territory,
        shelves=list(_shelves(rubrics, found, slug=slug, language=request.language)),
    )


async def rubric_page(request: PageRequest, slug: str, rubric: str) -> HttpResponse:
    """The indicators of one rubric, with the ways to the others."""
    territory, rubrics, found = await dependencies().database.read_async(
        shelves_of, slug=slug, viewer=request.visit.viewer
    )
    shelves = list(_shelves(rubrics, found, slug=slug, language=request.language))
    shown = [shelf for shelf in shelves if shelf.code == rubric]
    if not shown:
        raise NotFound
    return show(
        request,
        "indicators/list.html",
        title=shown[0].title,
        active="indicators",
        territory=territory,
        shelves=shown,
        others=[shelf for shelf in shelves if shelf.code != rubric],
    )


async def indicator(request: PageRequest, slug: str, code: str) -> HttpResponse:
    """One indicator: the chart, the sentence, the table, how it is counted."""
    found = await dependencies().database.read_async(
        one_indicator, slug=slug, code=code, viewer=request.visit.viewer, as_of=_as_of(request)
    )
    page, rules = found.page, found.rules
    say = Speaker(indicator=page.indicator, language=request.language)
    forecast = page.forecast
    return show(
        request,
        "indicators/indicator.html",
        title=page.indicator.title(request.language),
        active="indicators",
        territory=found.territory,
        page=page,
        say=say,
        headline=headline(page, rules, say),
        chart=chart_view(
            points=page.points,
            forecast=forecast,
            rules=rules,
            targets=page.targets,
            say=say,
            redefined_in=page.redefined_in,
        ),
        forecast_words=""
        if forecast is None
        else forecast_sentence(
            request.language,
            forecast,
            unit=say.unit,
            decimals=page.indicator.decimals,
            redefined_in=page.redefined_in,
        ),
        rows=table_rows(page.points, forecast, say, revision_marks(page, found.now, found.as_of, say)),
        vintages=vintage_choices(found.vintages, found.as_of),
        as_of=found.as_of,
        passport=passport_lines(page.indicator, found.now, found.passport, found.responsible, say),
        keeper=found.keeper,
        targets=[target_words(target, say) for target in page.targets],
        rules=[rule_words(rule, say) for rule in rules],
        commitments=[
            (
                one,
                status_words(request.language, one),
                commitment_lines(request.language, one, found.territory),
            )
            for one in found.commitments
        ],
        methods=[] if forecast is None else method_shares(request.language, forecast),
        checks="" if forecast is None else checks_words(request.language, forecast.backtest),
        definition=""
        if forecast is None
        else definition_words(request.language, forecast, page.redefined_in),
        revisions=[
            (say.period(one.period), say.value(one.before), say.value(one.after), one.recorded_at)
            for one in page.revisions
        ],
        source=page.points[-1].source if page.points else "",
        ranking=ranking_rows(found.beside, found.territory, say),
    )


async def indicator_data(request: PageRequest, slug: str, code: str) -> HttpResponse:
    """The data of the page as CSV: facts and forecast, figures with a point."""
    found = await dependencies().database.read_async(
        one_indicator, slug=slug, code=code, viewer=request.visit.viewer, as_of=_as_of(request)
    )
    response = HttpResponse(_csv(found), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{slug}-{found.page.indicator.code}.csv"'
    return response


def _as_of(request: PageRequest) -> int | None:
    """The vintage asked for; what is no number means now."""
    asked = str(request.GET.get("as_of", ""))
    return int(asked) if asked.isdecimal() and len(asked) < 10 else None


def plain_cell(text: str) -> str:
    """A cell that no spreadsheet takes for a formula.

    >>> plain_cell("=1+1"), plain_cell("Росстат")
    ("'=1+1", 'Росстат')
    """
    return f"'{text}" if text.startswith(_FORMULA_SIGNS) else text


def _csv(found: OneIndicator) -> str:
    page = found.page
    output = io.StringIO()
    # The mark makes spreadsheets read the Cyrillic letters as what they are.
    output.write("\ufeff")
    table = csv.writer(output)
    table.writerow(["territory", "indicator", "period", "kind", "value", "low80", "high80", "unit", "source"])
    head = [plain_cell(found.territory.name_ru), page.indicator.code]
    unit = plain_cell(page.indicator.unit)
    # Two digits more than are shown: enough to add up, none that only a computer believes in.
    digits = page.indicator.decimals + 2
    for point in page.points:
        table.writerow([*head, point.period, "fact", point.value, "", "", unit, plain_cell(point.source)])
    for ahead in page.forecast.points if page.forecast else ():
        figures = [round(figure, digits) for figure in (ahead.median, *(ahead.band(80) or ()))]
        median, low, high = (*figures, "", "")[:3]
        table.writerow([*head, ahead.period, "forecast", median, low, high, unit, ""])
    return output.getvalue()


def _shelves(
    rubrics: list[ReferenceItem], found: list[IndicatorCard], *, slug: str, language: Language
) -> Iterator[Shelf]:
    for rubric in rubrics:
        on_it = [card for card in found if card.indicator.rubric == rubric.code]
        if on_it:
            yield Shelf(
                code=rubric.code,
                title=rubric.title(language),
                cards=[card_view(card, slug=slug, language=language) for card in on_it],
            )
