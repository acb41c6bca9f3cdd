"""Roles: who may give which where, what is taken at once, what is written down."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
from sqlalchemy import text

from core.identity import (
    Action,
    Assurance,
    LastAdministrator,
    NotInService,
    OwnRole,
    Role,
    UnknownPerson,
    create_person,
    give_consent,
    grant_role,
    link_identity,
    may,
    person_at_address,
    person_to_appoint,
    residents_called,
    revoke_role,
    roles_of,
    viewer_of,
)
from core.shared.errors import Forbidden
from core.shared.ids import PersonId, TerritoryId
from core.store import waiting_facts
from core.territories import TerritoryKind, add_territory, ancestry, territories
from tests.town import ANNA, BORIS, IVANOV, Town


@dataclass(frozen=True, slots=True)
class Authority:
    """The town with two administrators, one of the region's, and somebody of the neighbouring town."""

    town: Town
    belov: PersonId
    chief: PersonId
    governor: PersonId
    neighbour: PersonId
    region: TerritoryId
    ozersk: TerritoryId

    def give(self, giver: PersonId | None, whom: PersonId, role: Role, place: TerritoryId) -> None:
        """One administrator gives a role."""
        self.town.database.run(grant_role, person_id=whom, role=role, territory_id=place, granted_by=giver)

    def take(self, taker: PersonId | None, whom: PersonId, role: Role, place: TerritoryId) -> bool:
        """One administrator takes a role."""
        return self.town.database.run(
            revoke_role, person_id=whom, role=role, territory_id=place, revoked_by=taker
        )

    def answers(self, whom: PersonId) -> bool:
        """Whether somebody may answer the town's citizens."""
        viewer = self.town.database.read(viewer_of, person_id=whom)
        within = self.town.database.read(ancestry, territory_id=self.town.territory.id)
        return may(viewer, Action.ANSWER_CITIZENS, within=within)


@pytest.fixture
def authority(town: Town) -> Authority:
    region = next(place.id for place in town.database.read(territories) if place.kind is TerritoryKind.REGION)
    with town.database.transaction() as uow:
        ozersk = add_territory(
            uow,
            kind=TerritoryKind.MUNICIPALITY,
            oktmo="99702000",
            slug="ozersk",
            name_ru="Озёрск",
            name_en="Ozersk",
            parent_oktmo="99000000",
        ).id
        made = {}
        for name, place in (("Белов", town.territory.id), ("Чиф", town.territory.id), ("Глеб", region)):
            made[name] = create_person(uow, display_name=name, home_id=ozersk).id
            grant_role(uow, person_id=made[name], role=Role.ADMINISTRATOR, territory_id=place)
        made["Зоя"] = create_person(uow, display_name="Зоя Соседова", home_id=ozersk).id
        give_consent(uow, person_id=made["Зоя"])
    return Authority(town, made["Белов"], made["Чиф"], made["Глеб"], made["Зоя"], region, ozersk)


def test_a_role_is_given_and_taken_and_both_are_written_down(authority: Authority) -> None:
    town, belov = authority.town, authority.belov
    anna, place = town.people[ANNA], town.territory.id

    authority.give(belov, anna, Role.OFFICIAL, place)
    authority.give(belov, anna, Role.OFFICIAL, place)
    answered, held = authority.answers(anna), town.database.read(roles_of, person_id=anna)
    assert authority.take(belov, anna, Role.OFFICIAL, place)
    assert not authority.take(belov, anna, Role.OFFICIAL, place)

    assert (answered, authority.answers(anna)) == (True, False)
    assert [(one.grant.role, one.granted_by) for one in held] == [(Role.OFFICIAL, belov)]
    left = town.database.read(viewer_of, person_id=anna).person
    assert left is not None
    assert left.assurance is Assurance.REGISTERED
    with town.database.transaction() as uow:
        audited = uow.session.execute(
            text("SELECT action, actor, subject FROM audit WHERE actor = :who ORDER BY id"), {"who": belov}
        ).all()
    assert audited == [
        ("role_granted:official", belov, f"person:{anna}:{place}"),
        ("role_taken:official", belov, f"person:{anna}:{place}"),
    ]
    # What makes open pages and sockets look at the rights anew: once for each of the two.
    facts = [one.recorded.fact for one in town.database.read(waiting_facts)]
    assert [fact.kind for fact in facts if getattr(fact, "person_id", "") == anna].count("RolesChanged") == 2


def test_nobody_gives_more_than_they_have(authority: Authority) -> None:
    town = authority.town
    anna, ivanov, place = town.people[ANNA], town.people[IVANOV], town.territory.id

    for giver, whom, role, where, refusal in (
        (ivanov, anna, Role.OFFICIAL, place, Forbidden),
        (anna, anna, Role.OFFICIAL, place, Forbidden),
        (authority.belov, anna, Role.ANALYST, authority.region, Forbidden),
        (authority.belov, anna, Role.ANALYST, authority.ozersk, Forbidden),
        (authority.belov, anna, Role.ANALYST, TerritoryId("nowhere"), Forbidden),
        (authority.belov, authority.belov, Role.OFFICIAL, place, OwnRole),
        # Neither lives nor works here: as somebody who does not exist.
        (authority.belov, authority.neighbour, Role.OFFICIAL, place, UnknownPerson),
        (authority.belov, PersonId("nobody"), Role.OFFICIAL, place, UnknownPerson),
        # Whoever may not give is not told who exists.
        (ivanov, PersonId("nobody"), Role.OFFICIAL, place, Forbidden),
    ):
        with pytest.raises(refusal):
            authority.give(giver, whom, role, where)
    with pytest.raises(Forbidden):
        authority.take(authority.belov, authority.governor, Role.ADMINISTRATOR, authority.region)

    authority.give(authority.governor, authority.neighbour, Role.OFFICIAL, authority.region)
    assert authority.answers(authority.neighbour)
    viewer = town.database.read(viewer_of, person_id=authority.belov)
    with pytest.raises(UnknownPerson):
        town.database.read(person_to_appoint, giver=viewer, person_id=authority.neighbour)


def test_a_right_for_one_service_gives_roles_in_that_service_only(authority: Authority) -> None:
    town, anna, place = authority.town, authority.town.people[ANNA], authority.town.territory.id
    boris = town.people[BORIS]
    town.database.run(
        grant_role,
        person_id=boris,
        role=Role.ADMINISTRATOR,
        territory_id=place,
        service="direct_line",
    )

    for service in (None, "active_citizen"):
        with pytest.raises(Forbidden):
            town.database.run(
                grant_role,
                person_id=anna,
                role=Role.OFFICIAL,
                territory_id=place,
                service=service,
                granted_by=boris,
            )
    town.database.run(
        grant_role,
        person_id=anna,
        role=Role.OFFICIAL,
        territory_id=place,
        service="direct_line",
        granted_by=boris,
    )
    assert authority.answers(anna)
    for role, service in ((Role.ANALYST, "direct_line"), (Role.OFFICIAL, "nothing")):
        with pytest.raises(NotInService):
            town.database.run(
                grant_role, person_id=anna, role=role, territory_id=place, service=service, granted_by=None
            )


def test_whoever_names_the_proved_address_appoints_somebody_of_elsewhere(authority: Authority) -> None:
    town, neighbour, place = authority.town, authority.neighbour, authority.town.territory.id
    guest = town.newcomer("Гость", consents=False)
    addresses = {
        neighbour: "zoya@example.org",
        guest: "guest@example.org",
        town.people[BORIS]: "kim@example.org",
    }
    for person_id, address in addresses.items():
        town.database.run(link_identity, person_id=person_id, provider="email", subject=address)

    def give(address: str | None, giver: PersonId = authority.belov) -> None:
        town.database.run(
            grant_role,
            person_id=neighbour,
            role=Role.OFFICIAL,
            territory_id=place,
            granted_by=giver,
            address=address,
        )

    found = [
        town.database.read(person_at_address, text=text)
        for text in ("Zoya@example.org ", "zoya@example", "zoya", "guest@example.org")
    ]
    for other in (None, "", "guest@example.org", "kim@example.org", "oya@example.org"):
        with pytest.raises(UnknownPerson):
            give(other)
    with pytest.raises(Forbidden):
        give("zoya@example.org", town.people[IVANOV])
    give("zoya@example.org")

    assert [None if one is None else one.id for one in found] == [neighbour, None, None, None]
    assert authority.answers(neighbour)


def test_the_last_right_to_give_roles_is_not_taken_from_oneself(authority: Authority) -> None:
    place = authority.town.territory.id

    with pytest.raises(LastAdministrator):
        authority.take(authority.belov, authority.belov, Role.ADMINISTRATOR, place)
    authority.give(authority.governor, authority.belov, Role.ADMINISTRATOR, authority.region)

    assert authority.take(authority.belov, authority.belov, Role.ADMINISTRATOR, place)


def test_of_two_administrators_who_take_each_others_role_one_stays(authority: Authority) -> None:
    place = authority.town.territory.id
    pairs = [(authority.belov, authority.chief), (authority.chief, authority.belov)]

    def take(pair: tuple[PersonId, PersonId]) -> bool:
        try:
            return authority.take(pair[0], pair[1], Role.ADMINISTRATOR, place)
        except Forbidden:
            return False

    with ThreadPoolExecutor(2) as both:
        assert sorted(both.map(take, pairs)) == [False, True]


def test_residents_are_found_by_words_of_their_name_whatever_the_case(authority: Authority) -> None:
    town = authority.town
    town.newcomer("Пётр Ёлкин-Белый")
    town.newcomer("Пётр Гость", consents=False)

    def found(name: str) -> list[str]:
        places = [town.territory.id]
        people = town.database.read(residents_called, territory_ids=places, text=name, limit=3)
        return [one.display_name for one in people]

    for asked in ("петр белый", "ПЁТР ЁЛ", "елкин пётр", "ёлкин-бел"):
        assert found(asked) == ["Пётр Ёлкин-Белый"]
    assert [found("Соседова"), found("100%"), found("_")] == [[], [], []]
    assert len(found("а")) == 3
