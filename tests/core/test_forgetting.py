"""A forgotten person: nothing of them is left anywhere, and what counts goes on counting."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from core.chats import chats_of, open_chat, open_web_chat, write_in_web_chat
from core.contact import conversation, send_message
from core.files import KeptContent, keep_content
from core.identity import (
    UnknownPerson,
    identities_of,
    issue_sign_in_link,
    link_identity,
    nobody_name,
    person,
    sign_in,
    viewer_of,
    viewer_of_token,
)
from core.personal import OfficialsStay, forget_person
from core.rooms import Post, Sender, open_territory_room, post_message, put_sign, stream_of
from core.shared.ids import PersonId, RoomId, new_id
from core.store import Database, events_after
from tests.town import ANNA, BORIS, IVANOV, Town

PHOTO = b"\x89PNG\r\n\x1a\n" + b"Anna at home"
# Words that only Anna has said or is known by.
HERS = ("Анна", "777001", "Меня не слышат", "В чате с ботом")


def everything(database: Database) -> str:
    """Every row of every table as text."""
    names = inspect(database.engine).get_table_names()
    with database.reading() as reading:
        rows = [
            [_as_text(value) for value in row]
            for name in names
            for row in reading.session.execute(text(f"SELECT * FROM {name}"))  # noqa: S608 - our own names
        ]
    return "\n".join(" ".join(row) for row in rows)


def _as_text(value: object) -> str:
    # SQLite gives JSON as it is written, with escapes.
    if isinstance(value, str) and value.startswith("{"):
        value = json.loads(value)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else str(value)


def lives_here(town: Town, folder: Path) -> tuple[RoomId, str]:
    """Anna writes to the authority, in the room and to the bot; the room of the territory, her photo."""
    anna, run = town.people[ANNA], town.database.run
    link_identity_of = {"provider": "telegram", "subject": "777001"}
    run(link_identity, person_id=anna, **link_identity_of)
    run(open_chat, carrier="telegram", native_id="777001", person_id=anna)
    chat = run(open_web_chat, person_id=anna)
    key = keep_content(folder, PHOTO)
    photo = KeptContent(key=key, media_type="image/png", size_bytes=len(PHOTO))
    run(
        write_in_web_chat,
        chat_id=chat.id,
        person_id=anna,
        client_id=new_id(),
        text="В чате с ботом",
        file=photo,
    )
    run(
        send_message,
        citizen_id=anna,
        territory_id=town.territory.id,
        text="Яма",
        client_id=new_id(),
        file=photo,
    )
    room_id = run(open_territory_room, territory_id=town.territory.id, title="Разговор")
    sender = Sender(id=anna, name=ANNA, side="citizen")
    run(post_message, Post(room_id=room_id, sender=sender, client_id=new_id(), text="Меня не слышат"))
    run(put_sign, person_id=anna, room_id=room_id, seq=1, reaction="thanks")
    return room_id, key


def test_nothing_of_a_forgotten_person_is_left_and_what_counts_counts(town: Town, tmp_path: Path) -> None:
    poll = town.open_poll("Парк или парковка?", "Парк", "Парковка")
    town.vote(ANNA, poll, "Парк")
    anna = town.people[ANNA]
    room_id, key = lives_here(town, tmp_path)
    session = town.database.run(sign_in, token=town.database.run(issue_sign_in_link, person_id=anna))

    orphans = town.database.run(forget_person, person_id=anna)

    left = everything(town.database)
    assert [words for words in HERS if words in left] == []
    assert orphans == [key]
    assert town.tally(poll) == {"Парк": 1, "Парковка": 0}
    assert town.database.read(identities_of, person_id=anna) == []
    assert town.database.read(person, person_id=anna).display_name == nobody_name()
    assert town.database.read(viewer_of_token, token=session.token).person is None
    (said, told) = town.database.read(events_after, stream=stream_of(room_id), seq=0)
    assert (said.body["deleted"], told.kind) == ("author", "delete")


def test_the_authority_keeps_the_conversation_without_the_name(town: Town, tmp_path: Path) -> None:
    anna = town.people[ANNA]
    lives_here(town, tmp_path)
    official = town.database.read(viewer_of, person_id=town.people[IVANOV])
    with town.database.reading() as reading:
        (found,) = reading.session.execute(text("SELECT id FROM conversation")).scalars()

    town.database.run(forget_person, person_id=anna)

    kept = town.database.read(conversation, viewer=official, conversation_id=found)
    (event,) = town.database.read(events_after, stream=stream_of(kept.room_id), seq=0)
    assert (event.body["text"], event.body["name"], "photo" in event.body) == (
        "Яма",
        nobody_name(),
        False,
    )


def test_an_official_stays_and_others_are_not_touched(town: Town) -> None:
    with pytest.raises(OfficialsStay):
        town.database.run(forget_person, person_id=town.people[IVANOV])
    with pytest.raises(UnknownPerson):
        town.database.run(forget_person, person_id=PersonId(new_id()))

    town.database.run(forget_person, person_id=town.people[ANNA])

    assert town.database.read(person, person_id=town.people[BORIS]).display_name == BORIS
    assert town.database.read(chats_of, person_id=town.people[BORIS]) == []
