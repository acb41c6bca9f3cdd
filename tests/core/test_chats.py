"""The web chat: what is written is kept and reaches the bot once; what the bot shows is shown once."""

from datetime import timedelta

import pytest

from core.chats import (
    UnknownChat,
    chat_stream,
    commands,
    edit_in_web_chat,
    keep_carrier_file,
    native_message_id,
    number_message,
    open_chat,
    open_web_chat,
    press_in_web_chat,
    prune_carrier_files,
    save_dialogue,
    show_in_web_chat,
    talk,
    write_in_web_chat,
)
from core.store import events_after, waiting_updates
from tests.town import ANNA, BORIS, Town


def test_a_message_is_in_the_transcript_and_in_the_inbox_once(town: Town) -> None:
    chat = town.database.run(open_web_chat, person_id=town.people[ANNA])

    for _ in range(3):
        town.database.run(
            write_in_web_chat,
            chat_id=chat.id,
            person_id=town.people[ANNA],
            client_id="1",
            text="Привет",
        )

    waiting = town.database.read(waiting_updates, carriers=["web"])
    assert [update.payload["text"] for update in waiting] == ["Привет"]
    events = town.database.read(events_after, stream=chat_stream(chat.id), seq=0)
    assert [event.body["text"] for event in events] == ["Привет"]


def test_a_chat_that_goes_to_another_person_takes_no_draft_along(town: Town) -> None:
    chat = town.database.run(open_chat, carrier="telegram", native_id="100", person_id=town.people[ANNA])
    town.database.run(save_dialogue, chat_id=chat.id, state="writing", data={"draft": "Сосед шумит"})

    again = town.database.run(open_chat, carrier="telegram", native_id="100", person_id=town.people[BORIS])

    assert (again.id, again.person_id) == (chat.id, town.people[BORIS])
    left = town.database.read(talk, chat_id=chat.id)[1]
    assert (left.state, left.data) == (None, {})


def test_nobody_writes_or_presses_in_the_chat_of_another(town: Town) -> None:
    chat = town.database.run(open_web_chat, person_id=town.people[ANNA])
    stranger = town.people[BORIS]

    with pytest.raises(UnknownChat):
        town.database.run(
            write_in_web_chat, chat_id=chat.id, person_id=stranger, client_id="1", text="Привет"
        )
    with pytest.raises(UnknownChat):
        town.database.run(
            press_in_web_chat, chat_id=chat.id, person_id=stranger, client_id="2", of=1, data="x"
        )

    assert town.database.read(waiting_updates, carriers=["web"]) == []


def test_a_screen_shown_again_is_one_message_and_an_edit_rewrites_it(town: Town) -> None:
    chat = town.database.run(open_web_chat, person_id=town.people[ANNA])
    for _ in range(2):
        town.database.run(show_in_web_chat, chat_id=chat.id, client_id="1:0", body={"text": "Меню"})

    town.database.run(edit_in_web_chat, chat_id=chat.id, seq=1, body={"text": "Готово"})
    unchanged = town.database.run(edit_in_web_chat, chat_id=chat.id, seq=1, body={"text": "Готово"})

    events = town.database.read(events_after, stream=chat_stream(chat.id), seq=0)
    assert [(event.kind, event.body["text"]) for event in events] == [
        ("message", "Готово"),
        ("edit", "Готово"),
    ]
    assert unchanged is None


def test_a_dialogue_is_where_it_was(town: Town) -> None:
    chat = town.database.run(open_chat, carrier="telegram", native_id="100", person_id=town.people[ANNA])

    town.database.run(save_dialogue, chat_id=chat.id, state="direct_line:where", data={"text": "Яма"})

    _, kept = town.database.read(talk, chat_id=chat.id)
    assert (kept.state, kept.data) == ("direct_line:where", {"text": "Яма"})


def test_names_of_messages_and_files_do_not_pile_up(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "KEPT_NUMBERS", 3)
    chat = town.database.run(open_chat, carrier="max", native_id="5", person_id=town.people[ANNA])
    for number in range(1, 8):
        town.database.run(number_message, chat_id=chat.id, native_id=f"mid.{number}")
    town.database.run(keep_carrier_file, carrier="max", key="a" * 64, native_id="token")

    kept = [town.database.read(native_message_id, chat_id=chat.id, local_id=number) for number in range(1, 8)]
    town.clock.advance(timedelta(days=91))

    assert kept == [None, None, None, "mid.4", "mid.5", "mid.6", "mid.7"]
    assert town.database.run(number_message, chat_id=chat.id, native_id="mid.2") == 8
    assert town.database.run(prune_carrier_files) == 1


def test_messages_named_by_strings_get_numbers_that_stay(town: Town) -> None:
    chat = town.database.run(open_chat, carrier="max", native_id="5", person_id=town.people[ANNA])

    numbers = [
        town.database.run(number_message, chat_id=chat.id, native_id=name)
        for name in ("mid.a", "mid.b", "mid.a")
    ]

    assert numbers == [1, 2, 1]
