"""The journal of alerts as CSV: what fired, with which numbers, who has taken it, how it ended."""

import csv
import io
from datetime import datetime

from django.http import HttpResponse

from core.alerts import Alert, alert_journal
from core.identity import people
from core.store import Reading
from core.territories import territory
from web.console.desk import Desk
from web.console.frame import Opened, open_desk
from web.indicators.pages import plain_cell
from web.page_request import PageRequest

HEAD = (
    "fired_at", "territory", "indicator", "kind", "severity", "period", "value", "measure", "threshold",
    "vintage", "acknowledged_at", "acknowledged_by", "resolved_at", "resolved_value",
)  # fmt: skip


async def journal(request: PageRequest) -> HttpResponse:
    """The file; times are UTC, figures have a point."""
    opened: Opened[str] = await open_desk(request, "alerts", journal_csv)
    response = HttpResponse(opened.item, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="alerts.csv"'
    return response


def journal_csv(reading: Reading, desk: Desk) -> str:
    """The journal of the desk's places, the newest alert first."""
    found = alert_journal(reading, viewer=desk.viewer)
    holders = people(reading, person_ids=[one.acknowledged_by for one in found if one.acknowledged_by])
    places = {one.territory_id: territory(reading, territory_id=one.territory_id).name_ru for one in found}
    output = io.StringIO()
    # The mark makes spreadsheets read the Cyrillic letters as what they are.
    output.write("\ufeff")
    table = csv.writer(output)
    table.writerow(HEAD)
    for one in found:
        holder = holders[one.acknowledged_by].display_name if one.acknowledged_by else ""
        table.writerow(_row(one, plain_cell(places[one.territory_id]), plain_cell(holder)))
    return output.getvalue()


def _row(one: Alert, place: str, holder: str) -> list[object]:
    return [
        _time(one.fired_at), place, one.rule.indicator, one.rule.kind.value, one.rule.severity, one.period,
        one.value, one.measure, one.rule.threshold, one.vintage, _time(one.acknowledged_at), holder,
        _time(one.resolved_at), "" if one.resolved_value is None else one.resolved_value,
    ]  # fmt: skip


def _time(moment: datetime | None) -> str:
    return "" if moment is None else moment.isoformat(timespec="seconds")
