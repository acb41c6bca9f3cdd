"""Use cases that touch a person in several folders at once, in one transaction."""

from core.chats import inherit_chats
from core.contact import inherit_conversations
from core.identity import (
    absorb_person,
    lock_people,
    person_by_identity,
    revoke_all_sessions,
    use_link_code,
    viewer_of,
)
from core.personal.errors import OfficialsStayApart
from core.polls import inherit_ballots
from core.shared.doors import CODE_FROM_THE_SITE, OWN_WAYS, Actor, Door, reached
from core.shared.ids import PersonId
from core.spaces import inherit_memberships
from core.store import UnitOfWork


@reached(Actor.CITIZEN, Door.BOT, closed={Door.WEB: CODE_FROM_THE_SITE, Door.API: OWN_WAYS})
def merge_by_code(uow: UnitOfWork, *, code: str, provider: str, subject: str) -> PersonId:
    """Join whoever this messenger account leads to with the person who asked for the code.

    Both accounts are shown to be in one hand: one by its messenger, the other by the code.
    Raises: LinkExpired; OfficialsStayApart.
    """
    kept = use_link_code(uow, code=code)
    twin = person_by_identity(uow, provider=provider, subject=subject)
    if twin is not None and twin.id != kept:
        merge_people(uow, kept_id=kept, twin_id=twin.id)
    return kept


def merge_people(uow: UnitOfWork, *, kept_id: PersonId, twin_id: PersonId) -> None:
    """Give everything of one account to another one; the first stays as an empty shell.

    One ballot a poll stays, the one cast last, whether the poll is still open or not. Whoever votes or
    writes as the twin in the same instant waits for the lock and is then asked for consent.
    Raises: UnknownPerson; OfficialsStayApart if the twin has a role.
    """
    lock_people(uow, person_ids=(kept_id, twin_id))
    if viewer_of(uow, person_id=twin_id).grants:
        raise OfficialsStayApart
    inherit_ballots(uow, from_id=twin_id, to_id=kept_id)
    inherit_memberships(uow, from_id=twin_id, to_id=kept_id)
    inherit_conversations(uow, from_id=twin_id, to_id=kept_id)
    inherit_chats(uow, from_id=twin_id, to_id=kept_id)
    revoke_all_sessions(uow, person_id=twin_id)
    absorb_person(uow, kept_id=kept_id, twin_id=twin_id)
