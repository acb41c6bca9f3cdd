"""Polls: a question, one ballot a person, a tally that equals the ballots."""

from core.polls.commands import (
    BallotDoor,
    cast_ballot,
    close_due_polls,
    close_poll,
    inherit_ballots,
    open_poll,
)
from core.polls.errors import (
    PollClosedForVotes,
    TooFewOptions,
    TooManyOptions,
    UnknownOption,
    UnknownPoll,
    WrongTerm,
)
from core.polls.events import BallotCast, PollClosed, PollOpened
from core.polls.queries import (
    ballot_of,
    ballots_of,
    count_open_polls,
    open_polls,
    poll,
    polls_voted,
    recent_polls,
    tally,
)
from core.polls.rules import Option, OwnBallot, Poll, Receipt, Tally
from core.polls.showing import show_in_room

__all__ = [
    "BallotCast",
    "BallotDoor",
    "Option",
    "OwnBallot",
    "Poll",
    "PollClosed",
    "PollClosedForVotes",
    "PollOpened",
    "Receipt",
    "Tally",
    "TooFewOptions",
    "TooManyOptions",
    "UnknownOption",
    "UnknownPoll",
    "WrongTerm",
    "ballot_of",
    "ballots_of",
    "cast_ballot",
    "close_due_polls",
    "close_poll",
    "count_open_polls",
    "inherit_ballots",
    "open_poll",
    "open_polls",
    "poll",
    "polls_voted",
    "recent_polls",
    "show_in_room",
    "tally",
]
