"""Alerts at the console: taking one upon oneself, putting one off."""

from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from core.alerts import (
    AlertCard,
    AlertState,
    EntryKind,
    Explanation,
    RuleKind,
    SnoozeTerm,
    acknowledge_alert,
    alert_card_for,
    alert_headline,
    alert_lines,
    assignees,
    explanation_lines,
    note_lines,
    snooze_alert,
    why_alert,
)
from core.commitments import (
    Commitment,
    UnknownCommitment,
    commitment_lines,
    commitment_of_alert,
    make_commitment,
    report_commitment_kept,
    status_words,
)
from core.identity import Person
from core.shared.errors import DomainError, Invalid
from core.shared.ids import AlertId
from core.store import Reading
from web.console.desk import Desk
from web.console.frame import Opened, nothing, open_desk, show_desk
from web.dependencies import dependencies
from web.indicators.views import Speaker, chart_view, table_rows
from web.page_request import PageRequest
from web.sessions import go
from web.words import NBSP


def open_alert(reading: Reading, desk: Desk, alert_id: AlertId) -> AlertCard:
    """One alert. Raises: UnknownAlert."""
    return alert_card_for(reading, viewer=desk.viewer, alert_id=alert_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAlert:
    """An alert, why it has fired, who could take care of it and what was promised for it."""

    card: AlertCard
    people: list[Person]
    why: Explanation
    promised: Commitment | None


def open_with_commitment(reading: Reading, desk: Desk, alert_id: AlertId) -> OpenAlert:
    """One alert with its commitment. Raises: UnknownAlert."""
    why = why_alert(reading, viewer=desk.viewer, alert_id=alert_id)
    promised = commitment_of_alert(reading, alert_id=alert_id)
    assert desk.viewer.person is not None  # noqa: S101 - nobody else has a desk
    others = assignees(reading, alert_id=alert_id, assigner_id=desk.viewer.person.id)
    return OpenAlert(card=why.card, people=others, why=why, promised=promised)


async def alert_queue(request: PageRequest) -> HttpResponse:
    """The alerts with nothing open."""
    opened = await open_desk(request, "alerts", nothing)
    return show_desk(request, opened, "console/nothing_open.html", title=gettext("Alerts"))


async def alert_item(request: PageRequest, alert_id: str) -> HttpResponse:
    """One alert with its chart."""
    return await show_alert(request, AlertId(alert_id))


async def _acknowledge(request: PageRequest, alert_id: str) -> HttpResponse:
    """Take it; whoever comes second is told who has it."""
    person_id = request.visit.person().id
    try:
        taken = await dependencies().database.run_async(
            acknowledge_alert, alert_id=AlertId(alert_id), person_id=person_id
        )
    except DomainError as refusal:
        return await show_alert(request, AlertId(alert_id), refusal=refusal)
    if not taken.first and taken.person_id != person_id:
        words = gettext("%(name)s has already taken it.") % {"name": taken.person_name}
        return await show_alert(request, AlertId(alert_id), words=words)
    return go(f"/console/alerts/{alert_id}")


async def _snooze(request: PageRequest, alert_id: str) -> HttpResponse:
    """Put it off for an hour, till the morning or till a day."""
    try:
        await dependencies().database.run_async(
            snooze_alert,
            alert_id=AlertId(alert_id),
            person_id=request.visit.person().id,
            term=_term(request),
            day=typed_day(str(request.POST.get("day", ""))),
        )
    except DomainError as refusal:
        return await show_alert(request, AlertId(alert_id), refusal=refusal)
    return go(f"/console/alerts/{alert_id}")


async def _commit(request: PageRequest, alert_id: str) -> HttpResponse:
    """Promise a measure and its term; whoever has not taken the alert takes it thereby."""
    due = typed_day(str(request.POST.get("due", "")))
    try:
        if due is None:
            raise Invalid
        await dependencies().database.run_async(
            make_commitment,
            alert_id=AlertId(alert_id),
            person_id=request.visit.person().id,
            measure=str(request.POST.get("measure", "")),
            due=due,
        )
    except DomainError as refusal:
        return await show_alert(request, AlertId(alert_id), refusal=refusal)
    return go(f"/console/alerts/{alert_id}")


async def _report(request: PageRequest, alert_id: str) -> HttpResponse:
    """Say that the measure was taken."""
    person_id = request.visit.person().id
    try:
        promised = await dependencies().database.read_async(commitment_of_alert, alert_id=AlertId(alert_id))
        if promised is None:
            raise UnknownCommitment
        await dependencies().database.run_async(
            report_commitment_kept,
            commitment_id=promised.id,
            person_id=person_id,
            result=str(request.POST.get("result", "")),
        )
    except DomainError as refusal:
        return await show_alert(request, AlertId(alert_id), refusal=refusal)
    return go(f"/console/alerts/{alert_id}")


async def show_alert(
    request: PageRequest, alert_id: AlertId, *, refusal: DomainError | None = None, words: str = ""
) -> HttpResponse:
    """The page of an alert, perhaps with what was refused."""
    opened: Opened[OpenAlert] = await open_desk(
        request, "alerts", lambda reading, desk: open_with_commitment(reading, desk, alert_id)
    )
    card, promised, language = opened.item.card, opened.item.promised, request.language
    say = Speaker(indicator=card.indicator, language=language)
    now = dependencies().database.clock.now().astimezone(ZoneInfo(card.territory.time_zone))
    return show_desk(
        request,
        opened,
        "console/alert.html",
        title=card.indicator.title(language),
        current=alert_id,
        card=card,
        alert=card.alert,
        over=card.alert.state is AlertState.OK,
        # The sign in front of the headline is for messengers; here an icon says it.
        headline=alert_headline(language, card).split(" ", 1)[-1],
        # Notes stand below, all of them.
        lines=[
            line.replace(" %", f"{NBSP}%")
            for line in alert_lines(language, card)
            if line not in note_lines(language, card)
        ],
        why=[line.replace(" %", f"{NBSP}%") for line in explanation_lines(language, opened.item.why)],
        chart=chart_view(
            points=card.points,
            forecast=card.forecast,
            rules=[card.alert.rule] if card.alert.rule.kind is RuleKind.THRESHOLD else [],
            targets=card.targets,
            say=say,
        ),
        rows=table_rows(card.points, card.forecast, say)[:12],
        promised=promised,
        promised_lines=[] if promised is None else commitment_lines(language, promised, card.territory),
        promised_status="" if promised is None else status_words(language, promised),
        remedy=_remedy(opened.desk, card),
        mine=card.alert.acknowledged_by in {None, request.visit.person().id},
        people=[(one.id, _called(one)) for one in opened.item.people],
        assigned_to_me=card.alert.assigned_to == request.visit.person().id,
        notes=[entry for entry in card.entries if entry.kind is EntryKind.NOTED],
        tomorrow=(now.date() + timedelta(days=1)).isoformat(),
        slug=card.territory.slug,
        today=now.date().isoformat(),
        error=words if refusal is None else refusal.sentence(language),
        status=200 if refusal is None else 409,
    )


def _called(one: Person) -> str:
    return f"{one.display_name}, {one.position}" if one.position else one.display_name


def _remedy(desk: Desk, card: AlertCard) -> tuple[str, str] | None:
    """Where whoever loads these data mends what the alert is about: an address and what its link says."""
    if card.alert.territory_id not in desk.places["data"]:
        return None
    held = f"/console/data/held?indicator={card.indicator.code}"
    return {
        RuleKind.QUALITY: (held, gettext("Values to decide")),
        RuleKind.STALENESS: ("/console/cycle", gettext("The cycle of data")),
    }.get(card.alert.rule.kind)


def _term(request: PageRequest) -> SnoozeTerm:
    said = str(request.POST.get("term", ""))
    if said not in {term.value for term in SnoozeTerm}:
        raise Invalid
    return SnoozeTerm(said)


def typed_day(text: str) -> date | None:
    """The day of a form, None if it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        # The core refuses a missing day in words.
        return None


acknowledge = require_POST(_acknowledge)
snooze = require_POST(_snooze)
commit = require_POST(_commit)
report = require_POST(_report)
