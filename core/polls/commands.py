"""Use cases of polls: opening, voting, closing."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from sqlalchemy import bindparam, select, update

from core.identity import Action, require_consent, require_right
from core.polls.errors import PollClosedForVotes, UnknownOption, UnknownPoll
from core.polls.events import BallotCast, PollClosed, PollOpened
from core.polls.model import BallotRow, OptionRow, PollRow
from core.polls.rules import (
    DETAILS_LIMIT,
    QUESTION_LIMIT,
    PollStatus,
    Receipt,
    check_term,
    checked_options,
    takes_votes,
)
from core.shared.doors import AT_THE_DESK, Actor, Door, reached
from core.shared.errors import checked_text
from core.shared.ids import OptionId, PersonId, PollId, TerritoryId, new_id
from core.store import PreparedChange, PreparedQuery, UnitOfWork, insert_new

_POLL = select(PollRow.territory_id, PollRow.status, PollRow.closes_at).where(
    PollRow.id == bindparam("poll_id")
)
# The share lock lets voters pass each other and makes closing wait for the votes under way.
_POLL_FOR_VOTE = PreparedQuery(_POLL.with_for_update(read=True))
_OPTION = PreparedQuery(
    select(OptionRow.id).where(
        OptionRow.id == bindparam("option_id"), OptionRow.poll_id == bindparam("poll_id")
    )
)
_BALLOT = PreparedChange(
    insert_new(
        BallotRow, "poll_id", "person_id", "option_id", "cast_at", "door", conflict=("poll_id", "person_id")
    )
)
_MINE = (BallotRow.poll_id == bindparam("poll"), BallotRow.person_id == bindparam("person"))
_PREVIOUS = PreparedQuery(select(BallotRow.option_id).where(*_MINE).with_for_update())
_CHANGE = PreparedChange(
    update(BallotRow)
    .where(*_MINE)
    .values(option_id=bindparam("option_id"), cast_at=bindparam("cast_at"), door=bindparam("door"))
)

BallotDoor = Literal["web", "telegram", "max", "vk", "api"]


@reached(Actor.OFFICIAL, Door.CONSOLE, Door.API, closed={Door.BOT: AT_THE_DESK})
def open_poll(
    uow: UnitOfWork,
    *,
    territory_id: TerritoryId,
    opened_by: PersonId,
    question: str,
    options: Sequence[str],
    closes_at: datetime,
    details: str = "",
) -> PollId:
    """Put a question to the residents of a territory until ``closes_at`` (aware).

    Raises: Forbidden without the right to run polls here; Empty, TooLong (question 300 characters,
    answer 100, details 4000), TooFewOptions, TooManyOptions, WrongTerm.
    """
    require_right(uow, person_id=opened_by, action=Action.RUN_POLLS, territory_id=territory_id)
    check_term(closes_at, uow.now)
    poll_id = PollId(new_id())
    row = PollRow(
        id=poll_id,
        territory_id=territory_id,
        question=checked_text(question, limit=QUESTION_LIMIT),
        details=checked_text(details, limit=DETAILS_LIMIT) if details.strip() else "",
        status=PollStatus.OPEN,
        opened_by=opened_by,
        opened_at=uow.now,
        closes_at=closes_at,
    )
    uow.session.add(row)
    uow.session.flush()
    for position, text in enumerate(checked_options(options), start=1):
        uow.session.add(OptionRow(id=new_id(), poll_id=poll_id, position=position, text=text))
    uow.record(PollOpened(poll_id=poll_id, territory_id=territory_id))
    uow.audit("poll_opened", actor=opened_by, subject=f"poll:{poll_id}")
    return poll_id


@reached(Actor.CITIZEN, Door.BOT, Door.WEB, Door.API)
def cast_ballot(
    uow: UnitOfWork, *, poll_id: PollId, person_id: PersonId, option_id: OptionId, door: BallotDoor
) -> Receipt:
    """Vote, or change the vote while the poll is open.

    Raises: UnknownPoll, ConsentNeeded, PollClosedForVotes, UnknownOption.
    """
    poll = uow.first(_POLL_FOR_VOTE, poll_id=poll_id)
    if poll is None:
        raise UnknownPoll
    territory_id, status, closes_at = poll
    require_consent(uow, person_id=person_id)
    if not takes_votes(PollStatus(status), closes_at, uow.now):
        raise PollClosedForVotes
    if uow.first(_OPTION, poll_id=poll_id, option_id=option_id) is None:
        raise UnknownOption
    previous = _put_ballot(uow, poll_id=poll_id, person_id=person_id, option_id=option_id, door=door)
    if previous != option_id:
        uow.record(BallotCast(poll_id=poll_id, territory_id=territory_id))
    return Receipt(
        poll_id=poll_id, person_id=person_id, option_id=option_id, previous=previous, cast_at=uow.now
    )


def inherit_ballots(uow: UnitOfWork, *, from_id: PersonId, to_id: PersonId) -> int:
    """Two accounts turn out to be one person: one ballot a poll stays, the one cast last; how many went.

    The caller holds the locks of both persons. Polls that are closed lose a double vote as well: a tally is
    the ballots at any moment.
    """
    kept = {row.poll_id: row for row in _ballots_of(uow, to_id)}
    doubles = 0
    for ballot in _ballots_of(uow, from_id):
        mine = kept.get(ballot.poll_id)
        if mine is not None:
            doubles += 1
            _drop(uow, mine if ballot.cast_at > mine.cast_at else ballot)
        if mine is None or ballot.cast_at > mine.cast_at:
            where = (BallotRow.poll_id == ballot.poll_id, BallotRow.person_id == from_id)
            uow.session.execute(update(BallotRow).where(*where).values(person_id=to_id))
    return doubles


def _ballots_of(uow: UnitOfWork, person_id: PersonId) -> list[BallotRow]:
    return list(uow.session.execute(select(BallotRow).where(BallotRow.person_id == person_id)).scalars())


def _drop(uow: UnitOfWork, ballot: BallotRow) -> None:
    uow.session.delete(ballot)
    uow.session.flush()
    territory_id = uow.session.get_one(PollRow, ballot.poll_id).territory_id
    uow.record(BallotCast(poll_id=ballot.poll_id, territory_id=territory_id))


@reached(Actor.OFFICIAL, Door.CONSOLE, Door.API, closed={Door.BOT: AT_THE_DESK})
def close_poll(uow: UnitOfWork, *, poll_id: PollId, closed_by: PersonId) -> None:
    """Take no more votes. Closing a closed poll changes nothing. Raises: UnknownPoll, Forbidden."""
    poll = _locked(uow, poll_id)
    territory_id = TerritoryId(poll.territory_id)
    require_right(uow, person_id=closed_by, action=Action.RUN_POLLS, territory_id=territory_id)
    if poll.status == PollStatus.OPEN:
        _close(uow, poll)
        uow.audit("poll_closed", actor=closed_by, subject=f"poll:{poll_id}")


def close_due_polls(uow: UnitOfWork) -> int:
    """Close the polls whose time has come; how many. Votes are refused by the clock even before this."""
    due = uow.session.execute(
        select(PollRow)
        .where(PollRow.status == PollStatus.OPEN, PollRow.closes_at <= uow.now)
        .order_by(PollRow.id)
        .with_for_update()
    ).scalars()
    return sum(_close(uow, poll) for poll in list(due))


def _close(uow: UnitOfWork, poll: PollRow) -> int:
    uow.session.execute(
        update(PollRow).where(PollRow.id == poll.id).values(status=PollStatus.CLOSED, closed_at=uow.now)
    )
    uow.record(PollClosed(poll_id=poll.id, territory_id=poll.territory_id))
    return 1


def _put_ballot(
    uow: UnitOfWork, *, poll_id: PollId, person_id: PersonId, option_id: OptionId, door: BallotDoor
) -> OptionId | None:
    vote = {"option_id": option_id, "cast_at": uow.now, "door": door}
    # The primary key, not a SELECT, decides: two doors may vote in the same millisecond.
    if uow.apply(_BALLOT, poll_id=poll_id, person_id=person_id, **vote):
        return None
    ((previous,),) = uow.rows(_PREVIOUS, poll=poll_id, person=person_id)
    if previous != option_id:
        uow.apply(_CHANGE, poll=poll_id, person=person_id, **vote)
    return OptionId(previous)


def _locked(uow: UnitOfWork, poll_id: PollId) -> PollRow:
    row = uow.session.execute(
        select(PollRow).where(PollRow.id == poll_id).with_for_update()
    ).scalar_one_or_none()
    if row is None:
        raise UnknownPoll
    return row
