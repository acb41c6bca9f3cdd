"""From a fact to a delivered message: a line of small stages.

routing (who is told) → channels (over what) → timing (when) → one row a message in core.delivery →
rendering (in which words, at the moment of sending) → senders (the messenger's own way).
"""

from notifications.broadcasting import push_broadcasts
from notifications.digests import send_due_digests
from notifications.routing import HANDLED_FACTS, handle
from notifications.senders.email import EmailSender, MailServer
from notifications.senders.max import MaxSender
from notifications.senders.port import CarrierSender, Sent
from notifications.senders.telegram import TelegramSender
from notifications.senders.vk import VkSender
from notifications.senders.webchat import WebChatSender
from notifications.sending import Sender

__all__ = [
    "HANDLED_FACTS",
    "CarrierSender",
    "EmailSender",
    "MailServer",
    "MaxSender",
    "Sender",
    "Sent",
    "TelegramSender",
    "VkSender",
    "WebChatSender",
    "handle",
    "push_broadcasts",
    "send_due_digests",
]
