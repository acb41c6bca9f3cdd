"""What stands in the gallery of a discussion: its lines in all their states."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext

from core.rooms import Reaction
from web.public.poll_views import PollView
from web.rooms.lines import ICONS, Line, Quote, Sign, deleted_words, sign_words, slow_mode_words
from web.view_models import Countdown, OptionLine, voted_words
from web.words import short_date

SLOW_S = 30


def example_lines(
    first: int, *, at: datetime, clock: Countdown, options: Sequence[OptionLine], question: str
) -> list[Line]:
    """The lines, numbered from ``first``: what is shown twice on a page must not bear one number twice."""
    poll = PollView(
        id=f"example-{first}",
        question=question,
        details="",
        options=tuple(options),
        clock=clock,
        closes_words="",
        turnout_words=voted_words(214),
        takes_votes=False,
        chosen="",
    )
    lines = [*_said(first, at), Line(kind="poll", seq=0, at=at, side="moderator", poll=poll)]
    return [replace(line, seq=first + number) for number, line in enumerate(lines)]


def _said(first: int, at: datetime) -> list[Line]:
    anna, pit = gettext("Anna Petrova"), gettext("There is a pit at Lenina, 12")
    office, mended = gettext("Roads department"), gettext("Mended on 14 March, there is a photo.")
    signs = (_sign(Reaction.SUPPORT, 12, own=True), _sign(Reaction.UNCLEAR, 1))
    return [
        Line(kind="message", seq=0, at=at, name=anna, author=anna, text=pit, day=short_date(at), signs=signs),
        Line(kind="message", seq=0, at=at, name=anna, deleted=True, words=deleted_words("author")),
        Line(kind="settings", seq=0, at=at, words=slow_mode_words(SLOW_S)),
        Line(
            kind="message",
            seq=0,
            at=at,
            name=office,
            author=office,
            side="official",
            text=mended,
            quote=Quote(seq=first, name=anna, text=pit),
            first_unread=True,
        ),
        Line(kind="message", seq=0, at=at, own=True, edited=True, text=gettext("Thank you")),
    ]


def _sign(reaction: Reaction, count: int, *, own: bool = False) -> Sign:
    return Sign(reaction=reaction, icon=ICONS[reaction], words=sign_words(reaction), count=count, own=own)
