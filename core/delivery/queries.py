"""Questions about deliveries."""

from collections.abc import Collection

from sqlalchemy import func, select

from core.delivery.commands import as_delivery
from core.delivery.model import DeliveryRow, WaitingNoticeRow
from core.delivery.rules import Delivery, DeliveryState
from core.shared.ids import DeliveryId, FactId, PersonId
from core.store import Reading


def delivery(reading: Reading, *, delivery_id: DeliveryId) -> Delivery | None:
    """One delivery by id."""
    row = reading.session.get(DeliveryRow, delivery_id)
    return None if row is None else as_delivery(row)


def delivery_shown_as(
    reading: Reading, *, person_id: PersonId, carrier: str, native_ids: Collection[str]
) -> Delivery | None:
    """What a message in a person's messenger was about, by any of its names; None: no notice of ours."""
    row = reading.session.execute(
        select(DeliveryRow)
        .where(
            DeliveryRow.person_id == person_id,
            DeliveryRow.carrier == carrier,
            DeliveryRow.native_id.in_(native_ids),
        )
        # An edit bears the name of the message that it has changed.
        .order_by(DeliveryRow.id)
        .limit(1)
    ).scalar_one_or_none()
    return None if row is None else as_delivery(row)


def deliveries_about(reading: Reading, *, topic: str) -> list[Delivery]:
    """All deliveries about one thing, oldest first."""
    rows = reading.session.execute(
        select(DeliveryRow).where(DeliveryRow.topic == topic).order_by(DeliveryRow.id)
    ).scalars()
    return [as_delivery(row) for row in rows]


def deliveries_about_any(reading: Reading, *, topics: Collection[str]) -> list[Delivery]:
    """All deliveries about several things, oldest first."""
    rows = reading.session.execute(
        select(DeliveryRow).where(DeliveryRow.topic.in_(topics)).order_by(DeliveryRow.id)
    ).scalars()
    return [as_delivery(row) for row in rows]


def told_already(
    reading: Reading, *, fact_id: FactId, kind: str, person_ids: Collection[PersonId]
) -> set[PersonId]:
    """Who has been told of a fact, or waits for a digest with it.

    A relay that repeats itself after somebody has changed their wishes would tell them twice otherwise:
    once alone and once in a digest.
    """
    told: set[PersonId] = set()
    for table in (DeliveryRow, WaitingNoticeRow):
        rows = reading.session.execute(
            select(table.person_id).where(
                table.fact_id == fact_id, table.person_id.in_(person_ids), table.kind == kind
            )
        ).scalars()
        told.update(PersonId(row) for row in rows)
    return told


def not_delivered(reading: Reading, *, topic: str) -> list[Delivery]:
    """What did not get through about one thing because a messenger is closed to the person, newest first."""
    rows = reading.session.execute(
        select(DeliveryRow)
        .where(
            DeliveryRow.topic == topic,
            DeliveryRow.state == DeliveryState.FAILED,
            DeliveryRow.reason.not_like("obsolete%"),
        )
        .order_by(DeliveryRow.finished_at.desc())
    ).scalars()
    return [as_delivery(row) for row in rows]


def delivery_counts(reading: Reading) -> dict[str, int]:
    """How many deliveries stand in each state, for metrics."""
    rows = reading.session.execute(select(DeliveryRow.state, func.count()).group_by(DeliveryRow.state))
    return dict(rows.tuples().all())
