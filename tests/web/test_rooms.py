"""A room without scripts: read, written, answered, signed, changed, moderated by links and forms alone."""

import pytest

from core.contact import send_message
from core.identity import viewer_of
from core.rooms import Post, mark_read, open_territory_room, post_message, set_slow_mode
from core.shared.ids import RoomId, new_id
from tests.town import ANNA, BORIS, IVANOV, OLEG, Town
from tests.web.browser_twin import Browser, words_of


@pytest.fixture
def room(town: Town) -> RoomId:
    """The room of the town with a question in it."""
    room_id = town.database.run(open_territory_room, territory_id=town.territory.id, title="Обсуждение")
    say(town, room_id, ANNA, "Когда включат воду?")
    return room_id


def say(town: Town, room_id: RoomId, who: str, text: str) -> int:
    """A message past the browser; its number."""
    viewer = town.database.read(viewer_of, person_id=town.people[who])
    return town.database.run(
        post_message, Post(room_id=room_id, sender=viewer, client_id=new_id(), text=text)
    ).seq


async def test_the_short_address_of_a_territory_leads_to_its_room(anybody: Browser, room: RoomId) -> None:
    home = await anybody.get("/t/zarechny")
    answer = await anybody.get("/t/zarechny/room")

    assert answer.headers["location"] == f"/rooms/{room}"
    assert "Анна Петрова: Когда включат воду?" in words_of(home)


async def test_the_first_visit_opens_the_room_of_a_territory(anybody: Browser) -> None:
    address = (await anybody.get("/t/krai/room")).headers["location"]

    page = await anybody.get(address)

    assert "Здесь пока никто не говорил" in words_of(page)
    assert (await anybody.get("/t/krai/room")).headers["location"] == address


async def test_an_official_answers_with_a_badge_and_the_question_above(
    anybody: Browser, room: RoomId
) -> None:
    anybody.sign_in_as(IVANOV)
    about = await anybody.get(f"/rooms/{room}?reply=1")

    await anybody.submit(f"/rooms/{room}/messages", text="К 18:00", reply_to="1", client_id="client-01")
    await anybody.submit(f"/rooms/{room}/messages", text="К 18:00", reply_to="1", client_id="client-01")
    page = words_of(await anybody.get(f"/rooms/{room}"))

    assert "Анна Петрова: Когда включат воду?" in words_of(about)
    assert page.count("Анна Петрова Когда включат воду? К 18:00") == 1
    seen_by_others = words_of(await anybody.sign_in_as(BORIS).get(f"/rooms/{room}"))
    assert "Иван Иванов администрация Анна Петрова Когда включат воду? К 18:00" in seen_by_others


async def test_a_newcomer_writes_first_and_is_asked_for_a_name_and_consent_then(
    anybody: Browser, room: RoomId
) -> None:
    asked = await anybody.submit(f"/rooms/{room}/messages", text="И у нас нет воды")
    sent = await anybody.submit(f"/rooms/{room}/messages", text="И у нас нет воды", agree="yes", name="Пётр")
    page = await anybody.get(sent.headers["location"].partition("#")[0])

    assert "Один шаг до сообщения" in words_of(asked)
    assert "И у нас нет воды" in words_of(asked)
    assert "И у нас нет воды" in words_of(page)
    assert 'data-name="Пётр"' in page.text


async def test_signs_changes_and_deletion_are_buttons_of_a_form(anybody: Browser, room: RoomId) -> None:
    anybody.sign_in_as(ANNA)
    await anybody.submit(f"/rooms/{room}/act", do="sign:1:idea")
    signed = await anybody.get(f"/rooms/{room}")
    changing = await anybody.get(f"/rooms/{room}?edit=1")
    await anybody.submit(f"/rooms/{room}/messages", text="Когда включат горячую воду?", of="1")
    changed = words_of(await anybody.get(f"/rooms/{room}"))
    await anybody.submit(f"/rooms/{room}/act", do="unsign:1:idea")
    await anybody.submit(f"/rooms/{room}/act", do="delete:1")
    deleted = await anybody.get(f"/rooms/{room}")

    assert 'value="unsign:1:idea"' in signed.text
    assert "Вы меняете своё сообщение" in words_of(changing)
    assert "Когда включат горячую воду? изменено" in changed
    assert "Удалено автором" in words_of(deleted)
    assert "горячую" not in deleted.text


async def test_a_refusal_keeps_what_was_written(anybody: Browser, town: Town, room: RoomId) -> None:
    town.database.run(set_slow_mode, person_id=town.people[OLEG], room_id=room, pause_s=60)
    anybody.sign_in_as(ANNA)

    first = await anybody.submit(f"/rooms/{room}/messages", text="Раз")
    second = await anybody.submit(f"/rooms/{room}/messages", text="Длинная мысль")

    assert (first.status_code, second.status_code) == (302, 503)
    assert "медленный режим" in words_of(second).lower()
    assert ">Длинная мысль</textarea>" in second.text


async def test_the_past_is_read_in_parts_and_from_where_one_stopped(
    anybody: Browser, town: Town, room: RoomId
) -> None:
    for number in range(2, 121):
        say(town, room, BORIS, f"Слово {number};")
    town.database.run(mark_read, room_id=room, person_id=town.people[ANNA], seq=10)
    anybody.sign_in_as(ANNA)

    newest = await anybody.get(f"/rooms/{room}")
    older = await anybody.get(f"/rooms/{room}?before=71")
    unread = await anybody.get(f"/rooms/{room}?since=11")
    await anybody.submit(f"/rooms/{room}/read", seq="120")
    caught_up = await anybody.get(f"/rooms/{room}")

    assert "Слово 120;" in newest.text
    assert "Слово 70;" not in newest.text
    assert "Продолжить с непрочитанного 110" in words_of(newest)
    assert "Слово 70;" in older.text
    assert "Слово 71;" not in older.text
    assert "Новое Борис Ким Слово 11;" in words_of(unread)
    assert "Слово 61;" not in unread.text
    assert "Дальше" in words_of(unread)
    assert "Продолжить с непрочитанного" not in words_of(caught_up)


async def test_a_moderator_has_the_controls_in_place(anybody: Browser, town: Town, room: RoomId) -> None:
    poll = town.open_poll()
    citizen = words_of(await anybody.sign_in_as(ANNA).get(f"/rooms/{room}"))
    anybody.sign_in_as(OLEG)

    await anybody.submit(f"/rooms/{room}/slow-mode", pause="30")
    await anybody.submit(f"/rooms/{room}/poll", poll=poll.id, client_id="poll-0001")
    page = await anybody.get(f"/rooms/{room}")
    voted = await anybody.submit(
        f"/polls/{poll.id}/ballot", option=poll.options[0].id, next=f"/rooms/{room}#m3"
    )

    assert "Задать темп" not in citizen
    assert "Медленный режим: одно сообщение в 30 с" in words_of(page)
    assert "Парк или парковка? Парк 0 % · 0 голосов" in words_of(page)
    assert voted.headers["location"] == f"/rooms/{room}#m3"
    assert town.tally(poll) == {"Парк": 1, "Парковка": 0}


async def test_a_conversation_with_the_authority_has_no_page_of_a_room(anybody: Browser, town: Town) -> None:
    sent = town.database.run(
        send_message,
        citizen_id=town.people[ANNA],
        territory_id=town.territory.id,
        text="Яма",
        client_id="client-1",
    )

    page = await anybody.sign_in_as(ANNA).get(f"/rooms/{sent.room_id}")

    assert page.status_code == 404
