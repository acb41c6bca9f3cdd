"""A citizen's own conversations in a list."""

from dataclasses import dataclass

from django.utils.translation import gettext

from core.contact import Conversation, ConversationStatus
from web.view_models import Mood
from web.words import short_moment


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationLine:
    """A conversation in a list: its number and whose turn it is."""

    address: str
    number: str
    moved: str
    status: str
    mood: Mood
    icon: str


def conversation_line(conversation: Conversation) -> ConversationLine:
    """A line for the citizen's own list."""
    status, mood, icon = _standing(conversation.status)
    return ConversationLine(
        address=f"/conversations/{conversation.id}",
        number=conversation.number,
        moved=short_moment(conversation.last_at),
        status=status,
        mood=mood,
        icon=icon,
    )


def _standing(status: ConversationStatus) -> tuple[str, Mood, str]:
    words: dict[ConversationStatus, tuple[str, Mood, str]] = {
        ConversationStatus.WAITING: (gettext("waits for the answer"), "warn", "clock"),
        ConversationStatus.ANSWERED: (gettext("answered"), "good", "check"),
        ConversationStatus.RESOLVED: (gettext("resolved"), "good", "circle-check"),
    }
    return words[status]
