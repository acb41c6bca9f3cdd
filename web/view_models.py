"""What templates are given: words and shapes, ready to be shown. No template computes anything."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from django.utils.translation import gettext, ngettext

from web.charts import NARROW, WIDE, Drawing, Fan, draw
from web.words import plural_forms, time_left

Mood = Literal["good", "warn", "bad", "muted"]
SOON = timedelta(hours=6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Countdown:
    """A ring that empties and the words beside it. ``mood``: calm, soon, over."""

    words: str
    mood: Literal["calm", "soon", "over"]
    percent_left: int

    @classmethod
    def until(cls, *, start: datetime, end: datetime, now: datetime) -> "Countdown":
        """The time left of a span."""
        left = end - now
        if left <= timedelta(0):
            return cls(words=gettext("closed"), mood="calm", percent_left=0)
        share = min(left / (end - start), 1.0)
        words = gettext("%(time)s left") % {"time": time_left(left)}
        return cls(
            words=words, mood="soon" if left < SOON else "calm", percent_left=max(round(share * 100), 1)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionLine:
    """One answer of a poll with its share of the votes."""

    id: str
    label: str
    votes: int
    share_percent: int
    leading: bool
    chosen: bool

    @property
    def votes_words(self) -> str:
        """``3 votes``."""
        return votes_words(self.votes)


@dataclass(frozen=True, slots=True, kw_only=True)
class PollWords:
    """The counted phrases of a poll in all forms, for the script that keeps the tally live."""

    votes: str
    turnout: str
    nobody: str

    @classmethod
    def current(cls, *, takes_votes: bool = True) -> "PollWords":
        """The phrases in the current language."""
        return cls(
            votes=plural_forms("%(count)d vote", "%(count)d votes"),
            turnout=plural_forms("%(count)d person has voted", "%(count)d people have voted"),
            nobody=voted_words(0, takes_votes=takes_votes),
        )


def votes_words(votes: int) -> str:
    """The number of votes with the right form of the word."""
    return ngettext("%(count)d vote", "%(count)d votes", votes) % {"count": votes}


def voted_words(people: int, *, takes_votes: bool = True) -> str:
    """How many people have voted."""
    if people == 0 and not takes_votes:
        return gettext("Nobody voted")
    if people == 0:
        return gettext("Nobody has voted yet: your vote will be the first")
    return ngettext("%(count)d person has voted", "%(count)d people have voted", people) % {"count": people}


@dataclass(frozen=True, slots=True, kw_only=True)
class PollCard:
    """A poll in a list."""

    address: str
    question: str
    clock: Countdown
    turnout_words: str
    voted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorCard:
    """An indicator in a list: the last value, and which way it went."""

    address: str
    name: str
    value_words: str
    unit: str
    arrow: Literal["arrow-up-right", "arrow-down-right", "move-right"]
    mood: Mood
    change_words: str
    sparkline: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerLine:
    """A question of a citizen and what came of it."""

    when: str
    office: str
    question: str
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartView:
    """A fan chart in two layouts with its words."""

    fan: Fan
    alt: str
    readout: str
    threshold_words: str = ""
    redefined_words: str = ""
    spread_known: bool = True
    has_goal: bool = False
    wide: Drawing = field(init=False)
    narrow: Drawing = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "wide", draw(self.fan, WIDE))
        object.__setattr__(self, "narrow", draw(self.fan, NARROW))

    @property
    def last_index(self) -> int:
        """The index of the last period of the chart."""
        return len(self.wide.dots) - 1

    @property
    def start_index(self) -> int:
        """The index of the last observed period, where inspection starts."""
        return len(self.fan.seen) - 1
