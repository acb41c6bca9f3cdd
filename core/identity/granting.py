"""Use cases of roles: giving one, taking one, taking all."""

from sqlalchemy import ColumnElement, select, update

from core.identity.errors import LastAdministrator, NotInService, OwnRole, UnknownPerson
from core.identity.events import RolesChanged
from core.identity.model import RoleGrantRow
from core.identity.people import change_person, confirm, lock_people
from core.identity.queries import viewer_of
from core.identity.rules import POLICY, Action, Assurance, Grant, Role, may_give, serves
from core.identity.staffing import is_known_to
from core.shared.doors import Actor, Door, reached
from core.shared.errors import Forbidden
from core.shared.ids import PersonId, TerritoryId, new_id
from core.store import UnitOfWork
from core.territories import ancestry, reference_items

_OVER_WHAT_IT_LETS = "it is confirmed over what the role lets one do and where, which takes a page"


@reached(
    Actor.OFFICIAL,
    Door.CONSOLE,
    Door.CLI,
    closed={Door.BOT: _OVER_WHAT_IT_LETS, Door.API: _OVER_WHAT_IT_LETS},
)
def grant_role(
    uow: UnitOfWork,
    *,
    person_id: PersonId,
    role: Role,
    territory_id: TerritoryId,
    service: str | None = None,
    granted_by: PersonId | None = None,
    address: str | None = None,
) -> None:
    """Give a role in a territory and below it, for one service or for all. Twice is once.

    granted_by: None for the operator at the command line, who may give any.
    address: of electronic mail, by which the giver knows somebody of elsewhere.
    Raises: UnknownPerson, also for whoever has given no consent; Forbidden; OwnRole; NotInService.
    """
    if granted_by is None:
        lock_people(uow, person_ids=[person_id])
    else:
        _let_through(uow, granted_by, person_id, territory_id, service, address=address)
        if granted_by == person_id:
            raise OwnRole
    if service is not None:
        known = {item.code for item in reference_items(uow, taxonomy="civic_service")}
        if service not in known or not serves(role, service):
            raise NotInService
    given = Grant(role=role, territory_id=territory_id, service=service)
    if given in viewer_of(uow, person_id=person_id).grants:
        return
    uow.session.add(
        RoleGrantRow(
            id=new_id(),
            person_id=person_id,
            role=role,
            territory_id=territory_id,
            service=service,
            granted_by=granted_by,
            granted_at=uow.now,
        )
    )
    change_person(uow, person_id, assurance=Assurance.OFFICIAL)
    uow.record(RolesChanged(person_id=person_id))
    uow.audit(f"role_granted:{role}", actor=granted_by, subject=_subject(person_id, given))


@reached(
    Actor.OFFICIAL,
    Door.CONSOLE,
    Door.CLI,
    closed={Door.BOT: _OVER_WHAT_IT_LETS, Door.API: _OVER_WHAT_IT_LETS},
)
def revoke_role(
    uow: UnitOfWork,
    *,
    person_id: PersonId,
    role: Role,
    territory_id: TerritoryId,
    service: str | None = None,
    revoked_by: PersonId | None = None,
) -> bool:
    """Take a role that was given so; False if it is not held. What it opened is closed at once.

    revoked_by: None for the operator at the command line, who may take any.
    Raises: UnknownPerson; Forbidden; LastAdministrator for one's own last right to give roles.
    """
    taken = Grant(role=role, territory_id=territory_id, service=service)
    if revoked_by is None:
        lock_people(uow, person_ids=[person_id])
    else:
        _let_through(uow, revoked_by, person_id, territory_id, service)
        if revoked_by == person_id:
            _require_another(uow, person_id, taken)
    one = (
        RoleGrantRow.role == role,
        RoleGrantRow.territory_id == territory_id,
        RoleGrantRow.service.is_(None) if service is None else RoleGrantRow.service == service,
    )
    if not _end(uow, person_id, *one):
        return False
    uow.audit(f"role_taken:{role}", actor=revoked_by, subject=_subject(person_id, taken))
    return True


def revoke_roles(uow: UnitOfWork, *, person_id: PersonId, revoked_by: PersonId | None = None) -> None:
    """End all roles of a person at once: whoever leaves office keeps no button."""
    _end(uow, person_id)
    uow.audit("roles_revoked", actor=revoked_by, subject=f"person:{person_id}")


def _let_through(
    uow: UnitOfWork,
    giver_id: PersonId,
    person_id: PersonId,
    territory_id: TerritoryId,
    service: str | None,
    *,
    address: str | None = None,
) -> None:
    """Raises: Forbidden; UnknownPerson, also for somebody whom the giver has nothing to do with."""
    # Before anything tells whether there is such a person, and again: of two who take each other's right in
    # the same moment the second has waited for the lock and has it no more.
    _require_giver(uow, giver_id, territory_id, service)
    lock_people(uow, person_ids={giver_id, person_id})
    _require_giver(uow, giver_id, territory_id, service)
    giver = viewer_of(uow, person_id=giver_id)
    if not is_known_to(uow, giver, viewer_of(uow, person_id=person_id), address=address):
        raise UnknownPerson


def _require_giver(
    uow: UnitOfWork, giver_id: PersonId, territory_id: TerritoryId, service: str | None
) -> None:
    giver = viewer_of(uow, person_id=giver_id)
    if not may_give(giver, service=service, within=ancestry(uow, territory_id=territory_id)):
        raise Forbidden


def _require_another(uow: UnitOfWork, person_id: PersonId, taken: Grant) -> None:
    held = viewer_of(uow, person_id=person_id).grants
    giving = [grant for grant in held if Action.GRANT_ROLES in POLICY[grant.role]]
    if giving == [taken]:
        raise LastAdministrator


def _end(uow: UnitOfWork, person_id: PersonId, *which: ColumnElement[bool]) -> int:
    """End the roles that fit, or all; how many."""
    held = (RoleGrantRow.person_id == person_id, RoleGrantRow.revoked_at.is_(None))
    ended = uow.changed(update(RoleGrantRow).where(*held, *which).values(revoked_at=uow.now))
    if not ended:
        return 0
    if uow.session.execute(select(RoleGrantRow.id).where(*held).limit(1)).first() is None:
        change_person(uow, person_id, assurance=Assurance.REGISTERED)
        confirm(uow, person_id=person_id)
    uow.record(RolesChanged(person_id=person_id))
    return ended


def _subject(person_id: PersonId, grant: Grant) -> str:
    """Whom and where, and for which service if for one."""
    return ":".join(filter(None, ("person", person_id, grant.territory_id, grant.service)))
