"""Questions about polls."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import bindparam, func, select

from core.polls.errors import UnknownPoll
from core.polls.model import BallotRow, OptionRow, PollRow
from core.polls.rules import Option, OwnBallot, Poll, PollStatus, Tally, takes_votes
from core.shared.ids import OptionId, PersonId, PollId, TerritoryId
from core.store import PART, Part, PreparedQuery, Reading, once_a_view, one_of, part_of

_POLL = (
    PollRow.id,
    PollRow.territory_id,
    PollRow.question,
    PollRow.details,
    PollRow.status,
    PollRow.opened_at,
    PollRow.closes_at,
)
_BY_ID = PreparedQuery(select(*_POLL).where(PollRow.id == bindparam("poll_id")))
_OPEN = PreparedQuery(
    select(*_POLL)
    .where(
        one_of(PollRow.territory_id, "territory_ids"),
        PollRow.status == PollStatus.OPEN.value,
        PollRow.closes_at > bindparam("now"),
    )
    .order_by(PollRow.closes_at)
)
_OPTIONS = PreparedQuery(
    select(OptionRow.poll_id, OptionRow.id, OptionRow.text)
    .where(one_of(OptionRow.poll_id, "poll_ids"))
    .order_by(OptionRow.position)
)
_COUNTED = PreparedQuery(
    select(BallotRow.option_id, func.count())
    .where(BallotRow.poll_id == bindparam("poll_id"))
    .group_by(BallotRow.option_id)
)
_CHOSEN = PreparedQuery(
    select(BallotRow.option_id).where(
        BallotRow.poll_id == bindparam("poll_id"), BallotRow.person_id == bindparam("person_id")
    )
)
_VOTED = PreparedQuery(
    select(BallotRow.poll_id).where(
        BallotRow.person_id == bindparam("person_id"), one_of(BallotRow.poll_id, "poll_ids")
    )
)


@once_a_view
def poll(reading: Reading, *, poll_id: PollId) -> Poll:
    """One poll with its options. Raises: UnknownPoll."""
    row = reading.first(_BY_ID, poll_id=poll_id)
    if row is None:
        raise UnknownPoll
    return _polls(reading, [row])[0]


@once_a_view
def open_polls(reading: Reading, *, territory_ids: Collection[TerritoryId]) -> list[Poll]:
    """Polls that take votes in these territories, the soonest to close first."""
    return _polls(reading, reading.rows(_OPEN, territory_ids=territory_ids, now=reading.now))


def recent_polls(
    reading: Reading, *, territory_ids: Collection[TerritoryId], first: int = 0, limit: int = PART
) -> Part[Poll]:
    """Polls of these territories, open or closed, newest first."""
    wanted = (
        select(*_POLL)
        .where(PollRow.territory_id.in_(territory_ids))
        .order_by(PollRow.opened_at.desc(), PollRow.id.desc())
    )
    found = part_of(reading, wanted, first=first, limit=limit)
    polls = _polls(reading, found.items)
    return Part(items=polls, before=found.before, total=found.total)


def count_open_polls(reading: Reading, *, territory_ids: Collection[TerritoryId]) -> int:
    """How many polls take votes in these territories."""
    return reading.session.execute(
        select(func.count()).where(
            PollRow.territory_id.in_(territory_ids),
            PollRow.status == PollStatus.OPEN,
            PollRow.closes_at > reading.now,
        )
    ).scalar_one()


@once_a_view
def tally(reading: Reading, *, poll_id: PollId) -> Tally:
    """Votes per option, counted from the ballots themselves. Raises: UnknownPoll."""
    found = poll(reading, poll_id=poll_id)
    votes = dict(reading.rows(_COUNTED, poll_id=poll_id))
    return Tally(
        poll_id=poll_id,
        counts=tuple((option.id, votes.get(option.id, 0)) for option in found.options),
        takes_votes=found.takes_votes,
    )


def ballot_of(reading: Reading, *, poll_id: PollId, person_id: PersonId) -> OptionId | None:
    """What the person chose, for the person's own eyes."""
    chosen = reading.first(_CHOSEN, poll_id=poll_id, person_id=person_id)
    return None if chosen is None else OptionId(chosen[0])


def polls_voted(reading: Reading, *, person_id: PersonId, poll_ids: Collection[PollId]) -> set[PollId]:
    """In which of these polls the person has voted."""
    rows = reading.rows(_VOTED, person_id=person_id, poll_ids=poll_ids) if poll_ids else []
    return {PollId(row) for (row,) in rows}


def _polls(reading: Reading, rows: Sequence[tuple[Any, ...]]) -> list[Poll]:
    """The columns of ``_POLL`` with the options of each poll."""
    options: dict[str, list[Option]] = {row[0]: [] for row in rows}
    for poll_id, option_id, text in reading.rows(_OPTIONS, poll_ids=options):
        options[poll_id].append(Option(id=OptionId(option_id), text=text))
    return [
        Poll(
            id=PollId(poll_id),
            territory_id=TerritoryId(territory_id),
            question=question,
            details=details,
            options=tuple(options[poll_id]),
            opened_at=opened_at,
            closes_at=closes_at,
            takes_votes=takes_votes(PollStatus(status), closes_at, reading.now),
        )
        for poll_id, territory_id, question, details, status, opened_at, closes_at in rows
    ]


def ballots_of(reading: Reading, *, person_id: PersonId) -> list[OwnBallot]:
    """A person's own votes, newest first, for their eyes only."""
    rows = reading.session.execute(
        select(BallotRow, PollRow.question, OptionRow.text)
        .join(PollRow, PollRow.id == BallotRow.poll_id)
        .join(OptionRow, OptionRow.id == BallotRow.option_id)
        .where(BallotRow.person_id == person_id)
        .order_by(BallotRow.cast_at.desc())
    ).all()
    return [
        OwnBallot(
            poll_id=PollId(ballot.poll_id),
            question=question,
            option=text,
            cast_at=ballot.cast_at,
            door=ballot.door,
        )
        for ballot, question, text in rows
    ]
