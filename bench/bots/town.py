"""A town with residents who tap: its database, and the updates that their fingers make."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from core.chats import open_chat
from core.identity import (
    PERSONAL_DATA,
    Role,
    create_person,
    give_consent,
    grant_role,
    link_identity,
    publish_consent_document,
)
from core.polls import open_poll, poll
from core.schema import metadata
from core.shared.ids import OptionId, PersonId, PollId, TerritoryId
from core.store import Database, UnitOfWork
from core.territories import TerritoryKind, add_territory, load_reference
from messengers import Action, ButtonCodec, Open, Place, Vote

SECRET = "a secret of the benchmark that is long enough"  # noqa: S105 - signs buttons of a thrown-away town
RESIDENTS = 200
FIRST_USER = 100_000


@dataclass(slots=True)
class BenchTown:
    """The town and the taps of its people."""

    database: Database
    territory_id: TerritoryId
    poll_id: PollId
    options: Sequence[OptionId]
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    codec: ButtonCodec = field(default_factory=lambda: ButtonCodec(SECRET))

    def tap(self, user: int, action: Action) -> dict[str, Any]:
        """A tap of one resident as Telegram sends it."""
        number = next(self.numbers)
        person = {"id": FIRST_USER + user, "is_bot": False, "first_name": "Анна", "language_code": "ru"}
        chat = {"id": FIRST_USER + user, "type": "private", "first_name": "Анна"}
        message = {"message_id": 5, "date": 1_800_000_000, "chat": chat, "text": "—"}
        query = {
            "id": str(number),
            "from": person,
            "chat_instance": "1",
            "message": message,
            "data": self.codec.encode(action),
        }
        return {"update_id": number, "callback_query": query}

    def navigation(self, count: int) -> list[dict[str, Any]]:
        """People who look around."""
        places = (Place.MENU, Place.POLLS, Place.ACCOUNT, Place.NOTICES, Place.INDICATORS)
        return [
            self.tap(number % RESIDENTS, Open(places[number // RESIDENTS % len(places)]))
            for number in range(count)
        ]

    def votes(self, count: int) -> list[dict[str, Any]]:
        """People who vote and think again: every one of these changes a ballot."""
        return [
            self.tap(
                number % RESIDENTS,
                Vote(self.poll_id, self.options[number // RESIDENTS % len(self.options)]),
            )
            for number in range(count)
        ]

    def mix(self, count: int) -> list[dict[str, Any]]:
        """80 % navigation, 20 % votes."""
        looking, voting = iter(self.navigation(count)), iter(self.votes(count))
        return [next(voting) if number % 5 == 4 else next(looking) for number in range(count)]


def found_town(folder: Path, name: str) -> BenchTown:
    """A fresh town in a SQLite file."""
    database = Database(f"sqlite:///{folder / name}")
    metadata().create_all(database.engine)
    territory_id, poll_id = database.run(_settle)
    options = [option.id for option in database.read(poll, poll_id=poll_id).options]
    return BenchTown(database=database, territory_id=territory_id, poll_id=poll_id, options=options)


def _settle(uow: UnitOfWork) -> tuple[TerritoryId, PollId]:
    load_reference(uow)
    publish_consent_document(uow, kind=PERSONAL_DATA, version=1, text_ru="Согласие", text_en="Consent")
    place = add_territory(
        uow,
        kind=TerritoryKind.MUNICIPALITY,
        oktmo="99701000",
        slug="zarechny",
        name_ru="Заречный",
        name_en="Zarechny",
        synthetic=True,
    )
    for number in range(RESIDENTS):
        resident(uow, number, place.id)
    moderator = create_person(uow, display_name="Модератор", home_id=place.id)
    grant_role(uow, person_id=moderator.id, role=Role.MODERATOR, territory_id=place.id)
    poll_id = open_poll(
        uow,
        territory_id=place.id,
        opened_by=moderator.id,
        question="Парк или парковка?",
        options=["Парк", "Парковка"],
        closes_at=uow.now + timedelta(days=3),
    )
    return place.id, poll_id


def resident(uow: UnitOfWork, number: int, home_id: TerritoryId) -> PersonId:
    """Somebody who lives here, has consented and talks to us in Telegram."""
    made = create_person(uow, display_name=f"Житель {number}", home_id=home_id)
    give_consent(uow, person_id=made.id)
    subject = str(FIRST_USER + number)
    link_identity(uow, person_id=made.id, provider="telegram", subject=subject)
    open_chat(uow, carrier="telegram", native_id=subject, person_id=made.id)
    return made.id
