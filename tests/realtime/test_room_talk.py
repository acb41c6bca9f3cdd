"""A room over sockets: replies, changes and signs that everybody sees, a pace, and who is let in."""

import pytest

from app.tour.live_client import Refused
from core.rooms import create_room, open_territory_room, set_slow_mode
from core.shared.ids import RoomId
from core.spaces import SpaceKind, create_space, join_space
from tests.realtime.live_town import LiveTown
from tests.town import ANNA, BORIS, OLEG


@pytest.fixture
def square(live: LiveTown) -> RoomId:
    territory_id = live.town.territory.id
    return live.database.run(open_territory_room, territory_id=territory_id, title="Обсуждение")


async def test_a_reply_an_edit_and_a_deletion_come_to_everybody_in_order(
    live: LiveTown, square: RoomId
) -> None:
    room = f"room:{square}"
    async with live.connect(ANNA) as anna, live.connect(BORIS) as boris, live.connect(None) as guest:
        followed = await guest.subscribe(room)
        question = await anna.send(room, "Когда включат воду?")
        await boris.send(room, "Обещали сегодня", reply_to=question.seq)
        await anna.edit(room, question.seq, "Когда включат горячую воду?")
        # A deletion takes the text out of what the relay has not told yet, the edit before it included.
        await guest.wait_for(room, lambda event: event.kind == "edit")
        await anna.delete(room, question.seq)
        await guest.wait_for(room, lambda event: event.kind == "delete")

    said = [(event.kind, event.body.get("text"), event.body.get("of")) for event in followed.events]
    assert said == [
        ("message", "Когда включат воду?", None),
        ("message", "Обещали сегодня", None),
        ("edit", "Когда включат горячую воду?", question.seq),
        ("delete", None, question.seq),
    ]
    assert followed.events[1].body["reply_to"] == question.seq


async def test_whoever_comes_later_is_never_told_the_former_text(live: LiveTown, square: RoomId) -> None:
    room = f"room:{square}"
    async with live.connect(ANNA) as anna, live.connect(None) as guest:
        said = await anna.send(room, "Код от подъезда 1234")
        await anna.edit(room, said.seq, "Код от подъезда 12345")
        await anna.edit(room, said.seq, "Спросите у старшей по дому")
        followed = await guest.subscribe(room, seq=0)
        await guest.wait_until(room, lambda stream: stream.seq == 3)

    assert "1234" not in str([event.body for event in followed.events])
    assert followed.events[0].body["text"] == "Спросите у старшей по дому"


async def test_signs_are_counted_for_everybody_and_only_what_moved_goes_out(
    live: LiveTown, square: RoomId
) -> None:
    room, signs = f"room:{square}", f"signs:{square}"
    async with live.connect(ANNA) as anna, live.connect(BORIS) as boris, live.connect(None) as guest:
        for text in ("Парк", "Парковка"):
            await anna.send(room, text)
        followed = await guest.subscribe(signs)
        await guest.wait_for_state(signs)
        await anna.react(room, 1, "support")
        await boris.react(room, 1, "support")
        await guest.wait_for_state(signs, lambda state: state.get("1") == {"support": 2})
        await boris.react(room, 1, "support", on=False)
        await guest.wait_for_state(signs, lambda state: state == {"1": {"support": 1}})

    first, *later = [state for _, state in followed.states]
    assert first == {"1": {}, "2": {}}
    assert {key for state in later for key in state} == {"1"}


async def test_whoever_comes_later_is_given_the_signs_at_once(live: LiveTown, square: RoomId) -> None:
    room, signs = f"room:{square}", f"signs:{square}"
    async with live.connect(ANNA) as anna, live.connect(None) as guest:
        await anna.send(room, "Парк")
        await anna.react(room, 1, "idea")
        await guest.subscribe(signs)
        _, state = await guest.wait_for_state(signs)

    assert state == {"1": {"idea": 1}}


async def test_the_pace_of_the_room_refuses_a_citizen_in_words(live: LiveTown, square: RoomId) -> None:
    room = f"room:{square}"
    live.database.run(set_slow_mode, person_id=live.town.people[OLEG], room_id=square, pause_s=30)

    async with live.connect(ANNA) as anna, live.connect(OLEG) as oleg:
        await anna.send(room, "Раз")
        await oleg.send(room, "Модератору можно")
        await oleg.send(room, "и дважды")
        with pytest.raises(Refused) as refused:
            await anna.send(room, "Два")

    assert (refused.value.code, "30" in str(refused.value)) == ("slow_mode", True)


async def test_a_secret_room_is_for_its_members_and_for_nobody_else(live: LiveTown) -> None:
    with live.database.transaction() as uow:
        space_id = create_space(uow, kind=SpaceKind.SECRET, territory_id=live.town.territory.id)
        join_space(uow, space_id=space_id, person_id=live.town.people[ANNA])
        room_id = create_room(uow, space_id=space_id, title="Двор")

    async with live.connect(ANNA) as anna, live.connect(OLEG) as oleg:
        await anna.subscribe(f"signs:{room_id}")
        await anna.send(f"room:{room_id}", "Между нами")
        codes = set()
        for attempt in (
            oleg.subscribe(f"room:{room_id}"),
            oleg.subscribe(f"signs:{room_id}"),
            oleg.send(f"room:{room_id}", "Пустите"),
            oleg.edit(f"room:{room_id}", 1, "Не между вами"),
            oleg.delete(f"room:{room_id}", 1),
            oleg.react(f"room:{room_id}", 1, "thanks"),
        ):
            with pytest.raises(Refused) as refused:
                await attempt
            codes.add(refused.value.code)

    assert codes == {"no_such_stream"}


async def test_what_belongs_to_rooms_is_refused_in_other_streams(live: LiveTown) -> None:
    chat = live.chat(ANNA)

    async with live.connect(ANNA, sent=None) as anna:
        with pytest.raises(Refused) as editing:
            await anna.edit(chat, 1, "Другое")
        with pytest.raises(Refused) as signing:
            await anna.react(chat, 1, "thanks")

    assert {editing.value.code, signing.value.code} == {"wrong_stream"}
