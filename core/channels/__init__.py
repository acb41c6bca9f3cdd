"""What each messenger may carry in this deployment: chosen in the set-up, changed by an administrator."""

from core.channels.commands import choose_channel_policy, set_up_channels
from core.channels.queries import channel_choices, channel_policies
from core.channels.rules import GOVERNED, LAW, ChannelChoice, ChannelPolicy, Owner, lawful

__all__ = [
    "GOVERNED",
    "LAW",
    "ChannelChoice",
    "ChannelPolicy",
    "Owner",
    "channel_choices",
    "channel_policies",
    "choose_channel_policy",
    "lawful",
    "set_up_channels",
]
