"""The live protocol: one JSON object a text frame, both ways. The whole of it is in docs/asyncapi.json.

Reading is strict: whatever is not exactly one of the messages below is refused with a code and a
sentence, and leaves the connection as it was. Unknown fields are passed over, so that a newer page may
talk to an older hub while a deployment is under way.
"""

import json
import re
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, ClassVar, Final, NoReturn

from core.shared.errors import DomainError, Invalid, RefusalKind
from core.shared.language import N_

MAX_FRAME_BYTES: Final = 64 * 1024
MAX_TEXT_CHARS: Final = 16_000
MAX_PRESS_DATA_BYTES: Final = 64
MAX_REACTION_CHARS: Final = 16
# Numbers above this are no longer exact in a browser.
MAX_NUMBER: Final = 2**53 - 1

_STREAM = re.compile(r"(room|signs|chat|poll|queue):[0-9a-f]{32}|me")
_CLIENT_ID = re.compile(r"[0-9A-Za-z_-]{8,64}")


class CloseCode(IntEnum):
    """Why the hub closes a connection; a client decides by it whether and when to come back."""

    RESUME = 4000
    SIGNED_OUT = 4001
    ORIGIN = 4003
    TOO_SLOW = 4008
    LIMITS = 4009
    DRAINING = 4010


class Unreadable(Invalid):
    """The frame is not a message of the protocol. ``request_id`` is its ``id`` when that could be read."""

    code = "unreadable"
    message = N_("The live channel got something it cannot read: {reason}.")
    request_id: int | None = None


class UnknownOperation(Unreadable):
    """``op`` names nothing that the hub does."""

    code = "unknown_operation"
    message = N_("The live channel has no such operation. Reload the page to get its newest version.")


class FrameTooLarge(Unreadable):
    """A frame above 64 KB; the connection is closed, because nothing honest is that long."""

    code = "frame_too_large"
    message = N_("The message is too large for the live channel. Send it in parts.")


class NoSuchStream(DomainError):
    """There is no such stream, or the viewer must not learn that it is there: one answer for both."""

    code = "no_such_stream"
    kind: ClassVar[RefusalKind] = RefusalKind.NOT_FOUND
    message = N_("There is nothing here to follow.")


class WrongStream(Invalid):
    """The operation makes no sense in this kind of stream: a tally cannot be written to."""

    code = "wrong_stream"
    message = N_("This cannot be done here.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscribe:
    """Follow a stream, from (epoch, seq) on if they are given, else from now on."""

    id: int
    stream: str
    epoch: int | None
    seq: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsubscribe:
    """Stop following a stream."""

    id: int
    stream: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """Say ``text`` in a room or a chat; a repetition under the same ``client_id`` changes nothing.

    ``reply_to``: number of the message of the room that is answered.
    """

    id: int
    stream: str
    client_id: str
    text: str
    reply_to: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """Let one's own message ``of`` of a room say ``text``; a repetition changes nothing."""

    id: int
    stream: str
    of: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Delete:
    """Delete message ``of`` of a room; a repetition changes nothing."""

    id: int
    stream: str
    of: int


@dataclass(frozen=True, slots=True, kw_only=True)
class React:
    """Put the sign ``reaction`` under message ``of`` of a room (``on``), or take it back."""

    id: int
    stream: str
    of: int
    reaction: str
    on: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """Press the button carrying ``data`` under message ``of`` of a chat."""

    id: int
    stream: str
    client_id: str
    of: int
    data: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """Everything up to ``seq`` has been read."""

    id: int
    stream: str
    seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Typing:
    """The person is writing something right now."""

    stream: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ping:
    """Answered at once; clients measure their latency by it."""

    id: int


Incoming = Subscribe | Unsubscribe | Send | Edit | Delete | React | Press | Read | Typing | Ping


def read_message(frame: str) -> Incoming:
    """The message in a text frame.

    Raises: FrameTooLarge, Unreadable, UnknownOperation; none of them has changed anything.
    """
    if len(frame) > MAX_FRAME_BYTES or len(frame.encode("utf-8", "surrogatepass")) > MAX_FRAME_BYTES:
        raise FrameTooLarge
    fields = _Fields(_json_object(frame))
    try:
        return _message(fields)
    except Unreadable as refusal:
        refusal.request_id = fields.request_id()
        raise


def _message(fields: "_Fields") -> Incoming:
    match fields.value.get("op"):
        case "subscribe":
            return Subscribe(
                id=fields.number("id"),
                stream=fields.stream(),
                epoch=fields.optional_number("epoch"),
                seq=fields.optional_number("seq"),
            )
        case "unsubscribe":
            return Unsubscribe(id=fields.number("id"), stream=fields.stream())
        case "send":
            return Send(
                id=fields.number("id"),
                stream=fields.stream(),
                client_id=fields.client_id(),
                text=fields.text("text", limit=MAX_TEXT_CHARS),
                reply_to=fields.optional_number("reply_to"),
            )
        case "press" | "edit" | "delete" | "react":
            return _to_message(fields)
        case "read":
            return Read(id=fields.number("id"), stream=fields.stream(), seq=fields.number("seq"))
        case "typing":
            return Typing(stream=fields.stream())
        case "ping":
            return Ping(id=fields.number("id"))
        case _:
            raise UnknownOperation


def _to_message(fields: "_Fields") -> Press | Edit | Delete | React:
    """What is done to a message that stands already."""
    number, stream, of = fields.number("id"), fields.stream(), fields.number("of")
    match fields.value["op"]:
        case "press":
            return Press(
                id=number, stream=stream, client_id=fields.client_id(), of=of, data=fields.press_data()
            )
        case "edit":
            return Edit(id=number, stream=stream, of=of, text=fields.text("text", limit=MAX_TEXT_CHARS))
        case "delete":
            return Delete(id=number, stream=stream, of=of)
        case _:
            reaction = fields.text("reaction", limit=MAX_REACTION_CHARS)
            return React(id=number, stream=stream, of=of, reaction=reaction, on=fields.flag("on"))


def _json_object(frame: str) -> dict[str, Any]:
    try:
        value = json.loads(frame, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise Unreadable(reason="not JSON") from error
    if not isinstance(value, dict):
        raise Unreadable(reason="not a JSON object")
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


@dataclass(frozen=True, slots=True)
class _Fields:
    """The fields of one message, each taken out with its type checked."""

    value: dict[str, Any]

    def request_id(self) -> int | None:
        try:
            return self.number("id")
        except Unreadable:
            return None

    def number(self, name: str) -> int:
        value = self.value.get(name)
        # bool is an int in Python and is not a number in JSON.
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MAX_NUMBER:
            raise Unreadable(reason=f"{name} must be a whole number from 0 to {MAX_NUMBER}")
        return value

    def optional_number(self, name: str) -> int | None:
        return None if self.value.get(name) is None else self.number(name)

    def text(self, name: str, *, limit: int) -> str:
        value = self.value.get(name)
        if not isinstance(value, str) or len(value) > limit:
            raise Unreadable(reason=f"{name} must be a text of at most {limit} characters")
        try:
            # Half of a surrogate pair passes JSON but no database and no messenger.
            value.encode()
        except UnicodeEncodeError as error:
            raise Unreadable(reason=f"{name} holds a broken character") from error
        return value

    def flag(self, name: str) -> bool:
        value = self.value.get(name)
        if not isinstance(value, bool):
            raise Unreadable(reason=f"{name} must be true or false")
        return value

    def stream(self) -> str:
        name = self.text("stream", limit=64)
        if not _STREAM.fullmatch(name):
            raise Unreadable(reason="stream must be room:ID, signs:ID, chat:ID, poll:ID, queue:ID or me")
        return name

    def client_id(self) -> str:
        value = self.text("client_id", limit=64)
        if not _CLIENT_ID.fullmatch(value):
            raise Unreadable(reason="client_id must be 8 to 64 letters, digits, - or _")
        return value

    def press_data(self) -> str:
        value = self.text("data", limit=MAX_PRESS_DATA_BYTES)
        if not value or len(value.encode()) > MAX_PRESS_DATA_BYTES or "\x00" in value:
            raise Unreadable(reason=f"data must be 1 to {MAX_PRESS_DATA_BYTES} bytes")
        return value
