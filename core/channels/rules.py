"""What a deployment lets a messenger carry, and what the law asks of an authority."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from core.shared.ids import PersonId
from core.shared.language import N_

# Messengers that need a choice, in the order in which they are offered; the web chat and mail always carry
# everything.
GOVERNED: Final = ("max", "vk", "telegram")
LAW: Final = N_(
    "Since 1 June 2025 Federal Law 41-FZ bars authorities from talking to citizens through foreign "
    "messengers, Telegram among them: an authority answers there only that the answer waits on the site."
)


class ChannelPolicy(StrEnum):
    """What a deployment lets a messenger carry; ``inbound_notice_only`` says only where the answer is."""

    FULL = "full"
    INBOUND_NOTICE_ONLY = "inbound_notice_only"
    OFF = "off"


class Owner(StrEnum):
    """Who runs the service: the law asks more of an authority than of a community."""

    AUTHORITY = "authority"
    COMMUNITY = "community"


_LAWFUL: Mapping[Owner, Mapping[str, ChannelPolicy]] = {
    Owner.AUTHORITY: MappingProxyType(
        {**dict.fromkeys(GOVERNED, ChannelPolicy.FULL), "telegram": ChannelPolicy.INBOUND_NOTICE_ONLY}
    ),
    Owner.COMMUNITY: MappingProxyType(dict.fromkeys(GOVERNED, ChannelPolicy.FULL)),
}
SET_UP: Mapping[Owner, str] = {
    Owner.AUTHORITY: N_("Set-up: the service is run by an authority."),
    Owner.COMMUNITY: N_("Set-up: the service is run by a community."),
}


def lawful(owner: Owner) -> Mapping[str, ChannelPolicy]:
    """What is proposed to such an owner.

    >>> lawful(Owner.AUTHORITY)["telegram"].value, lawful(Owner.COMMUNITY)["telegram"].value
    ('inbound_notice_only', 'full')
    """
    return _LAWFUL[owner]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelChoice:
    """One change of a policy. ``chosen_by`` is None for the operator at the command line."""

    carrier: str
    before: ChannelPolicy
    policy: ChannelPolicy
    why: str
    chosen_by: PersonId | None
    chosen_at: datetime
