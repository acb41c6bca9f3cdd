"""Forgetting who a person is: the row stays as a shell without a name, so that what counts keeps counting."""

from sqlalchemy import delete, update

from core.identity.events import IdentityLinked, IdentityUnlinked
from core.identity.model import ConsentRow, IdentityRow, OneTimeTokenRow, PersonRow, SessionRow
from core.identity.queries import identities_of
from core.identity.rules import Assurance
from core.identity.sessions import revoke_all_sessions
from core.shared.ids import PersonId
from core.shared.language import DEFAULT_LANGUAGE, N_, translate
from core.store import UnitOfWork, erase_facts

_NOBODY = N_("Deleted account")


def nobody_name() -> str:
    """The name that stands where a forgotten person's name stood."""
    return translate(DEFAULT_LANGUAGE, _NOBODY)


def erase_identity(uow: UnitOfWork, *, person_id: PersonId) -> None:
    """Take away name, place, ways in, sessions and codes. The caller holds the person's lock.

    That a consent was given and ended stays, by number: an authority must be able to show it.
    """
    revoke_all_sessions(uow, person_id=person_id)
    for way in identities_of(uow, person_id=person_id):
        uow.record(IdentityUnlinked(person_id=person_id, provider=way.provider))
    for model in (IdentityRow, OneTimeTokenRow, SessionRow):
        uow.session.execute(delete(model).where(model.person_id == person_id))
    # The fact of a link names the account.
    erase_facts(uow, kind=IdentityLinked.__name__, field="person_id", value=person_id)
    open_consents = (ConsentRow.person_id == person_id, ConsentRow.withdrawn_at.is_(None))
    uow.session.execute(update(ConsentRow).where(*open_consents).values(withdrawn_at=uow.now))
    shell = {
        "display_name": nobody_name(),
        "position": "",
        "assurance": Assurance.VISITOR,
        "language": DEFAULT_LANGUAGE,
        "home_id": None,
    }
    uow.session.execute(update(PersonRow).where(PersonRow.id == person_id).values(**shell))
