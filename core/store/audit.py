"""The audit log: append-only, chained by hashes so that a later change of any row is found."""

import hashlib
import json
from dataclasses import dataclass

from sqlalchemy import func, select, update

from core.store.model import AuditRow
from core.store.unit_of_work import Reading, UnitOfWork

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What ``verify_chain`` found: how many rows hold, and where the first one that does not is."""

    rows: int
    broken_at: int | None

    @property
    def intact(self) -> bool:
        """Whether nothing was changed, dropped or put in between."""
        return self.broken_at is None


def chain_audit(uow: UnitOfWork, *, limit: int = 1000) -> int:
    """Chain rows written since the last time; how many. Called by the relay alone."""
    rows = list(
        uow.session.execute(
            select(AuditRow).where(AuditRow.position.is_(None)).order_by(AuditRow.id).limit(limit)
        ).scalars()
    )
    if not rows:
        return 0
    position, chain = _last_link(uow)
    for row in rows:
        position += 1
        chain = _link(chain, position, row)
        uow.session.execute(
            update(AuditRow).where(AuditRow.id == row.id).values(position=position, chain=chain)
        )
    return len(rows)


def unchained(reading: Reading) -> bool:
    """Whether rows wait to be chained; asked by a read so that an idle relay takes no write lock."""
    return (
        reading.session.execute(select(AuditRow.id).where(AuditRow.position.is_(None)).limit(1)).first()
        is not None
    )


def verify_chain(reading: Reading) -> ChainReport:
    """Compute the whole chain anew and compare."""
    position, chain = 0, GENESIS
    rows = reading.session.execute(
        select(AuditRow).where(AuditRow.position.is_not(None)).order_by(AuditRow.position)
    ).scalars()
    for row in rows:
        position += 1
        chain = _link(chain, position, row)
        if row.position != position or row.chain != chain:
            return ChainReport(rows=position, broken_at=position)
    return ChainReport(rows=position, broken_at=None)


def _last_link(reading: Reading) -> tuple[int, str]:
    newest = select(func.max(AuditRow.position)).scalar_subquery()
    row = reading.session.execute(
        select(AuditRow.position, AuditRow.chain).where(AuditRow.position == newest)
    ).first()
    return (0, GENESIS) if row is None else (int(row[0] or 0), str(row[1]))


def _link(previous: str, position: int, row: AuditRow) -> str:
    said = json.dumps(
        [previous, position, row.action, row.actor, row.subject, row.digest, row.at.isoformat()]
    )
    return hashlib.sha256(said.encode()).hexdigest()
