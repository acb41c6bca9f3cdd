"""The synthetic town that an embedded instance shows at its first start."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from core.duty import Step, set_chain
from core.identity import (
    Person,
    Role,
    create_person,
    give_consent,
    grant_role,
    link_identity,
    person_by_identity,
)
from core.polls import open_poll, recent_polls
from core.shared.ids import PersonId, TerritoryId
from core.store import Database, Reading, UnitOfWork
from core.territories import TerritoryKind, add_territory, territory_by_slug

PROVIDER = "demo"
TOWN = "zarechny"
COUNTRY = "99999999"


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """One of the people of the town; ``role`` None is a citizen."""

    key: str
    name: str
    position: str
    role: Role | None


PEOPLE = (
    DemoPerson("citizen", "Анна Петрова", "", None),
    DemoPerson("head", "Николай Соколов", "глава города", Role.HEAD),
    DemoPerson("official", "Иван Иванов", "управление дорог", Role.OFFICIAL),
    DemoPerson("deputy", "Мария Смирнова", "заместитель главы", Role.OFFICIAL),
    DemoPerson("moderator", "Олег Кузнецов", "", Role.MODERATOR),
    DemoPerson("analyst", "Вера Орлова", "отдел экономики", Role.ANALYST),
    DemoPerson("administrator", "Пётр Белов", "администрация", Role.ADMINISTRATOR),
)


def found_town(uow: UnitOfWork) -> TerritoryId:
    """Put the synthetic country, region, towns and people into the database; again changes nothing."""
    add_territory(
        uow,
        kind=TerritoryKind.COUNTRY,
        oktmo=COUNTRY,
        slug="strana",
        name_ru="Синтетическая страна",
        name_en="Synthetic Country",
        synthetic=True,
    )
    add_territory(
        uow,
        kind=TerritoryKind.REGION,
        parent_oktmo=COUNTRY,
        oktmo="99000000",
        slug="krai",
        name_ru="Синтетический край",
        name_en="Synthetic Krai",
        synthetic=True,
    )
    towns = (
        ("99701000", TOWN, "Заречный", "Zarechny"),
        ("99702000", "verkhnee", "Верхнее", "Verkhneye"),
        ("99703000", "ozersk", "Озёрск", "Ozersk"),
    )
    for oktmo, slug, name_ru, name_en in towns:
        add_territory(
            uow,
            kind=TerritoryKind.MUNICIPALITY,
            oktmo=oktmo,
            slug=slug,
            name_ru=name_ru,
            name_en=name_en,
            parent_oktmo="99000000",
            synthetic=True,
        )
    town = territory_by_slug(uow, slug=TOWN)
    is_new = person_by_identity(uow, provider=PROVIDER, subject="administrator") is None
    people = {somebody.key: _settle(uow, somebody, town.id) for somebody in PEOPLE}
    if is_new:
        # Later it is the administrator's: a chain that was taken off stays off.
        _put_on_duty(uow, people, town.id)
    return town.id


def first_poll(database: Database) -> None:
    """Open a poll in the town if it has never had one."""
    town = database.read(territory_by_slug, slug=TOWN)
    if database.read(recent_polls, territory_ids=[town.id], limit=1).items:
        return
    moderator = database.read(demo_person, key="moderator")
    database.run(
        open_poll,
        territory_id=town.id,
        opened_by=moderator.id,
        question="Что построить на пустыре у реки?",
        options=["Парк с детской площадкой", "Парковку на 120 мест", "Спортивную площадку"],
        details="Участок 1,4 га у набережной. Итог учтут в плане благоустройства на следующий год.",
        closes_at=database.clock.now() + timedelta(days=14),
    )


def demo_person(reading: Reading, *, key: str) -> Person:
    """One of ``PEOPLE`` by key. Raises: LookupError if the town has not been founded."""
    found = person_by_identity(reading, provider=PROVIDER, subject=key)
    if found is None:
        raise LookupError(f"the synthetic town has no {key!r}: start an embedded instance first")
    return found


def _put_on_duty(uow: UnitOfWork, people: Mapping[str, PersonId], town_id: TerritoryId) -> None:
    """Whom to call when nobody takes an alert: the official, the deputy, the head; twice."""
    steps = [
        Step(person_id=people[key], after_minutes=minutes)
        for key, minutes in (("official", 30), ("deputy", 30), ("head", 60))
    ]
    set_chain(uow, territory_id=town_id, steps=steps, repeats=1, set_by=people["administrator"])


def _settle(uow: UnitOfWork, somebody: DemoPerson, town_id: TerritoryId) -> PersonId:
    known = person_by_identity(uow, provider=PROVIDER, subject=somebody.key)
    if known is not None:
        return known.id
    made = create_person(uow, display_name=somebody.name, position=somebody.position, home_id=town_id)
    link_identity(uow, person_id=made.id, provider=PROVIDER, subject=somebody.key)
    give_consent(uow, person_id=made.id)
    if somebody.role is not None:
        grant_role(uow, person_id=made.id, role=somebody.role, territory_id=town_id)
    return made.id
