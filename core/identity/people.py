"""Use cases about persons, the messengers that lead to them and their consent."""

from collections.abc import Collection

from sqlalchemy import bindparam, delete, select, update

from core.identity.errors import ConsentNeeded, IdentityTaken, LastWayIn, UnknownPerson
from core.identity.events import IdentityLinked, IdentityUnlinked
from core.identity.model import ConsentDocumentRow, ConsentRow, IdentityRow, PersonRow
from core.identity.queries import (
    PERSON,
    as_person,
    current_consent,
    identities_of,
    person,
    person_by_identity,
)
from core.identity.rules import Assurance, Person
from core.shared.doors import ON_A_SCREEN, OWN_SCREENS, OWN_WAYS, Actor, Door, reached
from core.shared.errors import checked_text
from core.shared.ids import PersonId, TerritoryId, new_id
from core.shared.language import DEFAULT_LANGUAGE, Language
from core.store import PreparedQuery, UnitOfWork

_HELD = PreparedQuery(
    select(*PERSON).where(PersonRow.id == bindparam("person_id")).with_for_update(read=True, key_share=True)
)
NAME_LIMIT = 100
# For an account whose name is blank.
NO_NAME = "—"
EMAIL = "email"
# The provider that knows who somebody is. A messenger does not.
PROVING = "esia"
PERSONAL_DATA = "personal_data"


@reached(Actor.PROGRAM, Door.WEB, Door.CLI)
def create_person(
    uow: UnitOfWork,
    *,
    display_name: str,
    assurance: Assurance = Assurance.VISITOR,
    language: Language = DEFAULT_LANGUAGE,
    position: str = "",
    home_id: TerritoryId | None = None,
) -> Person:
    """Make a person. Raises: Empty, TooLong for the name (limit 100 characters)."""
    row = PersonRow(
        id=new_id(),
        display_name=checked_text(display_name, limit=NAME_LIMIT),
        position=position,
        assurance=assurance,
        language=language,
        home_id=home_id,
        created_at=uow.now,
    )
    uow.session.add(row)
    uow.session.flush()
    return Person(
        id=PersonId(row.id),
        display_name=row.display_name,
        position=position,
        assurance=assurance,
        language=language,
        home_id=home_id,
    )


def welcome(uow: UnitOfWork, *, provider: str, subject: str, display_name: str, language: Language) -> Person:
    """The person behind a messenger account; a visitor is made at the first contact.

    Two first messages at once end with one person: the key of the identity decides.
    """
    known = person_by_identity(uow, provider=provider, subject=subject)
    if known is not None:
        return known
    name = display_name.replace("\x00", "").strip()[:NAME_LIMIT]
    made = create_person(uow, display_name=name or NO_NAME, language=language)
    if link_identity(uow, person_id=made.id, provider=provider, subject=subject):
        return made
    uow.session.delete(uow.session.get_one(PersonRow, made.id))
    uow.session.flush()
    winner = person_by_identity(uow, provider=provider, subject=subject)
    if winner is None:
        raise UnknownPerson
    return winner


def link_identity(uow: UnitOfWork, *, person_id: PersonId, provider: str, subject: str) -> bool:
    """Let a messenger account lead to this person; False if it leads to somebody already."""
    values = {"provider": provider, "subject": subject, "person_id": person_id, "linked_at": uow.now}
    linked = uow.insert_new(IdentityRow, values, conflict=("provider", "subject"))
    if linked:
        uow.record(IdentityLinked(person_id=person_id, provider=provider, subject=subject))
        uow.audit("identity_linked", actor=person_id, subject=f"identity:{provider}")
    return linked


def move_identity(uow: UnitOfWork, *, person_id: PersonId, provider: str, subject: str) -> None:
    """Link a messenger account that may so far have led to a mere visitor.

    A mere visitor never gave consent and so has no ballots or messages that would have to be merged.
    Raises: IdentityTaken if it leads to a person who takes part already.
    """
    if link_identity(uow, person_id=person_id, provider=provider, subject=subject):
        return
    owner = person_by_identity(uow, provider=provider, subject=subject)
    if owner is None or owner.id == person_id:
        return
    if owner.assurance is not Assurance.VISITOR or _has_taken_part(uow, owner.id):
        raise IdentityTaken
    uow.session.execute(
        update(IdentityRow)
        .where(IdentityRow.provider == provider, IdentityRow.subject == subject)
        .values(person_id=person_id, linked_at=uow.now, unreachable_at=None)
    )
    uow.record(IdentityLinked(person_id=person_id, provider=provider, subject=subject))
    uow.audit("identity_moved", actor=person_id, subject=f"identity:{provider}")


def _has_taken_part(uow: UnitOfWork, person_id: PersonId) -> bool:
    """Whether there ever was a consent: it may be withdrawn, and the ballots stay."""
    given = select(ConsentRow.id).where(ConsentRow.person_id == person_id).limit(1)
    return uow.session.execute(given).first() is not None


@reached(Actor.CITIZEN, Door.BOT, Door.WEB, closed={Door.API: OWN_WAYS})
def unlink_messenger(uow: UnitOfWork, *, person_id: PersonId, provider: str) -> None:
    """Let a messenger no longer lead to this person. Not linked is unlinked already.

    Raises: LastWayIn if nothing else would lead to them.
    """
    others = select(IdentityRow.subject).where(
        # Mail comes from us only: nobody comes in by it.
        IdentityRow.person_id == person_id,
        IdentityRow.provider.not_in([provider, EMAIL]),
    )
    if provider != EMAIL and uow.session.execute(others.with_for_update()).first() is None:
        raise LastWayIn
    mine = (IdentityRow.person_id == person_id, IdentityRow.provider == provider)
    if uow.changed(delete(IdentityRow).where(*mine)):
        if provider == PROVING and person(uow, person_id=person_id).assurance is Assurance.VERIFIED:
            change_person(uow, person_id, assurance=Assurance.REGISTERED)
        uow.record(IdentityUnlinked(person_id=person_id, provider=provider))
        uow.audit("identity_unlinked", actor=person_id, subject=f"identity:{provider}")


def confirm(uow: UnitOfWork, *, person_id: PersonId) -> None:
    """Raise a registered person to verified if a provider has said who they are.

    Not a visitor: every level above it means a consent, and being known is none.
    """
    if person(uow, person_id=person_id).assurance is not Assurance.REGISTERED:
        return
    if any(way.provider == PROVING for way in identities_of(uow, person_id=person_id)):
        change_person(uow, person_id, assurance=Assurance.VERIFIED)
        uow.audit("person_verified", actor=person_id, subject=f"person:{person_id}")


def lock_people(uow: UnitOfWork, *, person_ids: Collection[PersonId]) -> None:
    """Hold these persons until the commit: nobody votes or writes as one of them meanwhile.

    Raises: UnknownPerson. Locked in the order of ids, so two merges cannot wait for each other.
    """
    rows = uow.session.execute(
        select(PersonRow.id).where(PersonRow.id.in_(person_ids)).order_by(PersonRow.id).with_for_update()
    ).all()
    if len(rows) != len(set(person_ids)):
        raise UnknownPerson


def absorb_person(uow: UnitOfWork, *, kept_id: PersonId, twin_id: PersonId) -> None:
    """Give the ways in and the consent of one account to another; its sessions end, a shell stays.

    The caller holds the locks of both and has moved what other folders keep.
    """
    twin = person(uow, person_id=twin_id)
    kept = person(uow, person_id=kept_id)
    for model in (IdentityRow, ConsentRow):
        uow.session.execute(update(model).where(model.person_id == twin_id).values(person_id=kept_id))
    better = max(kept.assurance, twin.assurance, key=list(Assurance).index)
    change_person(uow, kept_id, assurance=better, home_id=kept.home_id or twin.home_id)
    change_person(uow, twin_id, assurance=Assurance.VISITOR, home_id=None)
    confirm(uow, person_id=kept_id)
    for way in identities_of(uow, person_id=kept_id):
        uow.record(IdentityLinked(person_id=kept_id, provider=way.provider, subject=way.subject))
    uow.audit("people_merged", actor=kept_id, subject=f"person:{twin_id}")


def replace_email(uow: UnitOfWork, *, person_id: PersonId, address: str) -> None:
    """Let this address, just proved, be the person's only one. Raises: IdentityTaken."""
    # The key decides, not a look before: two people may prove one shared address at once.
    link_identity(uow, person_id=person_id, provider=EMAIL, subject=address)
    owner = person_by_identity(uow, provider=EMAIL, subject=address)
    if owner is None or owner.id != person_id:
        raise IdentityTaken
    former = (IdentityRow.person_id == person_id, IdentityRow.provider == EMAIL)
    uow.session.execute(delete(IdentityRow).where(*former, IdentityRow.subject != address))
    mark_reachable(uow, provider=EMAIL, subject=address)


def mark_unreachable(uow: UnitOfWork, *, provider: str, subject: str) -> None:
    """The messenger says for good that this account cannot be written to."""
    uow.session.execute(
        update(IdentityRow)
        .where(IdentityRow.provider == provider, IdentityRow.subject == subject)
        .values(unreachable_at=uow.now)
    )


def mark_reachable(uow: UnitOfWork, *, provider: str, subject: str) -> None:
    """The account wrote to us, so it can be written to."""
    uow.session.execute(
        update(IdentityRow)
        .where(
            IdentityRow.provider == provider,
            IdentityRow.subject == subject,
            IdentityRow.unreachable_at.is_not(None),
        )
        .values(unreachable_at=None)
    )


@reached(Actor.CITIZEN, Door.BOT, Door.WEB, closed={Door.API: OWN_SCREENS})
def settle(uow: UnitOfWork, *, person_id: PersonId, home_id: TerritoryId) -> None:
    """Say where a person lives."""
    change_person(uow, person_id, home_id=home_id)


@reached(Actor.CITIZEN, Door.BOT, Door.WEB, closed={Door.API: OWN_SCREENS})
def choose_language(uow: UnitOfWork, *, person_id: PersonId, language: Language) -> None:
    """Say which language a person reads."""
    change_person(uow, person_id, language=language)


@reached(Actor.CITIZEN, Door.BOT, Door.WEB, closed={Door.API: OWN_SCREENS})
def rename(uow: UnitOfWork, *, person_id: PersonId, display_name: str) -> None:
    """Change the name that others see. Raises: Empty, TooLong."""
    change_person(uow, person_id, display_name=checked_text(display_name, limit=NAME_LIMIT))


def publish_consent_document(uow: UnitOfWork, *, kind: str, version: int, text_ru: str, text_en: str) -> bool:
    """Publish a version of a consent text; False if this version is there already (it never changes)."""
    values = {
        "kind": kind,
        "version": version,
        "text_ru": text_ru,
        "text_en": text_en,
        "published_at": uow.now,
    }
    return uow.insert_new(ConsentDocumentRow, values, conflict=("kind", "version"))


@reached(Actor.CITIZEN, Door.BOT, Door.WEB, Door.CLI, closed={Door.API: ON_A_SCREEN})
def give_consent(uow: UnitOfWork, *, person_id: PersonId, kind: str = PERSONAL_DATA) -> None:
    """The person agrees to the newest version; a visitor becomes registered, or verified if proved."""
    current = current_consent(uow, person_id=person_id, kind=kind)
    if current.given:
        return
    uow.session.add(
        ConsentRow(id=new_id(), person_id=person_id, kind=kind, version=current.version, given_at=uow.now)
    )
    if person(uow, person_id=person_id).assurance is Assurance.VISITOR:
        change_person(uow, person_id, assurance=Assurance.REGISTERED)
        confirm(uow, person_id=person_id)
    uow.audit(f"consent_given:{kind}:{current.version}", actor=person_id, subject=f"person:{person_id}")


@reached(Actor.CITIZEN, Door.BOT, Door.WEB, closed={Door.API: ON_A_SCREEN})
def withdraw_consent(uow: UnitOfWork, *, person_id: PersonId, kind: str = PERSONAL_DATA) -> None:
    """The person takes the consent back; from now on they read only. Ballots keep counting."""
    uow.session.execute(
        update(ConsentRow)
        .where(ConsentRow.person_id == person_id, ConsentRow.kind == kind, ConsentRow.withdrawn_at.is_(None))
        .values(withdrawn_at=uow.now)
    )
    if person(uow, person_id=person_id).assurance in {Assurance.REGISTERED, Assurance.VERIFIED}:
        change_person(uow, person_id, assurance=Assurance.VISITOR)
    uow.audit(f"consent_withdrawn:{kind}", actor=person_id, subject=f"person:{person_id}")


def require_consent(uow: UnitOfWork, *, person_id: PersonId) -> Person:
    """The person, if their data may be kept. Raises: ConsentNeeded, UnknownPerson.

    Held against a merge until the commit: whoever was merged away a moment ago has no consent.
    """
    held = uow.first(_HELD, person_id=person_id)
    return consenting(None if held is None else as_person(*held))


def consenting(found: Person | None) -> Person:
    """The person that was found, if their data may be kept. Raises: UnknownPerson, ConsentNeeded."""
    if found is None:
        raise UnknownPerson
    if found.assurance is Assurance.VISITOR:
        raise ConsentNeeded
    return found


def change_person(uow: UnitOfWork, person_id: PersonId, **values: object) -> None:
    """Write these columns of the person's row. Raises: UnknownPerson."""
    if uow.changed(update(PersonRow).where(PersonRow.id == person_id).values(**values)) != 1:
        raise UnknownPerson
