"""What a poll is and when a vote counts: pure decisions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from core.polls.errors import TooFewOptions, TooManyOptions, WrongTerm
from core.shared.errors import checked_text
from core.shared.ids import OptionId, PersonId, PollId, TerritoryId

QUESTION_LIMIT = 300
DETAILS_LIMIT = 4000
OPTION_LIMIT = 100
LEAST_OPTIONS = 2
# Ten inline buttons is the most that every messenger shows (VK).
MOST_OPTIONS = 10
LONGEST_TERM = timedelta(days=365)


class PollStatus(StrEnum):
    """Whether votes are taken."""

    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Option:
    """An answer to choose."""

    id: OptionId
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """A question with its answers. ``takes_votes`` is by the server's clock at the time of reading."""

    id: PollId
    territory_id: TerritoryId
    question: str
    details: str
    options: tuple[Option, ...]
    opened_at: datetime
    closes_at: datetime
    takes_votes: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Votes per option in the order of the options. ``total`` is their sum, always."""

    poll_id: PollId
    counts: tuple[tuple[OptionId, int], ...]
    takes_votes: bool

    @property
    def total(self) -> int:
        """How many people voted."""
        return sum(votes for _, votes in self.counts)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnBallot:
    """A person's own vote, as they are shown what is kept of them."""

    poll_id: PollId
    question: str
    option: str
    cast_at: datetime
    door: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What a voter is told. ``previous`` is the answer that this vote replaced, if there was one."""

    poll_id: PollId
    person_id: PersonId
    option_id: OptionId
    previous: OptionId | None
    cast_at: datetime


def takes_votes(status: PollStatus, closes_at: datetime, now: datetime) -> bool:
    """Whether a vote cast at ``now`` counts: the closing moment itself is too late."""
    return status is PollStatus.OPEN and now < closes_at


def checked_options(texts: Sequence[str]) -> list[str]:
    """The answers cleaned, each once, in their order. Raises: TooFewOptions, TooManyOptions, TooLong.

    >>> checked_options([" Парк ", "", "Парковка", "Парк"])
    ['Парк', 'Парковка']
    """
    cleaned = list(dict.fromkeys(checked_text(text, limit=OPTION_LIMIT) for text in texts if text.strip()))
    if len(cleaned) < LEAST_OPTIONS:
        raise TooFewOptions(least=LEAST_OPTIONS)
    if len(cleaned) > MOST_OPTIONS:
        raise TooManyOptions(most=MOST_OPTIONS)
    return cleaned


def check_term(closes_at: datetime, now: datetime) -> None:
    """Refuse a closing time in the past or more than a year ahead. Raises: WrongTerm."""
    if not now < closes_at <= now + LONGEST_TERM:
        raise WrongTerm(days=LONGEST_TERM.days)
