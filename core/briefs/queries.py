"""Questions about briefs: who gets them, and what the week was like."""

from collections.abc import Collection
from datetime import date, datetime
from zoneinfo import ZoneInfo

from core.alerts import RuleKind, open_alerts
from core.briefs.rules import LEAST_SURPRISE, LISTED, SENT_AT, WEEK, Brief, Change, surprise
from core.commitments import commitments_missed
from core.contact import ANSWER_WITHIN, count_waiting
from core.delivery import CHOOSABLE, EventKind
from core.identity import POLICY, Action, Person, Viewer, people_who_may, viewer_of
from core.indicators import IndicatorCard, cards, forecasts_before, vintages_since
from core.shared.ids import PersonId, TerritoryId
from core.store import Reading
from core.territories import Territory, descendants, territory


def headed_by(viewer: Viewer) -> list[TerritoryId]:
    """The territories that the viewer heads: where the role was given, not those below."""
    return sorted({grant.territory_id for grant in viewer.grants if Action.READ_BRIEF in POLICY[grant.role]})


def choosable_by(viewer: Viewer) -> list[EventKind]:
    """The kinds of events that a person is asked about: briefs and terms of work only where they get any."""
    gets = {EventKind.BRIEF: bool(headed_by(viewer)), EventKind.TERMS: bool(viewer.grants)}
    return [event for event in CHOOSABLE if gets.get(event, True)]


def heads_of(reading: Reading, *, territory_id: TerritoryId) -> list[PersonId]:
    """Those who head this very territory."""
    above: list[Person] = people_who_may(reading, action=Action.READ_BRIEF, territory_id=territory_id)
    return [one.id for one in above if territory_id in headed_by(viewer_of(reading, person_id=one.id))]


def brief_of(reading: Reading, *, viewer: Viewer, territory_id: TerritoryId, week: date) -> Brief:
    """The week before the Monday `week`, as far as the viewer may know of it."""
    place = territory(reading, territory_id=territory_id)
    places = descendants(reading, territory_ids=[territory_id])
    monday = datetime.combine(week, SENT_AT, tzinfo=ZoneInfo(place.time_zone))
    changes = _changes(reading, viewer, places, since=monday - WEEK)
    alerts = open_alerts(reading, viewer=viewer, territory_ids=places)
    today = reading.now.astimezone(ZoneInfo(place.time_zone)).date()
    return Brief(
        territory=place,
        week=week,
        worsened=tuple(sorted((c for c in changes if c.surprise < 0), key=lambda c: c.surprise)[:LISTED]),
        improved=tuple(sorted((c for c in changes if c.surprise > 0), key=lambda c: -c.surprise)[:LISTED]),
        late=tuple(
            (card.indicator, card.territory) for card in alerts if card.alert.rule.kind is RuleKind.STALENESS
        ),
        unanswered=count_waiting(reading, viewer=viewer, territory_ids=places, longer_than=ANSWER_WITHIN),
        missed=commitments_missed(reading, territory_ids=places, since=monday - WEEK),
        overdue=sum(
            card.alert.assigned_due is not None and card.alert.assigned_due < today for card in alerts
        ),
    )


def _changes(
    reading: Reading, viewer: Viewer, places: Collection[TerritoryId], *, since: datetime
) -> list[Change]:
    """What came since a moment and is worth a line."""
    fresh = vintages_since(reading, moment=since)
    found = []
    for place in sorted(places) if fresh else []:
        where = territory(reading, territory_id=place)
        for card in cards(reading, viewer=viewer, territory_id=place):
            change = _change(reading, where, card) if card.last and card.last.vintage in fresh else None
            if change is not None and abs(change.surprise) >= LEAST_SURPRISE:
                found.append(change)
    return found


def _change(reading: Reading, where: Territory, card: IndicatorCard) -> Change | None:
    points, indicator = card.points, card.indicator
    earlier = forecasts_before(
        reading, indicator=indicator.code, territory_id=where.id, vintage=points[-1].vintage
    )
    found = surprise(points, earlier[-1] if earlier else None, indicator.good)
    if found is None:
        return None
    return Change(indicator=indicator, territory=where, last=points[-1], previous=points[-2], surprise=found)
