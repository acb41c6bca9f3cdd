"""Alert rules at the console: what is watched, a new rule, how often it would have fired."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import TypedDict

from django.http import HttpResponse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods

from core.alerts import (
    AlertRule,
    RuleKind,
    Severity,
    Side,
    rule_history,
    rules_in,
    set_alert_rule,
    times_fired,
)
from core.identity import Action
from core.indicators import Indicator, catalogue
from core.shared.errors import DomainError, Forbidden, Invalid
from core.shared.ids import RuleId, TerritoryId
from core.spaces import territories_where
from core.store import Reading
from core.territories import Territory, territory
from web.console.desk import Desk
from web.console.frame import Opened, open_desk, show_desk
from web.dependencies import dependencies
from web.page_request import PageRequest
from web.sessions import go

# What is usual: side, number that fires, number that ends. A threshold is of its indicator alone.
USUAL: Mapping[RuleKind, tuple[Side, float, float]] = {
    RuleKind.PLAN: ("above", 5, 2),
    RuleKind.GOAL: ("below", 33, 40),
    RuleKind.TREND: ("above", 1, 0.5),
    RuleKind.STALENESS: ("above", 40, 40),
    RuleKind.REVISION: ("above", 1, 1),
    RuleKind.QUALITY: ("above", 0.99, 0.99),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulebook:
    """The rules of the places whose data the viewer answers for, and what a new one may be about."""

    places: list[Territory]
    indicators: list[Indicator]
    rules: list[AlertRule]


def rulebook(reading: Reading, desk: Desk) -> Rulebook:
    """All of it. Raises: Forbidden for those who answer for no data."""
    places = territories_where(reading, desk.viewer, Action.LOAD_DATA)
    if not places:
        raise Forbidden
    indicators = catalogue(reading, viewer=desk.viewer)
    known = {one.code for one in indicators}
    return Rulebook(
        places=[territory(reading, territory_id=place) for place in places],
        indicators=indicators,
        rules=[rule for rule in rules_in(reading, territory_ids=places) if rule.indicator in known],
    )


async def _rules(request: PageRequest) -> HttpResponse:
    """The list and the form; sent with «preview» nothing is set."""
    if request.method != "POST":
        return await _shown(request)
    try:
        rule = _rule(request)
        if request.POST.get("do") == "preview":
            return await _shown(request, preview=await preview_words(rule))
        await dependencies().database.run_async(
            set_alert_rule,
            indicator_code=rule.indicator,
            territory_id=rule.territory_id,
            kind=rule.kind,
            bad=rule.bad,
            threshold=rule.threshold,
            clear_at=rule.clear_at,
            severity=rule.severity,
            hold=rule.hold,
            settle=rule.settle,
            set_by=request.visit.person().id,
        )
    except DomainError as refusal:
        return await _shown(request, refusal=refusal)
    return go("/console/alert-rules")


async def preview_words(rule: AlertRule) -> str:
    """How often the rule would have fired on what is known."""
    seen = await dependencies().database.read_async(rule_history, rule=rule)
    if not seen:
        return gettext("There is no history that this rule could be tried on.")
    times = times_fired(rule, seen)
    return ngettext(
        "On the history it would have fired %(times)d time in %(count)d values.",
        "On the history it would have fired %(times)d times in %(count)d values.",
        times,
    ) % {"times": times, "count": len(seen)}


async def _shown(
    request: PageRequest, *, preview: str = "", refusal: DomainError | None = None
) -> HttpResponse:
    opened: Opened[Rulebook] = await open_desk(request, None, rulebook, beside="data")
    book, language = opened.item, request.language
    titles = {one.code: one.title(language) for one in book.indicators}
    names = {place.id: place.name(language) for place in book.places}
    return show_desk(
        request,
        opened,
        "console/alert_rules.html",
        title=gettext("Alert rules"),
        # A live console asks for the queue of this tab, which must be one of theirs.
        sent=request.POST,
        preview=preview,
        kinds=[(kind.value, kind_words(kind)) for kind in RuleKind],
        places=list(names.items()),
        indicators=list(titles.items()),
        rules=[
            (
                rule,
                titles.get(rule.indicator, rule.indicator),
                names[rule.territory_id],
                kind_words(rule.kind),
            )
            for rule in book.rules
        ],
        defaults=[(kind_words(kind), side, fires, ends) for kind, (side, fires, ends) in USUAL.items()],
        error="" if refusal is None else refusal.sentence(language),
        status=200 if refusal is None else 400,
    )


def kind_words(kind: RuleKind) -> str:
    """The kind as it stands in a list."""
    return {
        RuleKind.THRESHOLD: gettext("value beyond a threshold"),
        RuleKind.PLAN: gettext("behind the plan, %"),
        RuleKind.GOAL: gettext("probability of the target, %"),
        RuleKind.TREND: gettext("broken trend, index"),
        RuleKind.STALENESS: gettext("late data, days"),
        RuleKind.REVISION: gettext("revision, %"),
        RuleKind.QUALITY: gettext("wrong data, index"),
    }[kind]


def _rule(request: PageRequest) -> AlertRule:
    """The rule as it was typed. Raises: Invalid."""
    sent = request.POST
    side: Side = "below" if sent.get("bad") == "below" else "above"
    try:
        return AlertRule(
            id=RuleId(""),
            indicator=str(sent.get("indicator", "")),
            territory_id=TerritoryId(str(sent.get("territory", ""))),
            kind=RuleKind(str(sent.get("kind", ""))),
            severity=Severity(str(sent.get("severity", ""))),
            bad=side,
            **sent_numbers(request),
        )
    except ValueError as wrong:
        raise Invalid from wrong


class Numbers(TypedDict):
    """What may be changed of a rule that holds."""

    threshold: float
    clear_at: float
    hold: int
    settle: int


def sent_numbers(request: PageRequest) -> Numbers:
    """The numbers of a rule as they were typed. Raises: Invalid."""
    sent = request.POST
    try:
        return Numbers(
            threshold=_number(str(sent.get("threshold", ""))),
            clear_at=_number(str(sent.get("clear_at", ""))),
            hold=int(str(sent.get("hold", "1"))),
            settle=int(str(sent.get("settle", "1"))),
        )
    except ValueError as wrong:
        raise Invalid from wrong


def _number(text: str) -> float:
    """A number typed with a point or a comma. Raises: ValueError."""
    found = float(text.replace(",", ".").replace("\u00a0", "").strip())
    if not isfinite(found):
        raise ValueError(text)
    return found


alert_rules = require_http_methods(["GET", "HEAD", "POST"])(_rules)
