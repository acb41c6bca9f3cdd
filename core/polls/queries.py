"""Questions about polls."""

from collections.abc import Collection

from sqlalchemy import bindparam, func, select

from core.polls.errors import UnknownPoll
from core.polls.model import BallotRow, OptionRow, PollRow
from core.polls.rules import Option, OwnBallot, Poll, PollStatus, Tally, takes_votes
from core.shared.ids import OptionId, PersonId, PollId, TerritoryId
from core.store import PreparedQuery, Reading, once_a_view, one_of

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
    row = reading.session.get(PollRow, poll_id)
    if row is None:
        raise UnknownPoll
    return _polls(reading, [row])[0]


@once_a_view
def open_polls(reading: Reading, *, territory_ids: Collection[TerritoryId]) -> list[Poll]:
    """Polls that take votes in these territories, the soonest to close first."""
    rows = reading.session.execute(
        select(PollRow)
        .where(
            PollRow.territory_id.in_(territory_ids),
            PollRow.status == PollStatus.OPEN,
            PollRow.closes_at > reading.now,
        )
        .order_by(PollRow.closes_at)
    ).scalars()
    return _polls(reading, list(rows))


def recent_polls(reading: Reading, *, territory_ids: Collection[TerritoryId], limit: int = 50) -> list[Poll]:
    """Polls of these territories, open or closed, newest first."""
    rows = reading.session.execute(
        select(PollRow)
        .where(PollRow.territory_id.in_(territory_ids))
        .order_by(PollRow.opened_at.desc())
        .limit(limit)
    ).scalars()
    return _polls(reading, list(rows))


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


def _polls(reading: Reading, rows: list[PollRow]) -> list[Poll]:
    options: dict[str, list[Option]] = {row.id: [] for row in rows}
    for option in reading.session.execute(
        select(OptionRow).where(OptionRow.poll_id.in_(options)).order_by(OptionRow.position)
    ).scalars():
        options[option.poll_id].append(Option(id=OptionId(option.id), text=option.text))
    return [
        Poll(
            id=PollId(row.id),
            territory_id=TerritoryId(row.territory_id),
            question=row.question,
            details=row.details,
            options=tuple(options[row.id]),
            opened_at=row.opened_at,
            closes_at=row.closes_at,
            takes_votes=takes_votes(PollStatus(row.status), row.closes_at, reading.now),
        )
        for row in rows
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
