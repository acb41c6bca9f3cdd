"""Who may come in, what they may follow, and how they are shown out."""

import asyncio
import json
from contextlib import suppress

import pytest
from websockets.exceptions import ConnectionClosed

from app.tour.live_client import Closed, LiveClient, Refused
from core.identity import revoke_all_sessions, revoke_roles
from realtime import Limits
from realtime.routing import checked_origin
from tests.realtime.live_town import ORIGIN, LiveTown, live_town, until
from tests.town import ANNA, BORIS, IVANOV, OLEG, Town


async def test_a_page_of_this_site_may_connect_with_its_cookie(live: LiveTown) -> None:
    async with live.connect(None, cookie=live.token(ANNA), origin=ORIGIN) as anna:
        await anna.subscribe("me")


@pytest.mark.parametrize(
    "origin", ["http://evil.test", "https://zarechny.test", "http://zarechny.test:81", "null"]
)
async def test_a_page_of_another_site_is_shown_out(live: LiveTown, origin: str) -> None:
    async with live.connect(None, cookie=live.token(ANNA), origin=origin, reconnect=False) as page:
        reason = await page.wait_closed()

    assert (reason, page.close_codes, page.goodbyes) == (
        "foreign origin",
        [4003],
        [{"op": "bye", "code": 4003, "retry_ms": None}],
    )


@pytest.mark.parametrize("origin", ["ws://town.test", "town.test", "http://town.test/path", "http://"])
def test_a_setting_that_is_no_origin_is_refused_at_the_start(origin: str) -> None:
    with pytest.raises(ValueError, match="not an origin"):
        checked_origin(origin)


async def test_an_unknown_token_is_shown_out_and_does_not_come_back(live: LiveTown) -> None:
    async with live.connect(None, token="forged") as stranger:
        reason = await stranger.wait_closed()
        with pytest.raises(Closed):
            await stranger.ping()

    assert (reason, stranger.connections) == ("signed out", 1)


async def test_a_token_in_the_address_is_not_read(live: LiveTown) -> None:
    guest = LiveClient(f"{live.url}?token={live.token(ANNA)}")

    async with guest:
        with pytest.raises(Refused) as refused:
            await guest.subscribe("me")

    assert refused.value.code == "no_such_stream"


async def test_a_guest_may_watch_a_tally_and_nothing_else(live: LiveTown) -> None:
    poll = live.town.open_poll()
    room = live.room()

    async with live.connect(None) as guest:
        await guest.subscribe(f"poll:{poll.id}")
        with pytest.raises(Refused) as writing:
            await guest.send(room, "Привет")
        with pytest.raises(Refused) as console:
            await guest.subscribe(f"queue:{live.town.territory.id}")

    assert (writing.value.code, console.value.code) == ("sign_in_needed", "no_such_stream")


async def test_nobody_but_its_person_follows_a_chat_with_the_bot(live: LiveTown) -> None:
    chat = live.chat(ANNA)

    async with live.connect(ANNA) as anna, live.connect(IVANOV) as ivanov:
        await anna.subscribe(chat)
        with pytest.raises(Refused) as following:
            await ivanov.subscribe(chat)
        with pytest.raises(Refused) as writing:
            await ivanov.send(chat, "Я — Анна")
        with pytest.raises(Refused) as pressing:
            await ivanov.press(chat, of=1, data="v1:yes")

    codes = {refused.value.code for refused in (following, writing, pressing)}
    assert codes == {"no_such_stream"}


async def test_a_conversation_is_followed_by_its_citizen_and_the_officials_only(live: LiveTown) -> None:
    room = f"room:{live.writes_to_authority(ANNA, 'Яма').room_id}"

    async with live.connect(ANNA) as anna, live.connect(IVANOV) as ivanov, live.connect(BORIS) as boris:
        await anna.subscribe(room)
        await ivanov.subscribe(room)
        with pytest.raises(Refused) as following:
            await boris.subscribe(room)
        with pytest.raises(Refused) as reading:
            await boris.read(room, 1)

    assert (following.value.code, reading.value.code) == ("no_such_stream", "no_such_stream")


async def test_typing_into_a_stream_one_does_not_follow_is_shown_to_nobody(live: LiveTown) -> None:
    room = f"room:{live.writes_to_authority(ANNA, 'Яма').room_id}"

    async with live.connect(ANNA) as anna, live.connect(BORIS) as boris:
        followed = await anna.subscribe(room)
        await boris.typing(room)
        await boris.ping()
        await anna.ping()

    assert [state for _, state in followed.states if "typing" in state] == []


async def test_the_consoles_queue_is_for_officials_of_the_place(live: LiveTown) -> None:
    queue = f"queue:{live.town.territory.id}"

    async with live.connect(OLEG) as oleg, live.connect(ANNA) as anna:
        await oleg.subscribe(queue)
        with pytest.raises(Refused) as refused:
            await anna.subscribe(queue)
        with pytest.raises(Refused) as absent:
            await oleg.subscribe("queue:" + "0" * 32)

    assert (refused.value.code, absent.value.code) == ("no_such_stream", "no_such_stream")


@pytest.mark.usefixtures("without_nets")
async def test_signing_out_closes_the_sockets_by_the_fact(live: LiveTown) -> None:
    async with live.connect(ANNA) as anna, live.connect(BORIS) as boris:
        await anna.ping()
        live.database.run(revoke_all_sessions, person_id=live.town.people[ANNA])
        reason = await anna.wait_closed()
        await boris.ping()

    assert (reason, anna.close_codes, boris.close_codes) == ("signed out", [4001], [])


async def test_losing_a_role_closes_the_console_and_the_door_behind_it(live: LiveTown) -> None:
    queue = f"queue:{live.town.territory.id}"

    async with live.connect(IVANOV) as ivanov:
        await ivanov.subscribe(queue)
        live.database.run(revoke_roles, person_id=live.town.people[IVANOV])
        async with asyncio.timeout(2):
            await ivanov.wait_reconnected(2)
        with pytest.raises(Refused) as refused:
            await ivanov.subscribe(queue)

    assert (ivanov.close_codes[0], refused.value.code) == (4000, "no_such_stream")


async def test_a_frame_above_64_kilobytes_is_refused_and_ends_the_connection(live: LiveTown) -> None:
    async with live.connect(ANNA, reconnect=False, sent=None) as anna:
        await anna.transmit_raw('{"op":"ping","id":1,"text":"' + "я" * 40_000 + '"}')
        await anna.wait_closed()

    assert (anna.received or [{}])[0]["code"] == "frame_too_large"
    assert anna.close_codes == [4009]


async def test_a_frame_of_ten_megabytes_is_cut_off_before_it_takes_memory(live: LiveTown) -> None:
    async with live.connect(ANNA, reconnect=False, sent=None) as anna:
        with suppress(ConnectionClosed):
            await anna.transmit_raw("я" * 10_000_000)
        await anna.wait_closed()

    assert anna.close_codes == [1009]


@pytest.mark.parametrize("frame", ["hello", '{"op":"fly","id":3}', b"\x00\x01", '{"op":"ping","id":"3"}'])
async def test_nonsense_is_refused_and_the_connection_goes_on(live: LiveTown, frame: str | bytes) -> None:
    async with live.connect(ANNA) as anna:
        await anna.transmit_raw(frame)
        await anna.ping()

    assert [message["op"] for message in anna.received or []] == ["refused", "ok"]


async def test_a_flood_is_refused_and_a_flood_without_end_is_closed(town: Town, redis_url: str) -> None:
    limits = Limits(messages_per_s=1, message_burst=5, patience=20)
    async with live_town(town, redis_url, limits) as live, live.connect(ANNA, reconnect=False) as anna:
        with suppress(Closed, ConnectionClosed):
            await flood(anna)
        await anna.wait_closed()

    codes = [message.get("code") for message in anna.received or [] if message["op"] == "refused"]
    assert (set(codes), anna.close_codes) == ({"too_fast"}, [4009])


async def test_one_person_may_hold_a_limited_number_of_connections(town: Town, redis_url: str) -> None:
    async with live_town(town, redis_url, Limits(connections_per_person=2)) as live:
        async with live.connect(ANNA) as first, live.connect(ANNA) as second:
            await asyncio.gather(first.ping(), second.ping())
            async with live.connect(ANNA, reconnect=False) as third:
                await third.wait_closed()
            async with live.connect(BORIS) as boris:
                await boris.ping()
        await until(lambda: not live.hub.seats.taken)
        async with live.connect(ANNA) as again:
            await again.ping()

    assert (third.close_codes, third.goodbyes[0]["retry_ms"]) == ([4009], 30_000)


async def test_one_connection_may_follow_a_limited_number_of_streams(town: Town, redis_url: str) -> None:
    async with live_town(town, redis_url, Limits(subscriptions_per_connection=2)) as live:
        rooms = [live.room(title) for title in ("Первая", "Вторая", "Третья")]

        async with live.connect(ANNA) as anna:
            await anna.subscribe(rooms[0])
            await anna.subscribe(rooms[1])
            with pytest.raises(Refused) as refused:
                await anna.subscribe(rooms[2])
            await anna.subscribe(rooms[1])

    assert refused.value.code == "too_many_streams"


async def test_what_the_core_refuses_is_said_in_its_words(live: LiveTown) -> None:
    room = live.room()

    async with live.connect(ANNA) as anna:
        with pytest.raises(Refused) as empty:
            await anna.send(room, "   ")
        with pytest.raises(Refused) as long:
            await anna.send(room, "я" * 4_000)

    assert (empty.value.code, long.value.code) == ("empty", "too_long")


async def test_operations_that_do_not_fit_the_stream_are_refused(live: LiveTown) -> None:
    poll = live.town.open_poll()

    async with live.connect(ANNA, sent=None) as anna:
        with pytest.raises(Refused) as writing:
            await anna.send(f"poll:{poll.id}", "За парк")
        with pytest.raises(Refused) as pressing:
            await anna.press(live.room(), of=1, data="v1:yes")

    assert (writing.value.code, pressing.value.code) == ("wrong_stream", "wrong_stream")


async def flood(client: LiveClient) -> None:
    """More pings than anybody sends."""
    for number in range(10_000):
        await client.transmit_raw(json.dumps({"op": "ping", "id": number}))
