"""Use cases of spaces."""

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
