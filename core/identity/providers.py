"""Use cases of a provider that knows who somebody is (ЕСИА): signing in, being confirmed by it."""

from datetime import timedelta

from core.identity.errors import AnotherProof, JourneyUsed
from core.identity.model import OneTimeTokenRow
from core.identity.people import confirm, link_identity, welcome
from core.identity.queries import identities_of, person_by_identity
from core.identity.rules import Person, token_digest
from core.identity.sessions import ONE_TIME_TERM, NewSession, Purpose, open_session
from core.shared.doors import OWN_WAYS, Actor, Door, reached
from core.shared.ids import PersonId
from core.shared.language import Language
from core.store import UnitOfWork

ON_PAGES = "a provider is gone to and come back from in a browser"
# The browser may bring a journey back this long; its row outlives that by clocks that differ.
JOURNEY_TERM, _CLOCKS_DIFFER = ONE_TIME_TERM, timedelta(minutes=5)


@reached(Actor.CITIZEN, Door.WEB, closed={Door.BOT: ON_PAGES, Door.API: OWN_WAYS})
def enter_by_provider(
    uow: UnitOfWork,
    *,
    provider: str,
    subject: str,
    display_name: str,
    language: Language,
    journey: str,
    label: str = "",
) -> NewSession:
    """Open a session for whoever the provider says has come; somebody new becomes a visitor.

    journey: the random word with which the browser was sent to the provider, good once.
    Raises: JourneyUsed.
    """
    person = welcome(uow, provider=provider, subject=subject, display_name=display_name, language=language)
    _end_journey(uow, journey, person.id)
    confirm(uow, person_id=person.id)
    return open_session(uow, person_id=person.id, label=label)


@reached(Actor.CITIZEN, Door.WEB, closed={Door.BOT: ON_PAGES, Door.API: OWN_WAYS})
def prove_by_provider(
    uow: UnitOfWork, *, person_id: PersonId, provider: str, subject: str, journey: str
) -> Person | None:
    """Let the provider's account lead to a person who is signed in; None when it does.

    Returns whoever it leads to already if that is somebody else: nothing is changed, the two may be joined.
    Raises: JourneyUsed; AnotherProof if the person has shown another account of this provider before.
    """
    _end_journey(uow, journey, person_id)
    refuse_another_proof(uow, person_id=person_id, provider=provider, subject=subject)
    link_identity(uow, person_id=person_id, provider=provider, subject=subject)
    owner = person_by_identity(uow, provider=provider, subject=subject)
    if owner is not None and owner.id != person_id:
        return owner
    confirm(uow, person_id=person_id)
    return None


def refuse_another_proof(uow: UnitOfWork, *, person_id: PersonId, provider: str, subject: str) -> None:
    """A person is one human being: two accounts of one provider are two. Raises: AnotherProof."""
    ways = identities_of(uow, person_id=person_id)
    if any(way.provider == provider and way.subject != subject for way in ways):
        raise AnotherProof


def _end_journey(uow: UnitOfWork, journey: str, person_id: PersonId) -> None:
    values = {
        "digest": token_digest(journey),
        "purpose": Purpose.LAUNCH,
        "person_id": person_id,
        "expires_at": uow.now + JOURNEY_TERM + _CLOCKS_DIFFER,
        "used_at": uow.now,
    }
    # The primary key lets one of many uses through.
    if not uow.insert_new(OneTimeTokenRow, values, conflict=("digest",)):
        raise JourneyUsed
