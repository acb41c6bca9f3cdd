"""Use cases of silences: made, ended early, listed with what they have muted."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from core.alerts.errors import UnknownAlert, UnknownRule, UnknownSilence, WrongSilenceTerm
from core.alerts.model import RuleRow, SilenceRow
from core.alerts.mutes import Silence, as_silence, muted_by
from core.alerts.muting import mute_silenced
from core.alerts.queries import AlertCard, alert_card_for, as_rule
from core.alerts.rules import MORNING, AlertRule
from core.identity import Action, Viewer, person, require_right, viewer_of
from core.indicators import hidden_from, indicator
from core.shared.doors import Actor, Door, reached
from core.shared.errors import Forbidden, Invalid, checked_text
from core.shared.ids import AlertId, PersonId, RuleId, TerritoryId, new_id
from core.spaces import territories_where
from core.store import Reading, UnitOfWork
from core.territories import reference_items, territory

REASON_LIMIT = 300
LONGEST_SILENCE = timedelta(days=366)
SHOWN_PAST = timedelta(days=90)

_BY_PEOPLE = {Door.API: "a silence is looked at with what it mutes, which a person does"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SilenceCard:
    """A silence as a list shows it. ``muted`` are the alerts that the viewer may know, the newest first."""

    silence: Silence
    author_name: str
    rule: AlertRule | None
    muted: tuple[AlertCard, ...]


@reached(
    Actor.OFFICIAL,
    Door.CONSOLE,
    closed=_BY_PEOPLE | {Door.BOT: "there one alert is silenced (silence_alert)"},
)
def make_silence(
    uow: UnitOfWork,
    *,
    made_by: PersonId,
    until: date,
    reason: str,
    territory_id: TerritoryId | None = None,
    rubric: str | None = None,
    indicator_code: str | None = None,
    rule_id: RuleId | None = None,
) -> Silence:
    """Let alerts that fit disturb nobody till the morning of a day; they fire and are journaled as ever.

    What is None fits everything, the territory all places whose alerts the person handles.
    Raises: Forbidden, Empty, TooLong (300 characters), Invalid, UnknownIndicator, UnknownRule,
    WrongSilenceTerm.
    """
    viewer = viewer_of(uow, person_id=made_by)
    places = _places(uow, viewer, territory_id)
    _check_matcher(uow, viewer, rubric=rubric, code=indicator_code, rule_id=rule_id)
    row = SilenceRow(
        id=new_id(),
        places=list(places),
        rubric=rubric,
        indicator=indicator_code,
        rule_id=rule_id,
        reason=checked_text(reason, limit=REASON_LIMIT),
        created_by=made_by,
        created_at=uow.now,
        until=_morning_of(uow, until, places[0]),
    )
    uow.session.add(row)
    uow.session.flush()
    uow.audit("alerts_silenced", actor=made_by, subject=f"silence:{row.id}")
    silence = as_silence(row)
    mute_silenced(uow, silence)
    return silence


@reached(
    Actor.OFFICIAL,
    Door.BOT,
    closed=_BY_PEOPLE | {Door.CONSOLE: "there more than one alert is silenced (make_silence)"},
)
def silence_alert(
    uow: UnitOfWork, *, alert_id: AlertId, made_by: PersonId, days: int, reason: str
) -> Silence:
    """Silence the rule of an alert in its territory for so many days.

    Raises: UnknownAlert, also for those without the right; UnknownRule if it was deleted; what
    ``make_silence`` raises.
    """
    card = alert_card_for(uow, viewer=viewer_of(uow, person_id=made_by), alert_id=alert_id)
    today = uow.now.astimezone(ZoneInfo(card.territory.time_zone)).date()
    try:
        until = today + timedelta(days=days)
    except OverflowError as far:
        raise WrongSilenceTerm(days=LONGEST_SILENCE.days) from far
    return make_silence(
        uow,
        made_by=made_by,
        until=until,
        reason=reason,
        territory_id=card.territory.id,
        rule_id=card.alert.rule.id,
    )


@reached(
    Actor.OFFICIAL,
    Door.CONSOLE,
    closed=_BY_PEOPLE | {Door.BOT: "the list of silences is at the console"},
)
def end_silence(uow: UnitOfWork, *, silence_id: str, ended_by: PersonId) -> None:
    """End a silence before its time; what still fires is told within minutes. Ended is ended already.

    Raises: UnknownSilence, also for those who do not handle the alerts of all its places.
    """
    row = uow.session.execute(
        select(SilenceRow).where(SilenceRow.id == silence_id).with_for_update()
    ).scalar_one_or_none()
    if row is None:
        raise UnknownSilence
    for place in row.places:
        try:
            require_right(
                uow, person_id=ended_by, action=Action.HANDLE_ALERTS, territory_id=TerritoryId(place)
            )
        except Forbidden as hidden:
            raise UnknownSilence from hidden
    if as_silence(row).holds_at(uow.now):
        row.ended_at, row.ended_by = uow.now, ended_by
        uow.audit("silence_ended", actor=ended_by, subject=f"silence:{silence_id}")


def silences_for(reading: Reading, *, viewer: Viewer) -> list[SilenceCard]:
    """The silences of the places whose alerts the viewer handles: those that hold, then those lately over."""
    allowed = set(territories_where(reading, viewer, Action.HANDLE_ALERTS))
    hidden = hidden_from(reading, viewer=viewer)
    rows = reading.session.execute(
        select(SilenceRow)
        .where(SilenceRow.until > reading.now - SHOWN_PAST)
        .order_by(SilenceRow.created_at.desc(), SilenceRow.id.desc())
    ).scalars()
    found = [silence for silence in map(as_silence, list(rows)) if not allowed.isdisjoint(silence.places)]
    rules = {one.id: _rule(reading, one.rule_id) for one in found if one.rule_id is not None}
    shown = [one for one in found if not hidden & _indicators(one, rules.get(one.id))]
    shown.sort(key=lambda one: not one.holds_at(reading.now))
    muted = muted_by(reading, silence_ids=[one.id for one in shown])
    return [
        SilenceCard(
            silence=one,
            author_name=person(reading, person_id=one.created_by).display_name,
            rule=rules.get(one.id),
            muted=_known(reading, viewer, muted[one.id]),
        )
        for one in shown
    ]


def _indicators(silence: Silence, rule: AlertRule | None) -> set[str]:
    """The indicators that a silence names."""
    return {code for code in (silence.indicator, None if rule is None else rule.indicator) if code}


def _known(reading: Reading, viewer: Viewer, alert_ids: Collection[AlertId]) -> tuple[AlertCard, ...]:
    found = []
    for alert_id in alert_ids:
        try:
            found.append(alert_card_for(reading, viewer=viewer, alert_id=alert_id))
        except UnknownAlert:
            # An indicator that is closed to this viewer, or a place that is not theirs.
            continue
    return tuple(found)


def _places(uow: UnitOfWork, viewer: Viewer, territory_id: TerritoryId | None) -> list[TerritoryId]:
    """Where the silence is to hold: as high up as the person's right goes. Raises: Forbidden."""
    handled = set(territories_where(uow, viewer, Action.HANDLE_ALERTS))
    if territory_id is not None:
        handled &= {territory_id}
    found = [territory(uow, territory_id=one) for one in sorted(handled)]
    if not found:
        raise Forbidden
    return [one.id for one in found if one.parent_id not in handled]


def _check_matcher(
    uow: UnitOfWork, viewer: Viewer, *, rubric: str | None, code: str | None, rule_id: RuleId | None
) -> None:
    if rubric is not None and rubric not in {one.code for one in reference_items(uow, taxonomy="rubric")}:
        raise Invalid
    if code is not None:
        indicator(uow, code=code, viewer=viewer)
    if rule_id is not None:
        row = uow.session.get(RuleRow, rule_id)
        if row is None or row.deleted_at is not None or row.indicator in hidden_from(uow, viewer=viewer):
            raise UnknownRule


def _rule(reading: Reading, rule_id: RuleId) -> AlertRule:
    return as_rule(reading.session.get_one(RuleRow, rule_id))


def _morning_of(uow: UnitOfWork, day: date, place: TerritoryId) -> datetime:
    """The morning of a day there. Raises: WrongSilenceTerm."""
    zone = ZoneInfo(territory(uow, territory_id=place).time_zone)
    until = datetime.combine(day, MORNING, tzinfo=zone).astimezone(UTC)
    if not uow.now < until <= uow.now + LONGEST_SILENCE:
        raise WrongSilenceTerm(days=LONGEST_SILENCE.days)
    return until
