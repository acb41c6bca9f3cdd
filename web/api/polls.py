"""Polls over the API."""

from ninja import Router

from core.identity import Viewer
from core.polls import (
    Poll,
    Receipt,
    Tally,
    ballot_of,
    cast_ballot,
    close_poll,
    open_poll,
    poll,
    recent_polls,
    tally,
)
from core.shared.ids import OptionId, PollId, TerritoryId
from core.store import Reading
from core.territories import ancestry, territories, territory_by_slug
from web.api.callers import ANYBODY, SIGNED_IN, ApiRequest, person_of
from web.api.once import IdempotencyKey, key_or_fresh, once
from web.api.shapes import BallotIn, OptionOut, PollIn, PollOut, ReceiptOut
from web.dependencies import dependencies

router = Router(tags=["polls"])


@router.get("/polls", response=list[PollOut], auth=ANYBODY)
async def poll_list(request: ApiRequest, territory: str | None = None) -> list[PollOut]:
    """Polls of a territory (by slug) and of those above it, or all; newest first, at most fifty."""
    return await dependencies().database.read_async(_polls, slug=territory, viewer=request.auth)


@router.get("/polls/{poll_id}", response=PollOut, auth=ANYBODY)
async def poll_one(request: ApiRequest, poll_id: str) -> PollOut:
    """One poll with its tally."""
    return await dependencies().database.read_async(_poll, poll_id=PollId(poll_id), viewer=request.auth)


@router.post("/polls", response={201: PollOut}, auth=SIGNED_IN)
async def poll_open(
    request: ApiRequest, body: PollIn, idempotency_key: IdempotencyKey = None
) -> tuple[int, PollOut]:
    """Open a poll; needs the right to run polls in the territory."""
    poll_id = await once(
        request,
        key_or_fresh(idempotency_key),
        command=open_poll,
        returns=str,
        territory_id=TerritoryId(body.territory_id),
        opened_by=person_of(request),
        question=body.question,
        options=body.options,
        closes_at=body.closes_at,
        details=body.details,
    )
    return 201, await poll_one(request, poll_id)


@router.post("/polls/{poll_id}/close", response=PollOut, auth=SIGNED_IN)
async def poll_close(request: ApiRequest, poll_id: str, idempotency_key: IdempotencyKey = None) -> PollOut:
    """Take no more votes. Closing twice is closing once."""
    await once(
        request,
        key_or_fresh(idempotency_key),
        command=close_poll,
        returns=type(None),
        poll_id=PollId(poll_id),
        closed_by=person_of(request),
    )
    return await poll_one(request, poll_id)


@router.post("/polls/{poll_id}/ballot", response=ReceiptOut, auth=SIGNED_IN)
async def ballot_cast(
    request: ApiRequest, poll_id: str, body: BallotIn, idempotency_key: IdempotencyKey = None
) -> ReceiptOut:
    """Vote, or change the vote while the poll is open. One person, one vote, over all doors."""
    receipt = await once(
        request,
        key_or_fresh(idempotency_key),
        command=cast_ballot,
        returns=Receipt,
        poll_id=PollId(poll_id),
        person_id=person_of(request),
        option_id=OptionId(body.option_id),
        door="api",
    )
    return ReceiptOut(
        poll_id=receipt.poll_id,
        option_id=receipt.option_id,
        previous=receipt.previous,
        cast_at=receipt.cast_at,
    )


def _polls(reading: Reading, *, slug: str | None, viewer: Viewer) -> list[PollOut]:
    within = (
        [place.id for place in territories(reading)]
        if slug is None
        else ancestry(reading, territory_id=territory_by_slug(reading, slug=slug).id)
    )
    return [_out(reading, found, viewer) for found in recent_polls(reading, territory_ids=within).items]


def _poll(reading: Reading, *, poll_id: PollId, viewer: Viewer) -> PollOut:
    return _out(reading, poll(reading, poll_id=poll_id), viewer)


def _out(reading: Reading, found: Poll, viewer: Viewer) -> PollOut:
    counted: Tally = tally(reading, poll_id=found.id)
    votes = dict(counted.counts)
    mine = None
    if viewer.person_id is not None:
        mine = ballot_of(reading, poll_id=found.id, person_id=viewer.person_id)
    return PollOut(
        id=found.id,
        territory_id=found.territory_id,
        question=found.question,
        details=found.details,
        options=[
            OptionOut(id=option.id, text=option.text, votes=votes[option.id]) for option in found.options
        ],
        total=counted.total,
        opened_at=found.opened_at,
        closes_at=found.closes_at,
        takes_votes=found.takes_votes,
        my_option_id=mine,
    )
