"""The journal of alerts: who was told and when, who did what, every change of state; as a page and as CSV."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlencode

from django.http import HttpResponse
from django.utils.translation import gettext

from core.alerts import (
    MOST_EXPORTED,
    AlertRule,
    AlertState,
    Entry,
    EntryKind,
    JournalAlert,
    JournalFilter,
    JournalPage,
    MessageMoment,
    MuteMoment,
    StateMoment,
    alert_journal,
    rules_in,
)
from core.identity import Action, Person, people_who_may
from core.indicators import Indicator, catalogue
from core.shared.errors import Invalid
from core.shared.ids import AlertId, PersonId, RuleId, TerritoryId
from core.shared.language import Language
from core.store import Reading
from core.territories import ReferenceItem, Territory, reference_items, territory
from web.console.alert_moments import moment_words, state_words
from web.console.alert_rules import kind_words
from web.console.desk import Desk
from web.console.frame import Opened, open_desk, show_desk
from web.indicators.pages import plain_cell
from web.page_request import PageRequest
from web.words import short_moment

HEAD = (
    "alert", "fired_at", "territory", "indicator", "kind", "severity", "state", "period", "value", "measure",
    "threshold", "vintage", "acknowledged_at", "acknowledged_by", "assigned_to", "assigned_due", "called",
    "notes", "told", "resolved_at", "resolved_value",
)  # fmt: skip
MOMENTS_HEAD = (
    "alert",
    "at",
    "what",
    "person",
    "other",
    "carrier",
    "state",
    "vintage",
    "value",
    "measure",
    "text",
)
FIELDS = ("territory", "rubric", "rule", "person", "since", "until")


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """A page of the journal and what it may be narrowed to."""

    page: JournalPage
    places: list[Territory]
    rubrics: list[ReferenceItem]
    rules: list[AlertRule]
    indicators: list[Indicator]
    people: list[Person]


def asked_for(request: PageRequest) -> JournalFilter:
    """The conditions in the address. Raises: Invalid."""
    said = {name: str(request.GET.get(name, "")).strip() or None for name in FIELDS}
    return JournalFilter(
        territory_id=None if said["territory"] is None else TerritoryId(said["territory"]),
        rubric=said["rubric"],
        rule_id=None if said["rule"] is None else RuleId(said["rule"]),
        person_id=None if said["person"] is None else PersonId(said["person"]),
        since=_day(said["since"]),
        until=_day(said["until"]),
    )


def read_journal(reading: Reading, desk: Desk, wanted: JournalFilter, before: AlertId | None) -> Journal:
    """One page, newest first."""
    places = desk.require("alerts")
    staff = {
        one.id: one
        for place in places
        for one in people_who_may(reading, action=Action.HANDLE_ALERTS, territory_id=place)
    }
    return Journal(
        page=alert_journal(reading, viewer=desk.viewer, wanted=wanted, before=before),
        places=[territory(reading, territory_id=place) for place in places],
        rubrics=reference_items(reading, taxonomy="rubric"),
        rules=rules_in(reading, territory_ids=places),
        indicators=catalogue(reading, viewer=desk.viewer),
        people=sorted(staff.values(), key=lambda one: one.display_name),
    )


async def journal_page(request: PageRequest) -> HttpResponse:
    """The page: each alert opens its line of time."""
    wanted, error = JournalFilter(), ""
    try:
        wanted = asked_for(request)
    except Invalid:
        error = gettext("A day is written like 2027-03-09. All alerts are shown.")
    before = AlertId(str(request.GET["before"])) if request.GET.get("before") else None
    opened: Opened[Journal] = await open_desk(
        request, "alerts", lambda reading, desk: read_journal(reading, desk, wanted, before)
    )
    return _shown(request, opened, narrowed=wanted != JournalFilter(), error=error)


def _shown(request: PageRequest, opened: Opened[Journal], *, narrowed: bool, error: str) -> HttpResponse:
    found, language = opened.item, request.language
    titles = {one.code: one.title(language) for one in found.indicators}
    sent = {name: str(request.GET.get(name, "")) for name in FIELDS if request.GET.get(name)}
    query = urlencode(sent)
    after = found.page.next_before
    return show_desk(
        request,
        opened,
        "console/journal.html",
        title=gettext("Journal of alerts"),
        alerts=[_view(one, language) for one in found.page.alerts],
        count=found.page.count,
        too_many=found.page.count > MOST_EXPORTED,
        most=MOST_EXPORTED,
        query=query,
        later=urlencode({**sent, "before": after}) if after else "",
        earlier=bool(request.GET.get("before")),
        narrowed=narrowed,
        sent=sent,
        places=[(one.id, one.name(language)) for one in found.places],
        rubrics=[(one.code, one.title(language)) for one in found.rubrics],
        rules=[
            (one.id, f"{titles[one.indicator]}: {kind_words(one.kind)}")
            for one in found.rules
            if one.indicator in titles
        ],
        people=[(one.id, one.display_name) for one in found.people],
        error=error,
        status=400 if error else 200,
    )


def _view(one: JournalAlert, language: Language) -> dict[str, object]:
    over = one.alert.state is AlertState.OK
    return {
        "id": one.alert.id,
        "title": one.indicator.title(language),
        "place": one.territory.name(language),
        "kind": kind_words(one.alert.rule.kind),
        "fired": short_moment(one.alert.fired_at),
        "state": gettext("over") if over else state_words(one.alert.state),
        "over": over,
        "holder": one.acknowledged_by_name or _assignee(one),
        "moments": [
            (short_moment(moment.at), moment_words(moment, one.indicator, language)) for moment in one.moments
        ],
    }


def _assignee(found: JournalAlert) -> str:
    """To whom it is given, if it is."""
    given = (m for m in reversed(found.moments) if isinstance(m, Entry) and m.kind is EntryKind.ASSIGNED)
    assigned = next(given, None) if found.alert.assigned_to else None
    return assigned.about_name if assigned else ""


async def journal(request: PageRequest) -> HttpResponse:
    """The file: a row an alert, or with `form=moments` a row for everything that happened. Times are UTC."""
    wanted = asked_for(request)
    opened: Opened[str] = await open_desk(
        request,
        "alerts",
        lambda reading, desk: journal_csv(
            reading, desk, wanted, moments=request.GET.get("form") == "moments"
        ),
    )
    response = HttpResponse(opened.item, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="alerts.csv"'
    return response


def journal_csv(reading: Reading, desk: Desk, wanted: JournalFilter, *, moments: bool) -> str:
    """The newest 5000 alerts of the desk's places that fit, the newest first."""
    page = alert_journal(reading, viewer=desk.viewer, wanted=wanted, limit=MOST_EXPORTED)
    output = io.StringIO()
    # The mark makes spreadsheets read the Cyrillic letters as what they are.
    output.write("\ufeff")
    table = csv.writer(output)
    table.writerow(MOMENTS_HEAD if moments else HEAD)
    for one in page.alerts:
        table.writerows(_moment_rows(one) if moments else [_row(one)])
    return output.getvalue()


def _row(found: JournalAlert) -> list[object]:
    one, deeds = found.alert, [moment for moment in found.moments if isinstance(moment, Entry)]
    assigned = next((deed for deed in reversed(deeds) if deed.kind is EntryKind.ASSIGNED), None)
    told = {m.person_id for m in found.moments if isinstance(m, MessageMoment) and m.state == "sent"}
    return [
        one.id, _time(one.fired_at), plain_cell(found.territory.name_ru), one.rule.indicator,
        one.rule.kind.value, one.rule.severity, one.state.value, one.period, one.value, one.measure,
        one.rule.threshold, one.vintage, _time(one.acknowledged_at), plain_cell(found.acknowledged_by_name),
        plain_cell(assigned.about_name) if assigned else "", assigned.due if assigned else "",
        sum(deed.kind is EntryKind.ESCALATED for deed in deeds),
        sum(deed.kind is EntryKind.NOTED for deed in deeds), len(told),
        _time(one.resolved_at), "" if one.resolved_value is None else one.resolved_value,
    ]  # fmt: skip


def _moment_rows(found: JournalAlert) -> Iterator[list[object]]:
    for one in found.moments:
        start = [found.alert.id, _time(one.at)]
        if isinstance(one, StateMoment):
            measure = "" if one.measure is None else one.measure
            yield [*start, "state", "", "", "", one.after.value, one.vintage, one.value, measure, ""]
        elif isinstance(one, MessageMoment):
            name = plain_cell(one.person_name)
            yield [*start, one.kind, name, "", one.carrier, one.state.value, "", "", "", ""]
        elif isinstance(one, MuteMoment):
            silence = one.mute.silence
            name, reason = plain_cell(one.mute.author_name), plain_cell(silence.reason) if silence else ""
            what = "unmuted" if one.over else "muted"
            yield [*start, what, name, "", "", one.mute.cause.value, "", "", "", reason]
        else:
            names = [plain_cell(one.person_name), plain_cell(one.about_name)]
            yield [*start, one.kind.value, *names, "", "", "", "", "", plain_cell(one.text)]


def _time(moment: datetime | None) -> str:
    return "" if moment is None else moment.isoformat(timespec="seconds")


def _day(text: str | None) -> date | None:
    """Raises: Invalid."""
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError as wrong:
        raise Invalid from wrong
