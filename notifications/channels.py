"""Over what a person is reached: the messengers they have linked and this deployment allows."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.chats import chats_of, open_web_chat
from core.identity import identities_of
from core.shared.ids import PersonId
from core.store import UnitOfWork
from messengers import Carrier, ChannelPolicy

Policies = Mapping[Carrier, ChannelPolicy]


@dataclass(frozen=True, slots=True)
class Address:
    """Where a message goes: a carrier and the name of the chat there."""

    carrier: Carrier
    name: str


def addresses_of(uow: UnitOfWork, *, person_id: PersonId, policies: Policies) -> list[Address]:
    """All ways to the person, messengers first; the web chat is always there and always last.

    A messenger that has said for good that it cannot reach the person is left out.
    """
    reachable = {
        one.provider: one.subject
        for one in identities_of(uow, person_id=person_id)
        if one.reachable and _allowed(one.provider, policies)
    }
    talked_in = {chat.carrier for chat in chats_of(uow, person_id=person_id)}
    messengers = [
        Address(Carrier(provider), subject)
        for provider, subject in reachable.items()
        if provider in talked_in and provider != Carrier.WEB
    ]
    return [*messengers, Address(Carrier.WEB, open_web_chat(uow, person_id=person_id).id)]


def _allowed(provider: str, policies: Policies) -> bool:
    if provider not in set(Carrier):
        return False
    return policies.get(Carrier(provider), ChannelPolicy.OFF) is not ChannelPolicy.OFF
