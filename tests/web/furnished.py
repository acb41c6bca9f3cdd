"""A town with one of each thing, for the tests that walk the authorisation table."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from core.alerts import Severity, evaluate_release, make_silence, rules_in
from core.chats import open_web_chat
from core.commitments import make_commitment
from core.contact import send_message
from core.delivery import EventKind, propose_broadcast
from core.identity import viewer_of
from core.indicators import NewValue, Period, record_release
from core.rooms import Post, create_room, open_territory_room, post_message, put_sign
from core.scenarios import run_at_work
from core.shared.clock import ManualClock
from core.shared.ids import AlertId, PersonId, RoomId
from core.spaces import SpaceKind, create_space, join_space
from core.store import Database
from core.territories import Territory
from tests.town import ANNA, IVANOV, SMIRNOVA, Town
from tests.web.boards import ADDRESS, charts_of, give_dashboard
from tests.web.figures import publish_unemployment, the_open_alert, watch_unemployment
from tests.web.mails import leave_token
from tests.web.scenario import computed_run
from tests.web.uploads import begun_cycle, checked_upload

SECRET_WORDS = "Собираемся в подвале"


@dataclass(frozen=True)
class Furnished:
    """A SQLite file of a furnished town, made once and copied for every test."""

    path: Path
    territory: Territory
    people: Mapping[str, PersonId]
    things: Mapping[str, str]

    @classmethod
    def at(cls, path: Path, clock: ManualClock, *, with_secret: bool) -> "Furnished":
        """Furnish the empty database at `path`, with or without the room that Anna alone may know of."""
        database = Database(f"sqlite:///{path}", clock=clock)
        town = Town.found(database, clock)
        things = furnish(town)
        if with_secret:
            things["room"] = open_secret_room(town)
            things["stream"] = f"room:{things['room']}"
        # The last connection to close puts everything into the one file.
        database.close()
        return cls(path=path, territory=town.territory, people=town.people, things=things)

    def town_in(self, database: Database, clock: ManualClock) -> Town:
        """The town in a copy of the file."""
        return Town(database, clock, self.territory, dict(self.people))


def furnish(town: Town) -> dict[str, str]:
    """A poll, Anna's conversation and chat, an alert, the room of the town; their ids by name."""
    poll = town.open_poll()
    watch_unemployment(town)
    publish_unemployment(town, 6.0, 6.9)
    sent = town.database.run(
        send_message,
        citizen_id=town.people[ANNA],
        territory_id=town.territory.id,
        text="Яма",
        client_id="client-1",
    )
    chat = town.database.run(open_web_chat, person_id=town.people[ANNA])
    room = town.database.run(open_territory_room, territory_id=town.territory.id, title="Обсуждение")
    say(town, room, "Добрый день")
    town.newcomer("Гость", consents=False)
    run = computed_run(town)
    dashboard = give_dashboard(town, code="UNEMP")
    things = {
        "dashboard": dashboard,
        "chart": charts_of(town, dashboard)[0],
        "run": run,
        "model": town.database.read(run_at_work, run_id=run).model.id,
        "poll": poll.id,
        "option": poll.options[0].id,
        "conversation": sent.conversation_id,
        "number": sent.number,
        "chat": chat.id,
        "alert": the_open_alert(town),
        "official": town.people[IVANOV],
        "silence": town.database.run(
            make_silence,
            made_by=town.people[IVANOV],
            until=date(2027, 4, 1),
            reason="Ждём",
            rubric="poverty",
        ).id,
        "colleague": town.people[SMIRNOVA],
        "rule": town.database.read(rules_in, territory_ids=[town.territory.id])[0].id,
        "broadcast": town.database.run(
            propose_broadcast,
            territory_id=town.territory.id,
            created_by=town.people[SMIRNOVA],
            event=EventKind.NEWS,
            title="Отключение воды",
            text="12 марта",
        ),
        "territory": town.territory.id,
        "room": room,
    }
    things["cycle"] = begun_cycle(town)
    things["upload"] = checked_upload(town)
    things["promised_alert"] = _promised_alert(town)
    things["mail"] = leave_token(town, things["broadcast"])
    return things | {
        "poll_id": things["poll"],
        "conversation_id": things["conversation"],
        "alert_id": things["alert"],
        "rule_id": things["rule"],
        "silence_id": things["silence"],
        "run_id": run,
        "model_id": things["model"],
        "stream": f"chat:{things['chat']}",
        "slug": "zarechny",
        "address": ADDRESS,
        "code": "UNEMP",
    }


def _promised_alert(town: Town) -> AlertId:
    """Another alert, for which an official has promised a measure."""
    watch_unemployment(town, severity=Severity.CRITICAL)
    row = NewValue(
        indicator="UNEMP",
        territory_id=town.territory.id,
        period=Period.parse("2026"),
        value=7.1,
        source="Росстат",
    )
    recorded = town.database.run(
        record_release, source="later.csv", digest="1" * 64, title="Тест", values=[row], recorded_by=None
    )
    (alert_id,) = town.database.run(evaluate_release, vintage=recorded.release.vintage)
    town.database.run(
        make_commitment,
        alert_id=alert_id,
        person_id=town.people[IVANOV],
        measure="Ярмарка вакансий",
        due=town.clock.now().date() + timedelta(days=30),
    )
    return alert_id


def open_secret_room(town: Town) -> RoomId:
    """A room that Anna alone may know of, with words, a sign and a title."""
    with town.database.transaction() as uow:
        space_id = create_space(uow, kind=SpaceKind.SECRET, territory_id=town.territory.id)
        join_space(uow, space_id=space_id, person_id=town.people[ANNA])
        room_id = create_room(uow, space_id=space_id, title="Тайный двор")
    say(town, room_id, SECRET_WORDS)
    town.database.run(put_sign, person_id=town.people[ANNA], room_id=room_id, seq=1, reaction="support")
    return room_id


def say(town: Town, room_id: RoomId, text: str) -> None:
    """A message of Anna's."""
    anna = town.database.read(viewer_of, person_id=town.people[ANNA])
    town.database.run(post_message, Post(room_id=room_id, sender=anna, client_id="furnished-1", text=text))
