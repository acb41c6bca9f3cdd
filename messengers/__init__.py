"""What conversations (bots) and notifications share: screens, buttons, texts, limits of each messenger.

No conversation engine and no client library is imported here: notifications draw a screen that bots will
hear about when somebody taps it.
"""

from core.channels import ChannelPolicy
from core.shared.moments import clock_time, spoken_day, spoken_moment
from messengers.buttons import (
    AcceptAlert,
    AcceptConsent,
    Action,
    AssignAlert,
    BadButton,
    ButtonCodec,
    ChooseAssignee,
    ChooseLanguage,
    ChooseNotice,
    ChoosePreset,
    ChooseTerritory,
    Commit,
    ForgetMe,
    MergeAccounts,
    Open,
    OpenBelow,
    Place,
    ShowFigure,
    SilenceAlert,
    Snooze,
    SnoozeAlert,
    Turn,
    UnlinkMessenger,
    Unsubscribe,
    Vote,
    WithdrawConsent,
)
from messengers.capabilities import CAPABILITIES, Capabilities, Carrier
from messengers.hooks import HOOKS_PATH, Webhook, hook_secret, webhook
from messengers.intake import MAX_KINDS, TELEGRAM_KINDS, VK_GROUPS_FROM, VK_KINDS, RawUpdate, keep_updates
from messengers.leaving import LeaveLinks, UnknownLeaveLink
from messengers.limiter import Limiter, NotNow
from messengers.limiter_file import FileLedger
from messengers.limiter_ledger import Answer, Ask, Ledger, LedgerAway, Scope, Standing
from messengers.limiter_rates import RATES, Rates, weight_of
from messengers.limiter_redis import RedisLedger
from messengers.links import CARRIER_NAMES, deep_link
from messengers.max_form import max_message
from messengers.mini_app import Launch, LaunchNotSigned, read_launch
from messengers.paging import ButtonPage, page_of
from messengers.parts import in_parts
from messengers.policies import LivePolicies, Policies
from messengers.screens import Button, Document, Link, Photo, Press, Rows, Screen, button_rows, screen_body
from messengers.site import Site, with_usable_links
from messengers.texts import (
    Entity,
    EntityKind,
    RichText,
    bold,
    plain,
    rich,
    shortened,
    split_text,
    stacked,
    utf16_length,
)
from messengers.vk_form import ACTION, FILE, random_id_of, vk_menu, vk_message

__all__ = [
    "ACTION",
    "CAPABILITIES",
    "CARRIER_NAMES",
    "FILE",
    "HOOKS_PATH",
    "MAX_KINDS",
    "RATES",
    "TELEGRAM_KINDS",
    "VK_GROUPS_FROM",
    "VK_KINDS",
    "AcceptAlert",
    "AcceptConsent",
    "Action",
    "Answer",
    "Ask",
    "AssignAlert",
    "BadButton",
    "Button",
    "ButtonCodec",
    "ButtonPage",
    "Capabilities",
    "Carrier",
    "ChannelPolicy",
    "ChooseAssignee",
    "ChooseLanguage",
    "ChooseNotice",
    "ChoosePreset",
    "ChooseTerritory",
    "Commit",
    "Document",
    "Entity",
    "EntityKind",
    "FileLedger",
    "ForgetMe",
    "Launch",
    "LaunchNotSigned",
    "LeaveLinks",
    "Ledger",
    "LedgerAway",
    "Limiter",
    "Link",
    "LivePolicies",
    "MergeAccounts",
    "NotNow",
    "Open",
    "OpenBelow",
    "Photo",
    "Place",
    "Policies",
    "Press",
    "Rates",
    "RawUpdate",
    "RedisLedger",
    "RichText",
    "Rows",
    "Scope",
    "Screen",
    "ShowFigure",
    "SilenceAlert",
    "Site",
    "Snooze",
    "SnoozeAlert",
    "Standing",
    "Turn",
    "UnknownLeaveLink",
    "UnlinkMessenger",
    "Unsubscribe",
    "Vote",
    "Webhook",
    "WithdrawConsent",
    "bold",
    "button_rows",
    "clock_time",
    "deep_link",
    "hook_secret",
    "in_parts",
    "keep_updates",
    "max_message",
    "page_of",
    "plain",
    "random_id_of",
    "read_launch",
    "rich",
    "screen_body",
    "shortened",
    "split_text",
    "spoken_day",
    "spoken_moment",
    "stacked",
    "utf16_length",
    "vk_menu",
    "vk_message",
    "webhook",
    "weight_of",
    "with_usable_links",
]
