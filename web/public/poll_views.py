"""From polls of the core to what templates show."""

from dataclasses import dataclass
from datetime import datetime

from core.polls import Poll, Tally
from core.shared.ids import OptionId
from web.view_models import Countdown, OptionLine, PollCard, voted_words
from web.words import short_moment


@dataclass(frozen=True, slots=True, kw_only=True)
class PollView:
    """A poll on its own page. ``chosen`` is the viewer's answer in words, empty before the vote."""

    id: str
    question: str
    details: str
    options: tuple[OptionLine, ...]
    clock: Countdown
    closes_words: str
    turnout_words: str
    takes_votes: bool
    chosen: str


def poll_card(poll: Poll, counted: Tally, *, voted: bool, now: datetime) -> PollCard:
    """A poll in a list."""
    return PollCard(
        address=f"/polls/{poll.id}",
        question=poll.question,
        clock=poll_clock(poll, now),
        turnout_words=voted_words(counted.total, takes_votes=poll.takes_votes),
        voted=voted,
    )


def poll_view(poll: Poll, counted: Tally, *, chosen: OptionId | None, now: datetime) -> PollView:
    """A poll with its tally."""
    options = option_lines(poll, counted, chosen=chosen)
    return PollView(
        id=poll.id,
        question=poll.question,
        details=poll.details,
        options=options,
        clock=poll_clock(poll, now),
        closes_words=short_moment(poll.closes_at, now=now),
        turnout_words=voted_words(counted.total, takes_votes=poll.takes_votes),
        takes_votes=poll.takes_votes,
        chosen=next((option.label for option in options if option.chosen), ""),
    )


def option_lines(poll: Poll, counted: Tally, *, chosen: OptionId | None) -> tuple[OptionLine, ...]:
    """The answers with their votes; shares add up to 100 unless nobody has voted."""
    votes = dict(counted.counts)
    shares = whole_shares([votes[option.id] for option in poll.options])
    most = max(votes.values(), default=0)
    return tuple(
        OptionLine(
            id=option.id,
            label=option.text,
            votes=votes[option.id],
            share_percent=share,
            leading=votes[option.id] == most > 0,
            chosen=option.id == chosen,
        )
        for option, share in zip(poll.options, shares, strict=True)
    )


def whole_shares(votes: list[int]) -> list[int]:
    """Whole percents that add up to 100, by the largest remainder.

    >>> whole_shares([1, 1, 1])
    [34, 33, 33]
    >>> whole_shares([0, 0])
    [0, 0]
    """
    total = sum(votes)
    if total == 0:
        return [0] * len(votes)
    shares = [100 * count // total for count in votes]
    by_remainder = sorted(range(len(votes)), key=lambda i: -(100 * votes[i] % total))
    for i in by_remainder[: 100 - sum(shares)]:
        shares[i] += 1
    return shares


def poll_clock(poll: Poll, now: datetime) -> Countdown:
    """The time that is left to vote."""
    end = poll.closes_at if poll.takes_votes else min(poll.closes_at, now)
    return Countdown.until(start=poll.opened_at, end=end, now=now)
