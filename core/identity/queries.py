"""Questions about persons and viewers."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, bindparam, func, select

from core.identity.errors import UnknownPerson
from core.identity.model import (
    ConsentDocumentRow,
    ConsentRow,
    IdentityRow,
    PersonRow,
    RoleGrantRow,
    SessionRow,
)
from core.identity.rules import (
    ANONYMOUS,
    POLICY,
    SERVICE_OF,
    Action,
    Assurance,
    Grant,
    Identity,
    OpenSession,
    Person,
    Role,
    Viewer,
    may,
    token_digest,
)
from core.shared.errors import Forbidden
from core.shared.ids import PersonId, SessionId, TerritoryId
from core.shared.language import as_language
from core.store import PreparedQuery, Reading, once_a_view, one_of
from core.territories import ancestry


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentState:
    """The newest text of a consent and whether the person's consent to it stands."""

    kind: str
    version: int
    text_ru: str
    text_en: str
    given: bool


# A person as ``as_person`` reads one.
PERSON = (
    PersonRow.id,
    PersonRow.display_name,
    PersonRow.position,
    PersonRow.assurance,
    PersonRow.language,
    PersonRow.home_id,
)
_PEOPLE = PreparedQuery(select(*PERSON).where(one_of(PersonRow.id, "ids")))
_BEHIND = PreparedQuery(
    select(*PERSON, IdentityRow.unreachable_at)
    .join(IdentityRow, IdentityRow.person_id == PersonRow.id)
    .where(IdentityRow.provider == bindparam("provider"), IdentityRow.subject == bindparam("subject"))
)
_WAYS_IN = PreparedQuery(
    select(
        IdentityRow.person_id,
        IdentityRow.provider,
        IdentityRow.subject,
        IdentityRow.linked_at,
        IdentityRow.unreachable_at,
    )
    .where(one_of(IdentityRow.person_id, "ids"))
    .order_by(IdentityRow.linked_at)
)
_GRANTS = PreparedQuery(
    select(RoleGrantRow.person_id, RoleGrantRow.role, RoleGrantRow.territory_id, RoleGrantRow.service)
    .where(one_of(RoleGrantRow.person_id, "ids"), RoleGrantRow.revoked_at.is_(None))
    .order_by(RoleGrantRow.id)
)
_DOCUMENT = PreparedQuery(
    select(ConsentDocumentRow.version, ConsentDocumentRow.text_ru, ConsentDocumentRow.text_en)
    .where(ConsentDocumentRow.kind == bindparam("kind"))
    .order_by(ConsentDocumentRow.version.desc())
    .limit(1)
)
_CONSENT = PreparedQuery(
    select(ConsentRow.id).where(
        ConsentRow.person_id == bindparam("person_id"),
        ConsentRow.kind == bindparam("kind"),
        ConsentRow.version == bindparam("version"),
        ConsentRow.withdrawn_at.is_(None),
    )
)


def as_person(
    person_id: str, display_name: str, position: str, assurance: str, language: str, home_id: str | None
) -> Person:
    """The columns of ``PERSON`` as a value that may leave the folder."""
    return Person(
        id=PersonId(person_id),
        display_name=display_name,
        position=position,
        assurance=Assurance(assurance),
        language=as_language(language),
        home_id=None if home_id is None else TerritoryId(home_id),
    )


def person(reading: Reading, *, person_id: PersonId) -> Person:
    """One person. Raises: UnknownPerson."""
    found = people(reading, person_ids=[person_id]).get(person_id)
    if found is None:
        raise UnknownPerson
    return found


def people(reading: Reading, *, person_ids: Collection[PersonId]) -> dict[PersonId, Person]:
    """Several persons at once, by id."""
    return {PersonId(row[0]): as_person(*row) for row in reading.rows(_PEOPLE, ids=person_ids)}


def person_by_identity(reading: Reading, *, provider: str, subject: str) -> Person | None:
    """The person behind a messenger account."""
    row = reading.first(_BEHIND, provider=provider, subject=subject)
    return None if row is None else as_person(*row[:-1])


def viewer_by_identity(reading: Reading, *, provider: str, subject: str) -> tuple[Viewer, bool] | None:
    """The person behind a messenger account as a viewer, and whether the account can be written to."""
    row = reading.first(_BEHIND, provider=provider, subject=subject)
    if row is None:
        return None
    found = as_person(*row[:-1])
    grants = _grants(reading, [found.id]).get(found.id, ())
    return Viewer(person=found, grants=tuple(grants)), row[-1] is None


def is_signed_in(reading: Reading, *, person_id: PersonId, provider: str, subject: str) -> bool:
    """Whether this messenger account leads to the person who is signed in already."""
    owner = person_by_identity(reading, provider=provider, subject=subject)
    return owner is not None and owner.id == person_id


def identities_of(reading: Reading, *, person_id: PersonId) -> list[Identity]:
    """All ways in of a person, oldest first."""
    return identities_of_many(reading, person_ids=[person_id]).get(person_id, [])


def viewer_of(reading: Reading, *, person_id: PersonId) -> Viewer:
    """The person as a viewer, with roles. Raises: UnknownPerson."""
    found = viewers_of(reading, person_ids=[person_id]).get(person_id)
    if found is None:
        raise UnknownPerson
    return found


def viewers_of(reading: Reading, *, person_ids: Collection[PersonId]) -> dict[PersonId, Viewer]:
    """Several persons as viewers, by id; those that there are."""
    grants = _grants(reading, person_ids)
    return {
        person_id: Viewer(person=found, grants=tuple(grants.get(person_id, ())))
        for person_id, found in people(reading, person_ids=person_ids).items()
    }


def _grants(reading: Reading, person_ids: Collection[PersonId]) -> dict[str, list[Grant]]:
    grants: dict[str, list[Grant]] = {}
    for person_id, role, territory_id, service in reading.rows(_GRANTS, ids=person_ids):
        grant = Grant(role=Role(role), territory_id=TerritoryId(territory_id), service=service)
        grants.setdefault(person_id, []).append(grant)
    return grants


def viewer_of_token(reading: Reading, *, token: str | None) -> Viewer:
    """Whoever shows this session token; nobody in particular if it is unknown, ended or too old."""
    return viewers_of_tokens(reading, tokens=[token])[0] if token else ANONYMOUS


def viewers_of_tokens(reading: Reading, *, tokens: Sequence[str]) -> list[Viewer]:
    """Whoever shows each of these session tokens, as ``viewer_of_token``; three queries for all."""
    digests = [token_digest(token) for token in tokens]
    rows = reading.session.execute(
        select(SessionRow.id, SessionRow.person_id).where(
            SessionRow.id.in_(digests), SessionRow.revoked_at.is_(None), SessionRow.expires_at > reading.now
        )
    ).tuples()
    owners = {digest: PersonId(person_id) for digest, person_id in rows}
    viewers = viewers_of(reading, person_ids=set(owners.values())) if owners else {}
    return [
        replace(viewers[owners[digest]], session_id=SessionId(digest))
        if digest in owners and owners[digest] in viewers
        else ANONYMOUS
        for digest in digests
    ]


def sessions_alive(reading: Reading, *, session_ids: Collection[SessionId]) -> set[SessionId]:
    """Which of these sessions still stand; a hub asks after it has lost its link to the others."""
    rows = reading.session.execute(
        select(SessionRow.id).where(
            SessionRow.id.in_(session_ids),
            SessionRow.revoked_at.is_(None),
            SessionRow.expires_at > reading.now,
        )
    ).scalars()
    return {SessionId(row) for row in rows}


def sessions_of(reading: Reading, *, person_id: PersonId) -> list[OpenSession]:
    """A person's open sessions, newest first."""
    rows = reading.session.execute(
        select(SessionRow)
        .where(
            SessionRow.person_id == person_id,
            SessionRow.revoked_at.is_(None),
            SessionRow.expires_at > reading.now,
        )
        .order_by(SessionRow.created_at.desc())
    ).scalars()
    return [OpenSession(id=SessionId(row.id), label=row.label, created_at=row.created_at) for row in rows]


def people_who_may(reading: Reading, *, action: Action, territory_id: TerritoryId) -> list[Person]:
    """Everybody whose role lets them do this in the territory, by name."""
    roles = [role for role, actions in POLICY.items() if action in actions]
    service = SERVICE_OF[action]
    rows = reading.session.execute(
        select(*PERSON)
        .join(RoleGrantRow, RoleGrantRow.person_id == PersonRow.id)
        .where(
            RoleGrantRow.revoked_at.is_(None),
            RoleGrantRow.role.in_(roles),
            RoleGrantRow.territory_id.in_(ancestry(reading, territory_id=territory_id)),
            RoleGrantRow.service.is_(None) | (RoleGrantRow.service == service),
        )
        .distinct()
        .order_by(PersonRow.display_name)
    )
    return [as_person(*row) for row in rows.tuples()]


def staff(reading: Reading) -> list[Viewer]:
    """Everybody who has a role in an authority, with their roles, by name."""
    held = select(RoleGrantRow.person_id).where(RoleGrantRow.revoked_at.is_(None))
    rows = reading.session.execute(
        select(PersonRow.id).where(PersonRow.id.in_(held)).order_by(PersonRow.display_name, PersonRow.id)
    ).scalars()
    ids = [PersonId(row) for row in rows]
    found = viewers_of(reading, person_ids=ids)
    return [found[one] for one in ids if one in found]


def residents(
    reading: Reading, *, territory_ids: Collection[TerritoryId], after: str = "", limit: int
) -> list[PersonId]:
    """People who live in these territories and have let us keep their data, by id, beyond ``after``."""
    rows = reading.session.execute(
        select(PersonRow.id)
        .where(lives_in(territory_ids), PersonRow.id > after)
        .order_by(PersonRow.id)
        .limit(limit)
    ).scalars()
    return [PersonId(row) for row in rows]


def count_residents(reading: Reading, *, territory_ids: Collection[TerritoryId]) -> int:
    """How many ``residents`` there are."""
    return reading.session.execute(select(func.count()).where(lives_in(territory_ids))).scalar_one()


def lives_in(territory_ids: Collection[TerritoryId]) -> ColumnElement[bool]:
    """Of a person's row: a resident of one of these territories, who has given consent."""
    # A visitor has given no consent: nobody writes to them of their own accord.
    return PersonRow.home_id.in_(territory_ids) & (PersonRow.assurance != Assurance.VISITOR)


def identities_of_many(
    reading: Reading, *, person_ids: Collection[PersonId]
) -> dict[PersonId, list[Identity]]:
    """All ways in of several persons, oldest first; whoever has none is left out."""
    found: dict[PersonId, list[Identity]] = {}
    for person_id, provider, subject, linked_at, unreachable_at in reading.rows(_WAYS_IN, ids=person_ids):
        way = Identity(
            provider=provider, subject=subject, linked_at=linked_at, reachable=unreachable_at is None
        )
        found.setdefault(PersonId(person_id), []).append(way)
    return found


def current_consent(reading: Reading, *, person_id: PersonId | None, kind: str) -> ConsentState:
    """The newest text and whether the person agreed to it. Raises: LookupError if none is published."""
    version, text_ru, text_en = _newest_document(reading, kind=kind)
    given = reading.first(_CONSENT, person_id=person_id, kind=kind, version=version)
    return ConsentState(kind=kind, version=version, text_ru=text_ru, text_en=text_en, given=given is not None)


@once_a_view
def _newest_document(reading: Reading, *, kind: str) -> tuple[int, str, str]:
    document = reading.first(_DOCUMENT, kind=kind)
    if document is None:
        raise LookupError(f"no consent document of kind {kind!r} is published")
    return document


def require_right(
    reading: Reading, *, person_id: PersonId, action: Action, territory_id: TerritoryId
) -> Person:
    """The person, if a role lets them do this in the territory. Raises: Forbidden, UnknownPerson.

    Asked inside the transaction of the act, so a role lost a moment ago is lost.
    """
    viewer = viewer_of(reading, person_id=person_id)
    if viewer.person is None or not may(viewer, action, within=ancestry(reading, territory_id=territory_id)):
        raise Forbidden
    return viewer.person
