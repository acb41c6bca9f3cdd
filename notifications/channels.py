"""Over what a person is reached: the messengers they have linked and this deployment allows."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from core.chats import Chat, chats_of_many, open_web_chat
from core.identity import Identity, identities_of_many
from core.shared.ids import PersonId
from core.store import UnitOfWork
from messengers import Carrier, ChannelPolicy, Policies

# A way in that needs no chat: whoever has proved an address can be written to.
_WITHOUT_CHAT = frozenset({"email"})


@dataclass(frozen=True, slots=True)
class Address:
    """Where a message goes: a carrier and the name of the chat there.

    announces: the carrier may only say that there is something new.
    """

    carrier: Carrier
    name: str
    announces: bool = False


def addresses_of(uow: UnitOfWork, *, person_id: PersonId, policies: Policies) -> list[Address]:
    """All ways to the person: messengers, then e-mail, then the web chat, which is always there.

    A messenger that has said for good that it cannot reach the person is left out.
    """
    ways = addresses_of_many(uow, person_ids=[person_id], policies=policies)[person_id]
    if ways[-1].carrier is not Carrier.WEB:
        ways.append(Address(Carrier.WEB, open_web_chat(uow, person_id=person_id).id))
    return ways


def addresses_of_many(
    uow: UnitOfWork, *, person_ids: Collection[PersonId], policies: Policies
) -> dict[PersonId, list[Address]]:
    """The ways to several persons; a web chat is opened only for whoever would be told nothing elsewhere."""
    identities = identities_of_many(uow, person_ids=person_ids)
    chats = chats_of_many(uow, person_ids=person_ids)
    found: dict[PersonId, list[Address]] = {}
    for person_id in person_ids:
        own = chats.get(person_id, [])
        ways = _messengers(identities.get(person_id, []), own, policies)
        web = next((chat for chat in own if chat.carrier == Carrier.WEB), None)
        if web is None and all(way.announces for way in ways):
            web = open_web_chat(uow, person_id=person_id)
        if web is not None:
            ways.append(Address(Carrier.WEB, web.id))
        found[person_id] = ways
    return found


def _messengers(identities: Sequence[Identity], chats: Sequence[Chat], policies: Policies) -> list[Address]:
    talked_in = {chat.carrier for chat in chats}
    ways = [
        Address(carrier, one.subject, announces=policies[carrier] is ChannelPolicy.INBOUND_NOTICE_ONLY)
        for one in identities
        if one.reachable
        and (carrier := _allowed(one.provider, policies))
        and (one.provider in talked_in or one.provider in _WITHOUT_CHAT)
        and one.provider != Carrier.WEB
    ]
    # A mail is read later than a message.
    return sorted(ways, key=lambda way: way.carrier in _WITHOUT_CHAT)


def told_over(chosen: Sequence[Address], ways: Sequence[Address]) -> list[Address]:
    """The chosen ways, and one that carries the words themselves if those may only announce them."""
    if not all(way.announces for way in chosen) or not chosen:
        return list(chosen)
    return [*chosen, *[way for way in ways if not way.announces][:1]]


def _allowed(provider: str, policies: Policies) -> Carrier | None:
    if provider not in set(Carrier):
        return None
    carrier = Carrier(provider)
    return None if policies.get(carrier, ChannelPolicy.OFF) is ChannelPolicy.OFF else carrier
