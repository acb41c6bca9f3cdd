"""Use cases of held values: an analyst accepts or rejects them, one by one or a release at once."""

from collections.abc import Sequence

from sqlalchemy import select

from core.indicators.commands import add_release, tell_of_release
from core.indicators.doubts import HeldKey, HeldState
from core.indicators.holding import checked_reason, decision_digest, settle_held, taken_for_decision
from core.indicators.model import HeldRow, ReleaseRow
from core.indicators.periods import Period
from core.indicators.rules import NewValue, Release
from core.shared.doors import OVER_TABLES, Actor, Door, reached
from core.shared.ids import PersonId, TerritoryId
from core.store import UnitOfWork

DECISION = "decision"
"""The source of the releases that decisions make."""


@reached(Actor.OFFICIAL, Door.CONSOLE, closed={Door.BOT: OVER_TABLES, Door.API: OVER_TABLES})
def accept_held(uow: UnitOfWork, *, keys: Sequence[HeldKey], decided_by: PersonId, reason: str) -> Release:
    """Publish held values for a reason, as a release of their own. Those decided meanwhile are left out.

    Raises: NothingHeld, Forbidden, Empty, TooLong.
    """
    return _decide(uow, keys, HeldState.ACCEPTED, decided_by, reason)


@reached(Actor.OFFICIAL, Door.CONSOLE, closed={Door.BOT: OVER_TABLES, Door.API: OVER_TABLES})
def reject_held(uow: UnitOfWork, *, keys: Sequence[HeldKey], decided_by: PersonId, reason: str) -> Release:
    """Leave held values out for a reason: the same figure for the period is not asked about again.

    Raises: NothingHeld, Forbidden, Empty, TooLong.
    """
    return _decide(uow, keys, HeldState.REJECTED, decided_by, reason)


@reached(Actor.OFFICIAL, Door.CONSOLE, closed={Door.BOT: OVER_TABLES, Door.API: OVER_TABLES})
def accept_held_release(
    uow: UnitOfWork,
    *,
    vintage: int,
    territory_ids: Sequence[TerritoryId],
    decided_by: PersonId,
    reason: str,
) -> Release:
    """Publish all that one release has left waiting in these territories.

    Raises: NothingHeld, Forbidden, Empty, TooLong.
    """
    rows = uow.session.execute(
        select(HeldRow).where(
            HeldRow.vintage == vintage,
            HeldRow.state == HeldState.PENDING,
            HeldRow.territory_id.in_(territory_ids),
        )
    ).scalars()
    keys = [
        HeldKey(
            territory_id=TerritoryId(row.territory_id),
            indicator=row.indicator,
            period=row.period,
            vintage=row.vintage,
        )
        for row in rows
    ]
    return _decide(uow, keys, HeldState.ACCEPTED, decided_by, reason)


def _decide(
    uow: UnitOfWork, keys: Sequence[HeldKey], state: HeldState, decided_by: PersonId, reason: str
) -> Release:
    why = checked_reason(reason)
    rows = taken_for_decision(uow, keys=keys, person_id=decided_by)
    values = [_as_new(row) for row in rows]
    origin = uow.session.get_one(ReleaseRow, max(row.vintage for row in rows))
    release, _ = add_release(
        uow,
        source=DECISION,
        digest=decision_digest(rows, state),
        title=origin.title,
        values=values if state is HeldState.ACCEPTED else (),
        recorded_by=decided_by,
    )
    settle_held(uow, rows=rows, state=state, vintage=release.vintage, by=decided_by, reason=why)
    tell_of_release(uow, release, values)
    uow.audit(f"held_{state}", actor=decided_by, subject=f"release:{release.id}")
    return release


def _as_new(row: HeldRow) -> NewValue:
    return NewValue(
        indicator=row.indicator,
        territory_id=TerritoryId(row.territory_id),
        period=Period.parse(row.period),
        value=row.value,
        source=row.source,
    )
