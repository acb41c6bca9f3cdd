"""The page of one alert rule: what it asks, how often it would have fired, other numbers, its end."""

from dataclasses import dataclass, replace
from datetime import timedelta

from django.http import HttpResponse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods

from core.alerts import (
    AlertRule,
    RuleNoise,
    alert_rule_for,
    change_alert_rule,
    delete_alert_rule,
    moved_to,
    noise_words,
    noisy_rules,
    open_alerts_of,
)
from core.indicators import Indicator, indicator
from core.shared.errors import DomainError
from core.shared.ids import RuleId
from core.store import Reading
from core.territories import Territory, territory
from web.console.alert_rules import Numbers, kind_words, preview_words, sent_numbers
from web.console.desk import Desk
from web.console.frame import Opened, open_desk, show_desk
from web.dependencies import dependencies
from web.page_request import PageRequest
from web.sessions import go

NOISE_OF = timedelta(days=28)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRule:
    """A rule with what it is about and how many of its alerts are open."""

    rule: AlertRule
    indicator: Indicator
    territory: Territory
    firing: int
    noise: RuleNoise | None


def open_rule(reading: Reading, desk: Desk, rule_id: RuleId) -> OpenRule:
    """One rule. Raises: UnknownRule."""
    rule = alert_rule_for(reading, viewer=desk.viewer, rule_id=rule_id)
    since = reading.now - NOISE_OF
    noise = noisy_rules(reading, viewer=desk.viewer, since=since, until=reading.now, only=[rule_id])
    return OpenRule(
        rule=rule,
        indicator=indicator(reading, code=rule.indicator),
        territory=territory(reading, territory_id=rule.territory_id),
        firing=open_alerts_of(reading, rule_id=rule_id),
        noise=next(iter(noise), None),
    )


async def _rule(request: PageRequest, rule_id: str) -> HttpResponse:
    """The page; sent with «preview» nothing is changed."""
    if request.method != "POST":
        return await _shown(request, RuleId(rule_id))
    run, person_id = dependencies().database.run_async, request.visit.person().id
    try:
        if request.POST.get("do") == "delete":
            await run(delete_alert_rule, rule_id=RuleId(rule_id), deleted_by=person_id)
            return go("/console/alert-rules")
        if request.POST.get("do") == "preview":
            return await _shown(request, RuleId(rule_id), tried=sent_numbers(request))
        await run(change_alert_rule, rule_id=RuleId(rule_id), changed_by=person_id, **sent_numbers(request))
    except DomainError as refusal:
        return await _shown(request, RuleId(rule_id), refusal=refusal)
    return go(f"/console/alert-rules/{rule_id}")


async def _shown(
    request: PageRequest,
    rule_id: RuleId,
    *,
    tried: Numbers | None = None,
    refusal: DomainError | None = None,
) -> HttpResponse:
    opened: Opened[OpenRule] = await open_desk(
        request, None, lambda reading, desk: open_rule(reading, desk, rule_id), beside="data"
    )
    found, language = opened.item, request.language
    return show_desk(
        request,
        opened,
        "console/alert_rule.html",
        title=found.indicator.title(language),
        # A live console asks for the queue of this tab, which must be one of theirs.
        rule=found.rule,
        sent=request.POST or found.rule,
        kind=kind_words(found.rule.kind),
        place=found.territory.name(language),
        preview=await preview_words(found.rule if tried is None else replace(found.rule, **tried)),
        firing=firing_words(found.firing),
        noise=None if found.noise is None else noise_words(language, found.noise),
        calmer=_calmer(found.noise),
        error="" if refusal is None else refusal.sentence(language),
        status=200 if refusal is None else 400,
    )


def _calmer(noise: RuleNoise | None) -> dict[str, float] | None:
    """The numbers of the rule that would have been calmer, to be tried with one press."""
    if noise is None or noise.calmer is None:
        return None
    rule = moved_to(noise.rule, noise.calmer)
    return {
        "threshold": rule.threshold,
        "clear_at": round(rule.clear_at, 6),
        "hold": rule.hold,
        "settle": rule.settle,
    }


def firing_words(firing: int) -> str:
    """How many of its alerts are open."""
    if not firing:
        return gettext("None of its alerts is open.")
    return ngettext("%(count)d alert of it is open.", "%(count)d alerts of it are open.", firing) % {
        "count": firing
    }


alert_rule = require_http_methods(["GET", "HEAD", "POST"])(_rule)
