"""A small town for tests: builders that hide what does not matter and show what does."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Self

from core.identity import (
    PERSONAL_DATA,
    Assurance,
    Role,
    create_person,
    give_consent,
    grant_role,
    publish_consent_document,
)
from core.polls import BallotDoor, Poll, Receipt, Tally, cast_ballot, open_poll, poll, tally
from core.shared.clock import ManualClock
from core.shared.ids import PersonId
from core.store import Database, UnitOfWork
from core.territories import Territory, TerritoryKind, add_territory, load_reference

ANNA = "Анна Петрова"
BORIS = "Борис Ким"
IVANOV = "Иван Иванов"
SMIRNOVA = "Мария Смирнова"
OLEG = "Олег Кузнецов"
VERA = "Вера Орлова"


@dataclass(slots=True)
class Town:
    """Заречный with two citizens, two officials, a moderator and an analyst, by their names."""

    database: Database
    clock: ManualClock
    territory: Territory
    people: dict[str, PersonId] = field(default_factory=dict)

    @classmethod
    def found(cls, database: Database, clock: ManualClock) -> Self:
        """Build the town in an empty database."""
        with database.transaction() as uow:
            load_reference(uow)
            publish_consent_document(
                uow, kind=PERSONAL_DATA, version=1, text_ru="Согласие", text_en="Consent"
            )
            add_territory(
                uow,
                kind=TerritoryKind.REGION,
                oktmo="99000000",
                slug="krai",
                name_ru="Синтетический край",
                name_en="Synthetic Krai",
                synthetic=True,
            )
            territory = add_territory(
                uow,
                kind=TerritoryKind.MUNICIPALITY,
                oktmo="99701000",
                slug="zarechny",
                name_ru="Заречный",
                name_en="Zarechny",
                parent_oktmo="99000000",
                synthetic=True,
            )
            town = cls(database=database, clock=clock, territory=territory)
            town._settle_people(uow)
        return town

    def _settle_people(self, uow: UnitOfWork) -> None:
        roles = {IVANOV: Role.OFFICIAL, SMIRNOVA: Role.OFFICIAL, OLEG: Role.MODERATOR, VERA: Role.ANALYST}
        for name in (ANNA, BORIS, *roles):
            made = create_person(
                uow, display_name=name, assurance=Assurance.VISITOR, home_id=self.territory.id
            )
            self.people[name] = made.id
            give_consent(uow, person_id=made.id)
            if name in roles:
                grant_role(uow, person_id=made.id, role=roles[name], territory_id=self.territory.id)

    def newcomer(self, name: str, *, consents: bool = True) -> PersonId:
        """One more resident."""
        with self.database.transaction() as uow:
            made = create_person(uow, display_name=name, home_id=self.territory.id)
            if consents:
                give_consent(uow, person_id=made.id)
        self.people[name] = made.id
        return made.id

    def open_poll(
        self,
        question: str = "Парк или парковка?",
        *options: str,
        closes_in: timedelta = timedelta(days=3),
    ) -> Poll:
        """A poll opened by the moderator."""
        poll_id = self.database.run(
            open_poll,
            territory_id=self.territory.id,
            opened_by=self.people[OLEG],
            question=question,
            options=options or ("Парк", "Парковка"),
            closes_at=self.clock.now() + closes_in,
        )
        return self.database.read(poll, poll_id=poll_id)

    def vote(self, who: str, on: Poll, text: str, *, door: BallotDoor = "web") -> Receipt:
        """A vote for the option with this text."""
        option_id = next(option.id for option in on.options if option.text == text)
        return self.database.run(
            cast_ballot, poll_id=on.id, person_id=self.people[who], option_id=option_id, door=door
        )

    def tally(self, on: Poll) -> dict[str, int]:
        """Votes by the text of the option."""
        found: Tally = self.database.read(tally, poll_id=on.id)
        votes = dict(found.counts)
        return {option.text: votes[option.id] for option in on.options}
