"""Questions about deliveries."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from core.delivery.commands import as_delivery, claimable
from core.delivery.model import DeliveryRow
from core.delivery.rules import Delivery
from core.shared.ids import DeliveryId
from core.store import Reading


def next_due(reading: Reading, *, carriers: Sequence[str]) -> datetime | None:
    """When the next delivery over these carriers is to be sent; None if nothing waits."""
    moment: datetime | None = reading.session.execute(
        select(DeliveryRow.due_at)
        .where(claimable(), DeliveryRow.carrier.in_(carriers))
        .order_by(DeliveryRow.due_at)
        .limit(1)
    ).scalar_one_or_none()
    return moment


def delivery(reading: Reading, *, delivery_id: DeliveryId) -> Delivery | None:
    """One delivery by id."""
    row = reading.session.get(DeliveryRow, delivery_id)
    return None if row is None else as_delivery(row)


def deliveries_about(reading: Reading, *, topic: str) -> list[Delivery]:
    """All deliveries about one thing, oldest first."""
    rows = reading.session.execute(
        select(DeliveryRow).where(DeliveryRow.topic == topic).order_by(DeliveryRow.id)
    ).scalars()
    return [as_delivery(row) for row in rows]


def delivery_counts(reading: Reading) -> dict[str, int]:
    """How many deliveries stand in each state, for metrics."""
    rows = reading.session.execute(select(DeliveryRow.state, func.count()).group_by(DeliveryRow.state))
    return dict(rows.tuples().all())
