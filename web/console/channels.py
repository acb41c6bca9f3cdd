"""Channels at the console: what each messenger may carry, who chose it and why, and what the law says."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from core.channels import (
    GOVERNED,
    LAW,
    ChannelChoice,
    ChannelPolicy,
    Owner,
    channel_choices,
    channel_policies,
    choose_channel_policy,
    lawful,
    set_up_channels,
)
from core.identity import Person, people
from core.shared.errors import DomainError, Forbidden, Invalid
from core.shared.ids import PersonId
from core.store import Reading
from messengers import CARRIER_NAMES, Carrier
from web.console.desk import Desk
from web.console.frame import Opened, open_desk, show_desk
from web.dependencies import dependencies
from web.page_request import PageRequest
from web.sessions import go

ADDRESS = "/console/channels"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelBook:
    """What holds and how it came about."""

    policies: dict[str, ChannelPolicy]
    choices: list[ChannelChoice]
    choosers: dict[PersonId, Person]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownChannel:
    """A messenger on the page. ``connected``: the deployment has a token of it."""

    carrier: str
    name: str
    policy: str
    connected: bool


def channel_book(reading: Reading, desk: Desk) -> ChannelBook:
    """All of it. Raises: Forbidden for those who administer nothing."""
    if not desk.administers:
        raise Forbidden
    choices = channel_choices(reading)
    choosers = {choice.chosen_by for choice in choices if choice.chosen_by is not None}
    return ChannelBook(
        policies=channel_policies(reading),
        choices=choices,
        choosers=people(reading, person_ids=choosers),
    )


async def _channels(request: PageRequest) -> HttpResponse:
    """The page; a form answers the question of the set-up or changes one policy."""
    if request.method != "POST":
        return await _shown(request)
    try:
        await _chosen(request)
    except DomainError as refusal:
        return await _shown(request, refusal=refusal)
    return go(ADDRESS)


async def _chosen(request: PageRequest) -> None:
    given, sent = dependencies(), request.POST
    chosen_by = request.visit.person().id
    before = {carrier.value: policy for carrier, policy in given.policies_before.items()}
    try:
        if "owner" in sent:
            owner = Owner(str(sent["owner"]))
            await given.database.run_async(set_up_channels, owner=owner, chosen_by=chosen_by, before=before)
            return
        carrier = str(sent.get("carrier", ""))
        await given.database.run_async(
            choose_channel_policy,
            chosen_by=chosen_by,
            carrier=carrier,
            policy=ChannelPolicy(str(sent.get("policy", ""))),
            why=str(sent.get("why", "")),
            before=before[carrier],
        )
    except (ValueError, KeyError) as wrong:
        raise Invalid from wrong


async def _shown(request: PageRequest, *, refusal: DomainError | None = None) -> HttpResponse:
    opened: Opened[ChannelBook] = await open_desk(request, None, channel_book)
    book = opened.item
    return show_desk(
        request,
        opened,
        "console/channels.html",
        title=gettext("Channels"),
        law=gettext(LAW),
        channels=[_channel(name, book) for name in GOVERNED],
        policies=[(policy.value, policy_words(policy)) for policy in ChannelPolicy],
        owners=[(owner.value, owner_words(owner), _proposal(owner)) for owner in Owner],
        undecided=not book.policies,
        journal=[_line(choice, book) for choice in book.choices],
        sent=request.POST,
        error="" if refusal is None else refusal.sentence(request.language),
        status=200 if refusal is None else 400,
    )


def _channel(name: str, book: ChannelBook) -> ShownChannel:
    given, carrier = dependencies(), Carrier(name)
    policy = book.policies.get(name) or given.policies_before.get(carrier, ChannelPolicy.OFF)
    return ShownChannel(
        carrier=name,
        name=CARRIER_NAMES[carrier],
        policy=policy.value,
        connected=carrier in given.policies,
    )


def _proposal(owner: Owner) -> str:
    """``MAX: carries everything; …``: what a choice of the owner sets."""
    return "; ".join(
        f"{CARRIER_NAMES[Carrier(name)]}: {policy_words(policy)}" for name, policy in lawful(owner).items()
    )


def _line(choice: ChannelChoice, book: ChannelBook) -> tuple[ChannelChoice, str, str, str, str, str]:
    chooser = None if choice.chosen_by is None else book.choosers[choice.chosen_by]
    return (
        choice,
        CARRIER_NAMES[Carrier(choice.carrier)],
        policy_words(choice.before),
        policy_words(choice.policy),
        gettext("the operator") if chooser is None else chooser.display_name,
        # The set-up's own words are translated; those of an administrator are nobody's message id.
        gettext(choice.why),
    )


def policy_words(policy: ChannelPolicy) -> str:
    """The policy as it stands in a list."""
    return {
        ChannelPolicy.FULL: gettext("carries everything"),
        ChannelPolicy.INBOUND_NOTICE_ONLY: gettext("only says that an answer waits on the site"),
        ChannelPolicy.OFF: gettext("switched off"),
    }[policy]


def owner_words(owner: Owner) -> str:
    """Who runs the service, as an answer."""
    return {
        Owner.AUTHORITY: gettext("An authority or its institution"),
        Owner.COMMUNITY: gettext("A community or a non-profit organisation"),
    }[owner]


channels = require_http_methods(["GET", "HEAD", "POST"])(_channels)
