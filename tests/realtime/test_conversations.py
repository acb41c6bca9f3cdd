"""The message path through the hub: who says what where, and who gets it."""

import pytest

from app.tour.live_client import Refused
from core.store import waiting_updates
from tests.realtime.live_town import LiveTown
from tests.town import ANNA, BORIS, IVANOV


async def test_a_citizens_message_reaches_the_official_and_the_answer_comes_back(live: LiveTown) -> None:
    sent = live.writes_to_authority(ANNA, "Яма на Ленина, 12")
    room = f"room:{sent.room_id}"

    async with live.connect(ANNA) as anna, live.connect(IVANOV) as ivanov:
        await anna.subscribe(room)
        await ivanov.subscribe(room, seq=0)
        await ivanov.send(room, "Заделаем до пятницы")
        answer = await anna.wait_for(room, lambda event: event.body.get("side") == "official")
        await anna.send(room, "Спасибо")
        thanks = await ivanov.wait_for(room, lambda event: event.body["text"] == "Спасибо")

    assert (answer.seq, answer.body["text"], thanks.seq) == (2, "Заделаем до пятницы", 3)


async def test_a_message_to_the_bot_is_kept_before_it_is_acknowledged(live: LiveTown) -> None:
    chat = live.chat(ANNA)

    async with live.connect(ANNA) as anna:
        receipt = await anna.send(chat, "Привет")
        waiting = live.database.read(waiting_updates, carriers=["web"])

    assert (receipt.seq, [update.payload for update in waiting]) == (
        1,
        [{"kind": "message", "seq": 1, "text": "Привет"}],
    )


async def test_a_button_pressed_twice_under_one_client_id_is_one_press(live: LiveTown) -> None:
    chat = live.chat(ANNA)

    async with live.connect(ANNA) as anna:
        await anna.press(chat, of=1, data="v1:yes", client_id="press-0001")
        await anna.press(chat, of=1, data="v1:yes", client_id="press-0001")
        waiting = live.database.read(waiting_updates, carriers=["web"])

    assert [update.payload for update in waiting] == [{"kind": "press", "seq": 1, "data": "v1:yes"}]


async def test_a_message_repeated_under_one_client_id_is_one_message(live: LiveTown) -> None:
    room = live.room()

    async with live.connect(ANNA) as anna:
        first = await anna.send(room, "Добрый день", client_id="message-0001")
        again = await anna.send(room, "Добрый день", client_id="message-0001")

    assert (first.seq, first.duplicate, again.seq, again.duplicate) == (1, False, 1, True)


async def test_a_hidden_room_and_an_absent_one_are_refused_in_the_same_words(live: LiveTown) -> None:
    hidden = f"room:{live.writes_to_authority(ANNA, 'Личное').room_id}"
    absent = "room:" + "f" * 32

    async with live.connect(BORIS) as boris:
        boris.received = []
        for stream in (hidden, absent):
            with pytest.raises(Refused):
                await boris.subscribe(stream)
            with pytest.raises(Refused):
                await boris.send(stream, "Тук-тук")
        answers = [{**message, "id": 0} for message in boris.received]

    assert answers == [answers[0]] * 4
    assert answers[0]["code"] == "no_such_stream"


@pytest.mark.usefixtures("without_nets")
async def test_a_hub_shows_what_it_has_written_without_waiting_for_the_relay(live: LiveTown) -> None:
    room = live.room()
    live.relay.drops = True

    async with live.connect(ANNA) as anna, live.connect(BORIS) as boris:
        followed = await boris.subscribe(room)
        await anna.send(room, "раз")
        await boris.wait_for(room, lambda event: event.seq == 1)
        await anna.send(room, "два")
        await boris.wait_for(room, lambda event: event.seq == 2)

    assert followed.faults == []


async def test_a_hub_does_not_show_what_another_ones_message_stands_before(live: LiveTown) -> None:
    room = live.room()
    live.relay.drops = True

    async with live.connect(ANNA) as anna, live.connect(BORIS) as boris:
        followed = await boris.subscribe(room)
        live.posts(BORIS, room, "раз, из другого хаба")
        await anna.send(room, "два")
        await boris.wait_until(room, lambda stream: stream.seq == 2)

    assert [event.seq for event in followed.events] == [1, 2]
    assert followed.faults == []
