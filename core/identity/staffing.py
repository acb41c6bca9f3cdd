"""What whoever gives roles asks about people: who has which, and whom a name may mean."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select

from core.identity.errors import NotAnAddress, UnknownPerson
from core.identity.model import PersonRow, RoleGrantRow
from core.identity.people import EMAIL
from core.identity.queries import PERSON, as_person, lives_in, person_by_identity, viewer_of
from core.identity.rules import Action, Assurance, Grant, Person, Role, Viewer, checked_address, giving, may
from core.shared.ids import PersonId, TerritoryId
from core.store import Reading
from core.territories import ancestry

# Four words are a full name with its title; more of them only cost time.
MOST_WORDS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldRole:
    """A role that somebody has, since when, and who gave it (None: the operator)."""

    grant: Grant
    granted_at: datetime
    granted_by: PersonId | None


def is_known_to(reading: Reading, giver: Viewer, somebody: Viewer, *, address: str | None = None) -> bool:
    """Whether somebody who has given consent lives, or has a role, where the giver gives roles.

    Of somebody else the giver names the very address of electronic mail that the person has proved.
    """
    named = None if address is None else person_at_address(reading, text=address)
    if named is not None and named.id == somebody.person_id and giving(giver):
        return True
    places = {grant.territory_id for grant in somebody.grants}
    if somebody.is_at_least(Assurance.REGISTERED) and somebody.person and somebody.person.home_id:
        places.add(somebody.person.home_id)
    return any(
        may(giver, Action.GRANT_ROLES, within=ancestry(reading, territory_id=place)) for place in places
    )


def person_at_address(reading: Reading, *, text: str) -> Person | None:
    """Whoever has given consent and proved this very address of electronic mail, wherever they live."""
    try:
        address = checked_address(text)
    except NotAnAddress:
        return None
    found = person_by_identity(reading, provider=EMAIL, subject=address)
    if found is None or not Viewer(person=found).is_at_least(Assurance.REGISTERED):
        return None
    return found


def person_to_appoint(
    reading: Reading, *, giver: Viewer, person_id: PersonId, address: str | None = None
) -> Viewer:
    """Somebody with their roles, as whoever gives roles sees them.

    Raises: UnknownPerson, also if they are none of the giver's business (``is_known_to``).
    """
    found = viewer_of(reading, person_id=person_id)
    if not is_known_to(reading, giver, found, address=address):
        raise UnknownPerson
    return found


def roles_of(reading: Reading, *, person_id: PersonId) -> list[HeldRole]:
    """The roles that a person has, the oldest first."""
    rows = reading.session.execute(
        select(RoleGrantRow)
        .where(RoleGrantRow.person_id == person_id, RoleGrantRow.revoked_at.is_(None))
        .order_by(RoleGrantRow.granted_at, RoleGrantRow.id)
    ).scalars()
    return [
        HeldRole(
            grant=Grant(role=Role(row.role), territory_id=TerritoryId(row.territory_id), service=row.service),
            granted_at=row.granted_at,
            granted_by=None if row.granted_by is None else PersonId(row.granted_by),
        )
        for row in rows
    ]


def residents_called(
    reading: Reading, *, territory_ids: Collection[TerritoryId], text: str, limit: int
) -> list[Person]:
    """People who live in these territories and have given consent, whose name has all the words, by name."""
    words = text.split()[:MOST_WORDS]
    has_all = [
        or_(*(PersonRow.display_name.contains(spelt, autoescape=True) for spelt in spellings(word)))
        for word in words
    ]
    rows = reading.session.execute(
        select(*PERSON)
        .where(lives_in(territory_ids), *has_all)
        .order_by(PersonRow.display_name, PersonRow.id)
        .limit(limit)
    )
    return [as_person(*row) for row in rows.tuples()]


def spellings(word: str) -> list[str]:
    """The ways in which a word may stand in a name: SQLite compares Cyrillic letters by case only.

    A Russian word has at most one ё, which is always stressed, and it is often written as е.

    >>> spellings("петр")
    ['петр', 'Петр', 'ПЕТР', 'пётр', 'Пётр', 'ПЁТР']
    """
    plain = word.casefold().replace("ё", "е")
    dotted = [plain[:at] + "ё" + plain[at + 1 :] for at, letter in enumerate(plain) if letter == "е"]
    return [spelt for form in (plain, *dotted) for spelt in (form, form.title(), form.upper())]
