"""Use cases that touch a person in several folders at once, in one transaction."""

from core.chats import forget_chats, inherit_chats
from core.contact import conversations_of, inherit_conversations
from core.dashboards import forget_dashboard_reader
from core.delivery import forget_deliveries, inherit_deliveries
from core.files import drop_files
from core.identity import (
    PROVING,
    absorb_person,
    erase_identity,
    identities_of,
    lock_people,
    nobody_name,
    person_by_identity,
    refuse_another_proof,
    revoke_all_sessions,
    use_link_code,
    viewer_of,
)
from core.indicators import forget_reader
from core.personal.errors import OfficialsStay, OfficialsStayApart
from core.personal.queries import MOST_MESSAGES
from core.polls import inherit_ballots
from core.rooms import forget_in_rooms
from core.scenarios import forget_follower
from core.shared.doors import OWN_WAYS, Actor, Door, reached
from core.shared.ids import PersonId
from core.spaces import inherit_memberships
from core.store import UnitOfWork


@reached(Actor.CITIZEN, Door.BOT, Door.WEB, closed={Door.API: OWN_WAYS})
def merge_by_code(uow: UnitOfWork, *, code: str, provider: str, subject: str) -> PersonId:
    """Join whoever this messenger account leads to with the person who asked for the code.

    Both accounts are shown to be in one hand: one by its messenger, the other by the code.
    Raises: LinkExpired; OfficialsStayApart; AnotherProof if a provider knows them as two human beings.
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
    Raises: UnknownPerson; OfficialsStayApart if the twin has a role; AnotherProof.
    """
    lock_people(uow, person_ids=(kept_id, twin_id))
    if viewer_of(uow, person_id=twin_id).grants:
        raise OfficialsStayApart
    for way in identities_of(uow, person_id=twin_id):
        if way.provider == PROVING:
            refuse_another_proof(uow, person_id=kept_id, provider=PROVING, subject=way.subject)
    inherit_ballots(uow, from_id=twin_id, to_id=kept_id)
    inherit_memberships(uow, from_id=twin_id, to_id=kept_id)
    inherit_conversations(uow, from_id=twin_id, to_id=kept_id)
    inherit_chats(uow, from_id=twin_id, to_id=kept_id)
    inherit_deliveries(uow, from_id=twin_id, to_id=kept_id)
    revoke_all_sessions(uow, person_id=twin_id)
    absorb_person(uow, kept_id=kept_id, twin_id=twin_id)


@reached(Actor.CITIZEN, Door.BOT, Door.WEB, closed={Door.API: OWN_WAYS})
def forget_person(uow: UnitOfWork, *, person_id: PersonId) -> list[str]:
    """Erase a person at once and for good. Returns the keys of files whose bytes may go from the disk.

    Name, place, ways in, dialogues, photos, what was said in rooms and every wish are gone. Ballots keep
    counting, and conversations stay in the authority's record, both under a shell that has no name.
    Raises: UnknownPerson; OfficialsStay for whoever holds a role.
    """
    lock_people(uow, person_ids=(person_id,))
    if viewer_of(uow, person_id=person_id).grants:
        raise OfficialsStay
    mine = conversations_of(uow, citizen_id=person_id, limit=MOST_MESSAGES)
    messages = forget_chats(uow, person_id=person_id)
    messages += forget_in_rooms(
        uow, person_id=person_id, kept_rooms=[one.room_id for one in mine], name=nobody_name()
    )
    forget_deliveries(uow, person_id=person_id)
    forget_reader(uow, person_id=person_id)
    forget_dashboard_reader(uow, person_id=person_id)
    forget_follower(uow, person_id=person_id)
    erase_identity(uow, person_id=person_id)
    uow.audit("person_forgotten", actor=person_id, subject=f"person:{person_id}")
    return drop_files(uow, parents=messages)
