"""The web chat without scripts: start, write, press, come back to the same place."""

from core.chats import chats_of, show_in_web_chat
from core.store import waiting_updates
from tests.town import ANNA, BORIS, Town
from tests.web.browser_twin import Browser, words_of


async def test_a_newcomer_sees_where_to_press(anybody: Browser) -> None:
    page = words_of(await anybody.get("/chat"))

    assert "Регистрация не нужна. Старт" in page


async def test_start_makes_a_person_and_says_the_first_word_to_the_bot(anybody: Browser, town: Town) -> None:
    page = await anybody.submit("/chat/start")

    assert page.status_code == 200
    assert "session" in anybody.client.cookies
    (waiting,) = town.database.read(waiting_updates, carriers=["web"], limit=10)
    assert waiting.payload["text"] == "/start"


async def test_a_draft_from_the_home_page_survives_the_start(anybody: Browser) -> None:
    welcome = await anybody.submit("/chat", draft="На Ленина, 12 яма")
    chat = await anybody.submit("/chat/start", draft="На Ленина, 12 яма")

    assert "На Ленина, 12 яма" in words_of(welcome)
    assert ">На Ленина, 12 яма</textarea>" in chat.text


async def test_the_chat_shows_what_was_said_and_the_buttons_under_it(anybody: Browser, town: Town) -> None:
    anybody.sign_in_as(ANNA)
    await anybody.submit("/chat/start")
    (chat,) = town.database.read(chats_of, person_id=town.people[ANNA])
    town.database.run(
        show_in_web_chat,
        chat_id=chat.id,
        client_id="screen-1",
        body={"text": "Тема: Дороги. Верно?", "buttons": [[{"text": "Да", "data": "yes"}]]},
    )

    page = await anybody.get("/chat")

    assert "Тема: Дороги. Верно?" in words_of(page)
    assert 'value="2:yes">Да</button>' in page.text


async def test_a_pressed_button_reaches_the_bot(anybody: Browser, town: Town) -> None:
    anybody.sign_in_as(ANNA)
    await anybody.submit("/chat/start")
    (chat,) = town.database.read(chats_of, person_id=town.people[ANNA])

    await anybody.submit("/chat/press", chat=chat.id, press="2:yes", client_id="press-0001")

    _, press = town.database.read(waiting_updates, carriers=["web"], limit=10)
    assert press.payload == {"kind": "press", "seq": 2, "data": "yes"}


async def test_nobody_writes_into_somebody_elses_chat(anybody: Browser, town: Town) -> None:
    await anybody.sign_in_as(ANNA).submit("/chat/start")
    (chat,) = town.database.read(chats_of, person_id=town.people[ANNA])

    page = await anybody.sign_in_as(BORIS).submit("/chat/messages", chat=chat.id, text="Привет")

    assert page.status_code == 404
