"""Makes accounts of given roles and prints how to sign in as them.

`./run accounts citizen official` makes two new people of the town; `--demo` gives new one-time links to the
people of the synthetic town. `token` is a session for `Authorization: Bearer` and for the cookie `session`;
`link` signs a browser in, once, within ten minutes.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import NamedTuple

from app import demo
from app.processes import migrate
from app.schema import at_newest_step
from app.settings import Settings
from app.supervisor.instance import read_address
from app.wiring import open_database
from core.identity import (
    Role,
    create_person,
    give_consent,
    grant_role,
    issue_sign_in_link,
    open_session,
)
from core.shared.ids import PersonId, TerritoryId
from core.store import Database, UnitOfWork
from core.territories import UnknownTerritory, territories, territory_by_slug

_ROLES = ("visitor", "citizen", *Role)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A person with the ways in; `token` is empty when only links were asked for."""

    id: str
    name: str
    role: str
    token: str
    link: str


class _Somebody(NamedTuple):
    person_id: PersonId
    name: str
    role: str


def main(settings: Settings, arguments: Sequence[str]) -> int:
    """Run `./run accounts`; returns the exit code."""
    parser = argparse.ArgumentParser(prog="./run accounts", description=__doc__)
    parser.add_argument("roles", nargs="*", choices=[[], *_ROLES], metavar="ROLE", help=", ".join(_ROLES))
    parser.add_argument("--territory", default=demo.TOWN, metavar="SLUG", help="where the roles are granted")
    parser.add_argument("--demo", action="store_true", help="the people of the synthetic town")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--links-only", action="store_true", help="no tokens: open no sessions")
    options = parser.parse_args(arguments)
    if not options.roles and not options.demo:
        parser.error("name at least one role, or --demo")
    database = open_database(settings)
    try:
        if not at_newest_step(database):
            migrate.main(settings)
        address = read_address(settings.var) or settings.public_url
        people = _demo_people(database) if options.demo else []
        people += _new_people(database, options.roles, slug=options.territory)
        accounts = [_with_ways_in(database, address, each, tokens=not options.links_only) for each in people]
    except UnknownTerritory:
        known = ", ".join(place.slug for place in database.read(territories))
        parser.error(
            f"there is no territory {options.territory!r}; "
            + (f"name one by --territory: {known}" if known else "load some by ./run territories FILE.csv")
        )
    finally:
        database.close()
    _print(accounts, as_json=options.json)
    return 0


def _demo_people(database: Database) -> list[_Somebody]:
    return [
        _Somebody(database.read(demo.demo_person, key=each.key).id, each.name, each.role or "citizen")
        for each in demo.PEOPLE
    ]


def _new_people(database: Database, roles: Sequence[str], *, slug: str) -> list[_Somebody]:
    if not roles:
        return []
    town = database.read(territory_by_slug, slug=slug).id
    named = [(f"{role.capitalize()} {number}", role) for number, role in enumerate(roles, start=1)]
    return [
        _Somebody(database.run(_settle, name=name, role=role, territory_id=town), name, role)
        for name, role in named
    ]


def _settle(uow: UnitOfWork, *, name: str, role: str, territory_id: TerritoryId) -> PersonId:
    person = create_person(uow, display_name=name, home_id=territory_id)
    if role != "visitor":
        give_consent(uow, person_id=person.id)
    if role in set(Role):
        grant_role(uow, person_id=person.id, role=Role(role), territory_id=territory_id)
    return person.id


def _with_ways_in(database: Database, address: str, somebody: _Somebody, *, tokens: bool) -> Account:
    person = somebody.person_id
    token = database.run(open_session, person_id=person, label="./run accounts").token if tokens else ""
    link = f"{address}/in/{database.run(issue_sign_in_link, person_id=person)}"
    return Account(id=person, name=somebody.name, role=somebody.role, token=token, link=link)


def _print(accounts: Sequence[Account], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps({"accounts": [asdict(account) for account in accounts]}, ensure_ascii=False))
        return
    for account in accounts:
        print(f"{account.name}, {account.role}\n  link  {account.link}")
        if account.token:
            print(f"  token {account.token}")
