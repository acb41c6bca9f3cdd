"""A message sent again is one message: what holds that, and that the judge sees it when it is gone."""

import asyncio

import pytest
from sqlalchemy import text

import core.store.streams
from tests.realtime.history_checker import Written, complaints
from tests.realtime.live_town import LiveTown, until
from tests.town import ANNA

KEY = "uq_stream_event_author_client_id"


async def complaints_after_a_lost_receipt(live: LiveTown) -> list[str]:
    """Anna's message is stored, its receipt is lost with the line, and she sends it again."""
    room = live.room()
    async with live.connect(ANNA) as anna:
        live.door.mute = True
        sending = asyncio.create_task(anna.send(room, "Яма", client_id="message-0001"))
        await until(lambda: bool(anna.close_codes))
        live.door.mute = False
        await asyncio.wait({sending}, timeout=5)
        receipt = None if sending.exception() else sending.result().seq
    return complaints([Written("message-0001", "Яма", receipt)], live.stored(room), {})


async def test_a_message_whose_receipt_was_lost_is_stored_once(live: LiveTown) -> None:
    assert await complaints_after_a_lost_receipt(live) == []


async def test_without_the_look_for_it_the_unique_key_still_keeps_it_single(
    live: LiveTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(core.store.streams, "_sent_before", lambda *_: {})

    assert await complaints_after_a_lost_receipt(live) == []


async def test_without_the_unique_key_either_the_judge_finds_it_twice(
    live: LiveTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(core.store.streams, "_sent_before", lambda *_: {})
    with live.database.engine.begin() as connection:
        connection.execute(text(f"DROP INDEX {KEY}"))
    try:
        found = await complaints_after_a_lost_receipt(live)
    finally:
        _restore_key(live)

    assert "message-0001 is stored 2 times" in found


def _restore_key(live: LiveTown) -> None:
    """The database of the next test is this one, emptied."""
    with live.database.engine.begin() as connection:
        connection.execute(text("DELETE FROM stream_event"))
        connection.execute(text(f"CREATE UNIQUE INDEX {KEY} ON stream_event (stream, author, client_id)"))
