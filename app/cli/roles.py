"""Shows who has which role where; gives and takes one past the console, where nobody can do so to themselves.

`./run roles` lists; `./run roles give official "Анна Петрова" --territory zarechny` and `./run roles take …`
change; `--service direct_line` limits the role to one service. A person is named by id, by the address of
electronic mail that they have proved, or by a name that only one resident or colleague has.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from app.processes import migrate
from app.schema import at_newest_step
from app.settings import Settings
from app.wiring import open_database
from core.identity import (
    Person,
    Role,
    grant_role,
    people,
    person_at_address,
    residents_called,
    revoke_role,
    staff,
)
from core.shared.errors import DomainError
from core.shared.ids import PersonId
from core.store import Database, Reading
from core.territories import territories, territory_by_slug

# How many of one name are told of.
MOST_NAMESAKES = 5


class _SeveralPeople(Exception):
    """The name fits nobody or several; `args` are those whom it fits."""


def main(settings: Settings, arguments: Sequence[str]) -> int:
    """Run `./run roles`; returns the exit code."""
    parser = argparse.ArgumentParser(prog="./run roles", description=__doc__)
    parser.add_argument("do", nargs="?", choices=["list", "give", "take"], default="list")
    parser.add_argument("role", nargs="?", choices=list(Role))
    parser.add_argument("person", nargs="?", metavar="PERSON", help="an id, an address or a name")
    parser.add_argument("--territory", metavar="SLUG", help="where the role holds, and below it")
    parser.add_argument("--service", metavar="CODE", help="the one service that the role is for")
    options = parser.parse_args(arguments)
    if options.do != "list" and not (options.role and options.person and options.territory):
        parser.error("name the role, the person and --territory")
    database = open_database(settings)
    try:
        if not at_newest_step(database):
            migrate.main(settings)
        if options.do != "list":
            _change(database, options)
        _print(database)
    except _SeveralPeople as several:
        sys.stderr.write(f"{options.person!r} is no one person; name an id:\n")
        sys.stderr.writelines(f"  {one.id}  {one.display_name}\n" for one in several.args)
        return 1
    except DomainError as refusal:
        sys.stderr.write(refusal.sentence("ru") + "\n")
        return 1
    finally:
        database.close()
    return 0


def _change(database: Database, options: argparse.Namespace) -> None:
    person_id = database.read(_who, text=options.person)
    place = database.read(territory_by_slug, slug=options.territory).id
    command = grant_role if options.do == "give" else revoke_role
    role, service = Role(options.role), options.service
    database.run(command, person_id=person_id, role=role, territory_id=place, service=service)


def _who(reading: Reading, *, text: str) -> PersonId:
    """Raises: _SeveralPeople for a name that is not one person's."""
    if people(reading, person_ids=[PersonId(text)]):
        return PersonId(text)
    at_address = person_at_address(reading, text=text)
    if at_address is not None:
        return at_address.id
    everywhere = [place.id for place in territories(reading)]
    residents = residents_called(reading, territory_ids=everywhere, text=text, limit=MOST_NAMESAKES)
    members = [one.person for one in staff(reading) if one.person and one.person.display_name == text]
    found: dict[PersonId, Person] = {one.id: one for one in [*residents, *members]}
    if len(found) != 1:
        raise _SeveralPeople(*found.values())
    return next(iter(found))


def _print(database: Database) -> None:
    names = {place.id: place.slug for place in database.read(territories)}
    for one in database.read(staff):
        for grant in one.grants:
            name = one.person.display_name if one.person else ""
            service = f"  {grant.service}" if grant.service else ""
            sys.stdout.write(
                f"{one.person_id}  {grant.role:14}{names[grant.territory_id]:20}  {name}{service}\n"
            )
