"""docs/asyncapi.json says what the code does. Every frame of the tests beside is judged by it, too."""

import inspect
import json
from typing import Any, get_args

import pytest
from channels.testing import WebsocketCommunicator

from realtime import build_hub, frames
from realtime.protocol import CloseCode, Incoming, read_message
from tests.realtime.live_town import ORIGIN
from tests.realtime.schema import complaints, document, operations
from tests.town import Town

ASKED = sorted(operations("ask"))
TOLD = sorted(operations("tell"))


def example(name: str) -> dict[str, Any]:
    """The example that the document gives of a message."""
    payload: dict[str, Any] = document()["components"]["messages"][name]["examples"][0]["payload"]
    return payload


def test_the_document_names_exactly_what_the_hub_reads() -> None:
    assert [
        kind.__name__.lower() for kind in sorted(get_args(Incoming), key=lambda kind: kind.__name__)
    ] == ASKED


def test_the_document_names_exactly_what_the_hub_says() -> None:
    functions = [name for name, _ in inspect.getmembers(frames, inspect.isfunction)]
    makers = [name for name in functions if name.endswith(("_frame", "_frames"))]

    assert sorted(name.removesuffix("s").removesuffix("_frame") for name in makers) == TOLD


def test_the_document_names_every_close_code() -> None:
    codes = document()["components"]["messages"]["bye"]["payload"]["properties"]["code"]["enum"]

    assert codes == sorted(int(code) for code in CloseCode)


@pytest.mark.parametrize("name", ASKED)
def test_what_the_document_shows_as_a_request_is_read(name: str) -> None:
    assert complaints("ask", [example(name)]) == []
    assert type(read_message(json.dumps(example(name)))).__name__.lower() == name


@pytest.mark.parametrize("name", TOLD)
def test_what_the_document_shows_as_an_answer_fits_its_own_schema(name: str) -> None:
    assert complaints("tell", [example(name)]) == []


def test_every_reference_leads_somewhere() -> None:
    assert [target for target in references(document()) if not resolves(target)] == []


@pytest.mark.parametrize(
    ("action", "message"),
    [
        pytest.param("ask", {"op": "fly", "id": 1}, id="a new operation"),
        pytest.param("ask", {"op": "ping"}, id="a request without its number"),
        pytest.param("tell", {"op": "ok", "id": 1, "mood": "good"}, id="a new field"),
        pytest.param("tell", {"op": "bye", "code": 4999, "retry_ms": 0}, id="a new close code"),
        pytest.param(
            "tell", {"op": "state", "stream": "me", "state": {"mood": "good"}}, id="a new kind of state"
        ),
    ],
)
def test_what_is_not_in_the_document_is_found(action: str, message: dict[str, Any]) -> None:
    assert len(complaints(action, [message])) == 1


async def test_the_hub_needs_no_server_of_its_own_kind(town: Town) -> None:
    hub = build_hub(database=town.database, redis_url=None, allowed_origins=[ORIGIN])
    communicator = WebsocketCommunicator(hub.application, "/live", headers=[(b"origin", ORIGIN.encode())])

    connected, _ = await communicator.connect()
    await communicator.send_json_to({"op": "ping", "id": 1})
    answer = await communicator.receive_json_from()
    await communicator.disconnect()

    assert (connected, answer) == (True, {"op": "ok", "id": 1})


def references(part: Any) -> list[str]:
    """All references anywhere inside."""
    if isinstance(part, dict):
        own = [part["$ref"]] if "$ref" in part else []
        return own + [target for value in part.values() for target in references(value)]
    if isinstance(part, list):
        return [target for value in part for target in references(value)]
    return []


def resolves(target: str) -> bool:
    """Whether the reference leads to a part of the document."""
    part: Any = document()
    for step in target.removeprefix("#/").split("/"):
        if not isinstance(part, dict) or step not in part:
            return False
        part = part[step]
    return True
