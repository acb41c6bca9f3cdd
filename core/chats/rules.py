"""What a chat with the bot is."""

from dataclasses import dataclass
from typing import Any

from core.shared.ids import ChatId, PersonId

WEB = "web"
TEXT_LIMIT = 3900
_PREFIX = "chat:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat:
    """A dialogue. ``native_id`` is the messenger's own name of it; in the web chat the person's id."""

    id: ChatId
    carrier: str
    native_id: str
    person_id: PersonId


@dataclass(frozen=True, slots=True)
class Dialogue:
    """Where a dialogue stands: the state of the conversation engine and what it has gathered."""

    state: str | None
    data: dict[str, Any]


def chat_stream(chat_id: ChatId) -> str:
    """The name of the stream that a web chat's transcript is."""
    return _PREFIX + chat_id


def chat_of_stream(stream: str) -> ChatId | None:
    """The chat whose transcript this is, None for a stream of something else."""
    return ChatId(stream.removeprefix(_PREFIX)) if stream.startswith(_PREFIX) else None
