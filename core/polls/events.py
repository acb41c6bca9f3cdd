"""What polls tell the others. No fact names a choice."""

from dataclasses import dataclass

from core.shared.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class PollOpened(Fact):
    """A poll can be voted in."""

    poll_id: str
    territory_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BallotCast(Fact):
    """Somebody voted or changed their vote; the tally has moved."""

    poll_id: str
    territory_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PollClosed(Fact):
    """The poll takes no more votes; the tally is final."""

    poll_id: str
    territory_id: str
