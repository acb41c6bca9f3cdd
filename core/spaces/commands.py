"""Use cases of spaces."""

from sqlalchemy import select

from core.shared.ids import PersonId, SpaceId, TerritoryId, new_id
from core.spaces.model import MembershipRow, SpaceRow
from core.spaces.rules import SpaceKind
from core.store import UnitOfWork


def create_space(uow: UnitOfWork, *, kind: SpaceKind, territory_id: TerritoryId) -> SpaceId:
    """Make a space in a territory; nobody belongs to it yet."""
    row = SpaceRow(id=new_id(), kind=kind, territory_id=territory_id, created_at=uow.now)
    uow.session.add(row)
    uow.session.flush()
    return SpaceId(row.id)


def join_space(uow: UnitOfWork, *, space_id: SpaceId, person_id: PersonId) -> bool:
    """Let a person belong to a space; False if they do already."""
    values = {"space_id": space_id, "person_id": person_id, "joined_at": uow.now}
    return uow.insert_new(MembershipRow, values, conflict=("space_id", "person_id"))


def inherit_memberships(uow: UnitOfWork, *, from_id: PersonId, to_id: PersonId) -> None:
    """Two accounts turn out to be one person: who was in with the one is in with the other.

    The first keeps its own, so that what is on its way to it can still be read out.
    """
    spaces = uow.session.execute(
        select(MembershipRow.space_id).where(MembershipRow.person_id == from_id)
    ).scalars()
    for space_id in list(spaces):
        join_space(uow, space_id=SpaceId(space_id), person_id=to_id)
