"""The direct line: a citizen and an authority talk, with a number and without losing a word."""

from core.contact.commands import answer, inherit_conversations, resolve, send_message, speak
from core.contact.errors import AlreadyResolved, UnknownConversation
from core.contact.events import CitizenWrote, ConversationResolved, OfficialAnswered
from core.contact.queries import (
    conversation,
    conversation_in,
    conversation_numbered,
    conversations_by_id,
    conversations_of,
    count_waiting,
    queue,
)
from core.contact.rules import (
    ANSWER_WITHIN,
    Conversation,
    ConversationCard,
    ConversationStatus,
    Sent,
    Spot,
    told,
    typed_number,
)

__all__ = [
    "ANSWER_WITHIN",
    "AlreadyResolved",
    "CitizenWrote",
    "Conversation",
    "ConversationCard",
    "ConversationResolved",
    "ConversationStatus",
    "OfficialAnswered",
    "Sent",
    "Spot",
    "UnknownConversation",
    "answer",
    "conversation",
    "conversation_in",
    "conversation_numbered",
    "conversations_by_id",
    "conversations_of",
    "count_waiting",
    "inherit_conversations",
    "queue",
    "resolve",
    "send_message",
    "speak",
    "told",
    "typed_number",
]
