"""What the hub reads and what it refuses, without any connection."""

import json
from datetime import UTC, datetime

import pytest

from core.shared.facts import fact_to_json
from core.store import StreamAdvanced, StreamEvent
from realtime import frames
from realtime.frames import event_from_fact, event_from_history
from realtime.protocol import (
    FrameTooLarge,
    Press,
    Send,
    Subscribe,
    UnknownOperation,
    Unreadable,
    read_message,
)

ROOM = "room:" + "a" * 32
CLIENT_ID = "0190b5c2-7a1e-4c3d-9f00-1234567890ab"


def test_a_subscription_says_from_where_to_go_on() -> None:
    frame = json.dumps({"op": "subscribe", "id": 7, "stream": ROOM, "epoch": 2, "seq": 41})

    assert read_message(frame) == Subscribe(id=7, stream=ROOM, epoch=2, seq=41)


def test_a_subscription_without_a_position_begins_now() -> None:
    frame = json.dumps({"op": "subscribe", "id": 7, "stream": "me"})

    assert read_message(frame) == Subscribe(id=7, stream="me", epoch=None, seq=None)


def test_a_message_keeps_every_character() -> None:
    text = "Яма на Ленина, 12 🕳\n<b>"
    frame = json.dumps({"op": "send", "id": 1, "stream": ROOM, "client_id": CLIENT_ID, "text": text})

    assert read_message(frame) == Send(id=1, stream=ROOM, client_id=CLIENT_ID, text=text)


def test_fields_of_a_newer_page_are_passed_over() -> None:
    frame = json.dumps(
        {
            "op": "press",
            "id": 1,
            "stream": ROOM,
            "client_id": CLIENT_ID,
            "of": 3,
            "data": "v1:yes",
            "colour": "red",
        }
    )

    assert read_message(frame) == Press(id=1, stream=ROOM, client_id=CLIENT_ID, of=3, data="v1:yes")


@pytest.mark.parametrize(
    "frame",
    [
        pytest.param("", id="nothing"),
        pytest.param("hello", id="not JSON"),
        pytest.param("[1]", id="a list"),
        pytest.param('"subscribe"', id="a string"),
        pytest.param("[" * 60_000, id="nested too deep"),
        pytest.param('{"op":"ping","id":' + "9" * 5_000 + "}", id="an endless number"),
        pytest.param('{"op":"ping","id":NaN}', id="not a number"),
        pytest.param('{"op":"ping"}', id="no id"),
        pytest.param('{"op":"ping","id":"1"}', id="id as text"),
        pytest.param('{"op":"ping","id":true}', id="id as truth"),
        pytest.param('{"op":"ping","id":1.5}', id="id as fraction"),
        pytest.param('{"op":"ping","id":-1}', id="negative id"),
        pytest.param('{"op":"ping","id":9007199254740992}', id="id a browser cannot hold"),
        pytest.param('{"op":"subscribe","id":1}', id="no stream"),
        pytest.param('{"op":"subscribe","id":1,"stream":"room:42"}', id="room without an id"),
        pytest.param('{"op":"subscribe","id":1,"stream":"' + ROOM + '\\n"}', id="stream with a line end"),
        pytest.param('{"op":"subscribe","id":1,"stream":"table:' + "a" * 32 + '"}', id="unknown kind"),
        pytest.param('{"op":"subscribe","id":1,"stream":"' + ROOM + '","seq":"0"}', id="seq as text"),
        pytest.param('{"op":"subscribe","id":1,"stream":["' + ROOM + '"]}', id="stream as list"),
        pytest.param('{"op":"edit","id":1,"stream":"' + ROOM + '","text":"a"}', id="an edit of nothing"),
        pytest.param(
            '{"op":"react","id":1,"stream":"' + ROOM + '","of":1,"reaction":"thanks","on":1}',
            id="truth as number",
        ),
        pytest.param(
            '{"op":"send","id":1,"stream":"' + ROOM + '","client_id":"' + CLIENT_ID + '","text":5}',
            id="text as number",
        ),
        pytest.param(
            '{"op":"send","id":1,"stream":"' + ROOM + '","client_id":"' + CLIENT_ID + '","text":"\\ud800"}',
            id="half a character",
        ),
        pytest.param(
            '{"op":"send","id":1,"stream":"' + ROOM + '","client_id":"x","text":"a"}',
            id="client id too short",
        ),
        pytest.param(
            '{"op":"send","id":1,"stream":"' + ROOM + '","client_id":"\' or 1=1 --","text":"a"}',
            id="client id with signs",
        ),
        pytest.param(
            '{"op":"press","id":1,"stream":"'
            + ROOM
            + '","client_id":"'
            + CLIENT_ID
            + '","of":1,"data":"'
            + "я" * 33
            + '"}',
            id="button data above 64 bytes",
        ),
    ],
)
def test_whatever_is_no_message_is_refused(frame: str) -> None:
    with pytest.raises(Unreadable):
        read_message(frame)


def test_an_unknown_operation_is_refused_under_its_own_code_and_id() -> None:
    with pytest.raises(UnknownOperation) as refused:
        read_message('{"op":"drop_tables","id":12}')

    assert (refused.value.code, refused.value.request_id) == ("unknown_operation", 12)


def test_a_frame_above_64_kilobytes_is_refused_whatever_is_in_it() -> None:
    text = "я" * (32 * 1024)

    with pytest.raises(FrameTooLarge):
        read_message(json.dumps({"op": "ping", "id": 1, "text": text}, ensure_ascii=False))


def test_an_event_looks_the_same_live_and_from_history() -> None:
    at = datetime(2027, 3, 9, 9, 0, 0, 120_000, tzinfo=UTC)
    event = StreamEvent(
        stream=ROOM, epoch=1, seq=5, kind="message", author="b" * 32, client_id=CLIENT_ID,
        body={"text": "Добрый день"}, at=at,
    )  # fmt: skip
    fact = StreamAdvanced(
        stream=ROOM, epoch=1, seq=5, event_kind="message", author="b" * 32, client_id=CLIENT_ID,
        body={"text": "Добрый день"}, at=at,
    )  # fmt: skip

    assert event_from_fact(fact_to_json(fact)) == event_from_history(event)


def test_frames_are_compact_and_carry_words_as_they_are() -> None:
    frame = frames.refused_frame(3, code="too_fast", message="Слишком быстро")

    assert frame == '{"op":"refused","id":3,"code":"too_fast","message":"Слишком быстро"}'
