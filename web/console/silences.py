"""Silences at the console: what is quiet, why and till when, what each has muted; a new one, an early end."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from core.alerts import (
    AlertRule,
    SilenceCard,
    alert_headline,
    end_silence,
    make_silence,
    rules_in,
    silences_for,
)
from core.indicators import Indicator, catalogue
from core.shared.errors import DomainError, Invalid
from core.shared.ids import RuleId, TerritoryId
from core.shared.language import Language
from core.store import Reading
from core.territories import Territory, ancestry, reference_items, territory
from web.console.alert_rules import kind_words
from web.console.alerts import typed_day
from web.console.desk import Desk
from web.console.frame import Opened, open_desk, show_desk
from web.dependencies import dependencies
from web.page_request import PageRequest
from web.sessions import go

HEADLINES_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """What is silenced in the places of a desk, and what a new silence may be about."""

    silences: list[SilenceCard]
    places: dict[TerritoryId, Territory]
    rubrics: Mapping[str, str]
    indicators: list[Indicator]
    rules: list[AlertRule]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A silence in words."""

    id: str
    about: str
    reason: str
    footer: str
    muted: str
    headlines: list[str]
    holds: bool


def quiet_at(reading: Reading, desk: Desk, language: Language) -> Quiet:
    """All of it, from one view."""
    places = desk.places["alerts"]
    cards = silences_for(reading, viewer=desk.viewer)
    indicators = catalogue(reading, viewer=desk.viewer)
    known = {one.code for one in indicators}
    above = {one for place in places for one in ancestry(reading, territory_id=place)}
    named = above | {place for card in cards for place in card.silence.places}
    return Quiet(
        silences=cards,
        places={one: territory(reading, territory_id=one) for one in sorted(named)},
        rubrics={one.code: one.title(language) for one in reference_items(reading, taxonomy="rubric")},
        indicators=indicators,
        rules=[rule for rule in rules_in(reading, territory_ids=above) if rule.indicator in known],
    )


async def _silences(request: PageRequest) -> HttpResponse:
    """The list and the form."""
    if request.method != "POST":
        return await _shown(request)
    sent = request.POST
    day = typed_day(str(sent.get("until", "")))
    try:
        if day is None:
            raise Invalid
        place, rule = str(sent.get("territory", "")), str(sent.get("rule", ""))
        await dependencies().database.run_async(
            make_silence,
            made_by=request.visit.person().id,
            until=day,
            reason=str(sent.get("reason", "")),
            territory_id=TerritoryId(place) if place else None,
            rubric=str(sent.get("rubric", "")) or None,
            indicator_code=str(sent.get("indicator", "")) or None,
            rule_id=RuleId(rule) if rule else None,
        )
    except DomainError as refusal:
        return await _shown(request, refusal=refusal)
    return go("/console/silences")


async def _end(request: PageRequest, silence_id: str) -> HttpResponse:
    """End one before its time."""
    try:
        await dependencies().database.run_async(
            end_silence, silence_id=silence_id, ended_by=request.visit.person().id
        )
    except DomainError as refusal:
        return await _shown(request, refusal=refusal)
    return go("/console/silences")


async def _shown(request: PageRequest, *, refusal: DomainError | None = None) -> HttpResponse:
    language = request.language
    opened: Opened[Quiet] = await open_desk(
        request, "alerts", lambda reading, desk: quiet_at(reading, desk, language)
    )
    quiet, mine = opened.item, opened.desk.places["alerts"]
    titles = {one.code: one.title(language) for one in quiet.indicators}
    zone = ZoneInfo(quiet.places[mine[0]].time_zone)
    now = dependencies().database.clock.now()
    return show_desk(
        request,
        opened,
        "console/silences.html",
        title=gettext("Silenced alerts"),
        sent=request.POST or request.GET,
        lines=[_line(card, quiet, titles, language) for card in quiet.silences],
        places=[(one, quiet.places[one].name(language)) for one in mine],
        rubrics=list(quiet.rubrics.items()),
        indicators=list(titles.items()),
        rules=[(rule.id, _rule_words(rule, quiet, titles, language)) for rule in quiet.rules],
        tomorrow=(now.astimezone(zone).date() + timedelta(days=1)).isoformat(),
        error="" if refusal is None else refusal.sentence(language),
        status=200 if refusal is None else 400,
    )


def _line(card: SilenceCard, quiet: Quiet, titles: Mapping[str, str], language: Language) -> Line:
    silence = card.silence
    fits = [quiet.places[place].name(language) for place in silence.places]
    if silence.rubric is not None:
        fits.append(quiet.rubrics.get(silence.rubric, silence.rubric))
    if silence.indicator is not None:
        fits.append(titles[silence.indicator])
    if card.rule is not None:
        fits.append(_rule_words(card.rule, quiet, titles, language))
    return Line(
        id=silence.id,
        about=" · ".join(fits),
        reason=silence.reason,
        footer=_footer(card, quiet),
        muted=_muted_words(len(card.muted)),
        # The sign in front of a headline is for messengers.
        headlines=[alert_headline(language, one).split(" ", 1)[-1] for one in card.muted[:HEADLINES_SHOWN]],
        holds=silence.holds_at(dependencies().database.clock.now()),
    )


def _footer(card: SilenceCard, quiet: Quiet) -> str:
    silence = card.silence
    zone = ZoneInfo(quiet.places[silence.places[0]].time_zone)
    over = silence.ended_at or silence.until
    day = over.astimezone(zone).strftime("%d.%m.%Y")
    if silence.holds_at(dependencies().database.clock.now()):
        return gettext("till %(day)s, %(name)s") % {"day": day, "name": card.author_name}
    return gettext("over on %(day)s, %(name)s") % {"day": day, "name": card.author_name}


def _muted_words(count: int) -> str:
    if not count:
        return gettext("It has muted nothing so far.")
    return ngettext("It has muted %(count)d alert.", "It has muted %(count)d alerts.", count) % {
        "count": count
    }


def _rule_words(rule: AlertRule, quiet: Quiet, titles: Mapping[str, str], language: Language) -> str:
    title = titles.get(rule.indicator, rule.indicator)
    where = quiet.places.get(rule.territory_id)
    words = f"{title}: {kind_words(rule.kind)}"
    return words if where is None else f"{words} ({where.name(language)})"


silences = require_http_methods(["GET", "HEAD", "POST"])(_silences)
end = require_POST(_end)
