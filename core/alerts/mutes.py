"""What keeps an alert from disturbing people: the causes, silences with their matchers, what holds now.

An alert that is muted fires, ends and stands in the journal like any other; only no message goes.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, select

from core.alerts.model import AlertRow, MuteRow, RuleRow, SilenceRow
from core.alerts.rules import Severity
from core.identity import person
from core.indicators import Indicator, indicator
from core.shared.ids import AlertId, PersonId, RuleId, TerritoryId
from core.store import Reading
from core.territories import Territory, territory


class MuteCause(StrEnum):
    """Why nobody is told; the values are stored."""

    # A person has silenced it.
    SILENCE = "silence"
    # The data that it is reckoned from are late, of which there is an alert already.
    STALE = "stale"
    # The same goes on in a territory above: in the region, in the country.
    ABOVE = "above"
    # It went to and fro; that was told, and it has not calmed down.
    FLAPPING = "flapping"


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """Which alerts disturb nobody, until when, why and by whose will. What is left open fits everything.

    `places` hold with all below them. `until` is UTC; `ended_at` is set when it was ended before its time.
    """

    id: str
    places: tuple[TerritoryId, ...]
    rubric: str | None
    indicator: str | None
    rule_id: RuleId | None
    reason: str
    created_by: PersonId
    created_at: datetime
    until: datetime
    ended_at: datetime | None

    def holds_at(self, now: datetime) -> bool:
        """Whether it mutes anything now."""
        return self.ended_at is None and now < self.until

    def fits(self, *, within: Collection[TerritoryId], rubric: str, indicator: str, rule_id: RuleId) -> bool:
        """Whether it is about such an alert. ``within`` is its territory and everything above it."""
        return (
            not set(self.places).isdisjoint(within)
            and self.rubric in {None, rubric}
            and self.indicator in {None, indicator}
            and self.rule_id in {None, rule_id}
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Mute:
    """One cause of an alert's silence, while it lasts.

    `silence` and its author's name stand for `SILENCE`, `indicator` for `STALE`, `territory` for `ABOVE`.
    """

    cause: MuteCause
    since: datetime
    ended_at: datetime | None
    silence: Silence | None = None
    author_name: str = ""
    indicator: Indicator | None = None
    territory: Territory | None = None


def not_more_urgent(severity: Severity) -> list[Severity]:
    """The severities that this one may mute: a warning never mutes what is critical.

    >>> [one.value for one in not_more_urgent(Severity.WARN)]
    ['info', 'warn']
    """
    order = list(Severity)
    return order[: order.index(severity) + 1]


def silences_that_hold(reading: Reading) -> list[Silence]:
    """All silences of now, the oldest first."""
    rows = reading.session.execute(
        select(SilenceRow)
        .where(SilenceRow.ended_at.is_(None), SilenceRow.until > reading.now)
        .order_by(SilenceRow.id)
    ).scalars()
    return [as_silence(row) for row in rows]


def is_muted(reading: Reading, *, alert_id: AlertId) -> bool:
    """Whether anything keeps the alert from disturbing people now."""
    wanted = select(MuteRow.id).where(MuteRow.alert_id == alert_id, still_open()).limit(1)
    return reading.session.execute(wanted).first() is not None


def mutes_of(reading: Reading, *, alert_id: AlertId) -> list[Mute]:
    """Everything that has kept the alert from disturbing people, past and present, for its journal."""
    rows = reading.session.execute(
        select(MuteRow).where(MuteRow.alert_id == alert_id).order_by(MuteRow.since, MuteRow.id)
    ).scalars()
    return [_as_mute(reading, row) for row in list(rows)]


def mutes_of_many(reading: Reading, *, alert_ids: Collection[AlertId]) -> dict[AlertId, list[Mute]]:
    """``mutes_of`` for several alerts; every one has its list."""
    found: dict[AlertId, list[Mute]] = {one: [] for one in alert_ids}
    rows = reading.session.execute(
        select(MuteRow).where(MuteRow.alert_id.in_(alert_ids)).order_by(MuteRow.since, MuteRow.id)
    ).scalars()
    for row in list(rows):
        found[AlertId(row.alert_id)].append(_as_mute(reading, row))
    return found


def open_mutes(reading: Reading, *, alert_id: AlertId) -> tuple[Mute, ...]:
    """What keeps the alert from disturbing people now; empty for one that is told of."""
    rows = reading.session.execute(
        select(MuteRow).where(MuteRow.alert_id == alert_id, still_open()).order_by(MuteRow.since, MuteRow.id)
    ).scalars()
    return tuple(_as_mute(reading, row) for row in list(rows))


def muted_by(reading: Reading, *, silence_ids: Sequence[str]) -> dict[str, list[AlertId]]:
    """The alerts that each silence has muted so far, the newest first."""
    rows = reading.session.execute(
        select(MuteRow.muted_by, MuteRow.alert_id)
        .where(MuteRow.cause == MuteCause.SILENCE, MuteRow.muted_by.in_(silence_ids))
        .order_by(MuteRow.since.desc(), MuteRow.id.desc())
    ).tuples()
    found: dict[str, list[AlertId]] = {one: [] for one in silence_ids}
    for silence_id, alert_id in rows:
        found[silence_id].append(AlertId(alert_id))
    return found


def still_open() -> ColumnElement[bool]:
    """The condition on rows of mutes that hold."""
    return MuteRow.ended_at.is_(None)


def as_silence(row: SilenceRow) -> Silence:
    """The row as a value that may leave the folder."""
    return Silence(
        id=row.id,
        places=tuple(TerritoryId(one) for one in row.places),
        rubric=row.rubric,
        indicator=row.indicator,
        rule_id=None if row.rule_id is None else RuleId(row.rule_id),
        reason=row.reason,
        created_by=PersonId(row.created_by),
        created_at=row.created_at,
        until=row.until,
        ended_at=row.ended_at,
    )


def _as_mute(reading: Reading, row: MuteRow) -> Mute:
    cause = MuteCause(row.cause)
    silence, name, code, place = None, "", None, None
    if cause is MuteCause.SILENCE:
        silence = as_silence(reading.session.get_one(SilenceRow, row.muted_by))
        name = person(reading, person_id=silence.created_by).display_name
    elif cause in {MuteCause.STALE, MuteCause.ABOVE}:
        code, place = reading.session.execute(
            select(RuleRow.indicator, AlertRow.territory_id)
            .join(RuleRow, RuleRow.id == AlertRow.rule_id)
            .where(AlertRow.id == row.muted_by)
        ).one()
    return Mute(
        cause=cause,
        since=row.since,
        ended_at=row.ended_at,
        silence=silence,
        author_name=name,
        indicator=None if code is None else indicator(reading, code=code),
        territory=None if place is None else territory(reading, territory_id=TerritoryId(place)),
    )
