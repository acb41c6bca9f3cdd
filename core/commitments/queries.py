"""Questions about commitments."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select

from core.commitments.errors import UnknownCommitment
from core.commitments.model import CommitmentRow
from core.commitments.rules import Commitment, CommitmentStatus
from core.shared.ids import AlertId, CommitmentId, PersonId, TerritoryId
from core.store import Reading


def commitments_on(
    reading: Reading, *, indicator: str, territory_id: TerritoryId, limit: int = 20
) -> list[Commitment]:
    """What was promised for an indicator of a territory, the newest first.

    They are as public as the indicator: a door asks whether the viewer may see that.
    """
    rows = reading.session.execute(
        select(CommitmentRow)
        .where(CommitmentRow.indicator == indicator, CommitmentRow.territory_id == territory_id)
        .order_by(CommitmentRow.made_at.desc(), CommitmentRow.id.desc())
        .limit(limit)
    ).scalars()
    return [as_commitment(row) for row in rows]


def commitment_of_alert(reading: Reading, *, alert_id: AlertId) -> Commitment | None:
    """What was promised for an alert, if anything was."""
    row = reading.session.execute(
        select(CommitmentRow).where(CommitmentRow.alert_id == alert_id)
    ).scalar_one_or_none()
    return None if row is None else as_commitment(row)


def commitment(reading: Reading, *, commitment_id: CommitmentId) -> Commitment:
    """One commitment. Raises: UnknownCommitment."""
    row = reading.session.get(CommitmentRow, commitment_id)
    if row is None:
        raise UnknownCommitment
    return as_commitment(row)


def commitments_missed(reading: Reading, *, territory_ids: Collection[TerritoryId], since: datetime) -> int:
    """How many ended without a result since a moment."""
    return reading.session.execute(
        select(func.count()).where(
            CommitmentRow.territory_id.in_(territory_ids),
            CommitmentRow.status == CommitmentStatus.MISSED,
            CommitmentRow.ended_at >= since,
        )
    ).scalar_one()


def as_commitment(row: CommitmentRow) -> Commitment:
    """The row as a value that may leave the folder."""
    return Commitment(
        id=CommitmentId(row.id),
        alert_id=AlertId(row.alert_id),
        indicator=row.indicator,
        territory_id=TerritoryId(row.territory_id),
        measure=row.measure,
        due=row.due,
        office=row.office,
        status=CommitmentStatus(row.status),
        made_by=PersonId(row.made_by),
        made_at=row.made_at,
        fired_at=row.fired_at,
        ended_at=row.ended_at,
        result=row.result,
    )
