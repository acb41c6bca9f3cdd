"""Every component in all its states, in both themes: the page that designers and browser tests look at."""

from datetime import UTC, datetime, timedelta

from django.http import HttpResponse
from django.utils.translation import gettext

from core.store import PART, Part
from web.bubbles import Bubble, Button, Label, Span
from web.charts import Ahead, Fan, Seen, sparkline
from web.gallery_room import SLOW_S, example_lines
from web.page_request import PageRequest
from web.paging import pages_of
from web.rendering import show
from web.rooms.lines import Line, slow_mode_words
from web.view_models import (
    AnswerLine,
    ChartView,
    Countdown,
    IndicatorCard,
    OptionLine,
    PollCard,
    voted_words,
)
from web.words import number

_NOON = datetime(2027, 3, 14, 9, 0, tzinfo=UTC)
_SEEN = (6.4, 6.2, 6.1, 5.9, 5.8, 5.9, 6.0, 6.1)
_AHEAD = (6.2, 6.2, 6.1, 6.0)


async def gallery(request: PageRequest) -> HttpResponse:
    """The gallery. Its people and figures are examples and come from no database."""
    return show(
        request,
        "gallery.html",
        title=gettext("Design system"),
        # Each of the two discussions with numbers of its own.
        themes=[(theme, _lines(first)) for theme, first in (("light", 1), ("dark", 101))],
        slow_words=slow_mode_words(SLOW_S),
        typing_words=gettext("%(name)s is writing…") % {"name": gettext("Anna Petrova")},
        icons=("house", "message-circle", "vote", "chart-line", "user", "clock", "check", "triangle-alert"),
        clocks=_clocks(),
        poll=_poll(),
        options=_options(),
        indicators=_indicators(),
        answers=_answers(),
        bubbles=_bubbles(),
        chart=_chart(),
        pages=pages_of(Part(items=[None] * PART, before=PART, total=3 * PART + 14), address="/ui"),
    )


def _clocks() -> list[Countdown]:
    start = _NOON - timedelta(days=6)
    ends = (timedelta(days=4), timedelta(hours=3), timedelta(0))
    return [Countdown.until(start=start, end=_NOON + left, now=_NOON) for left in ends]


def _poll() -> PollCard:
    return PollCard(
        address="#",
        question=gettext("What shall stand on the empty lot in Lenina street?"),
        clock=_clocks()[0],
        turnout_words=voted_words(214),
        voted=True,
    )


def _lines(first: int) -> list[Line]:
    poll = _poll()
    return example_lines(first, at=_NOON, clock=poll.clock, options=_options(), question=poll.question)


def _options() -> list[OptionLine]:
    rows = (
        (gettext("A park"), 131, 61),
        (gettext("A sports ground"), 62, 29),
        (gettext("A car park"), 21, 10),
    )
    return [
        OptionLine(id=str(i), label=label, votes=votes, share_percent=share, leading=i == 0, chosen=i == 1)
        for i, (label, votes, share) in enumerate(rows)
    ]


def _indicators() -> list[IndicatorCard]:
    return [
        IndicatorCard(
            address="#",
            name=gettext("Unemployment"),
            value_words=number(6.1, digits=1),
            unit="%",
            arrow="arrow-up-right",
            mood="bad",
            change_words=gettext("worse than a year ago"),
            sparkline=sparkline(_SEEN),
        ),
        IndicatorCard(
            address="#",
            name=gettext("Average wage"),
            value_words=number(61400),
            unit="₽",
            arrow="arrow-up-right",
            mood="good",
            change_words=gettext("better than a year ago"),
            sparkline=sparkline((52, 54, 55, 58, 59, 61.4)),
        ),
    ]


def _answers() -> list[AnswerLine]:
    return [
        AnswerLine(
            when=gettext("yesterday"),
            office=gettext("Roads department"),
            question=gettext("A pit at Lenina, 12"),
            answer=gettext("Mended on 14 March, there is a photo."),
        )
    ]


def _bubbles() -> list[Bubble]:
    buttons = (
        (
            Button(text=Label(gettext("Solved")), data="yes"),
            Button(text=Label(gettext("Not solved")), data="no"),
        ),
    )
    return [
        Bubble(
            seq=1,
            at=_NOON,
            spans=(Span(text=gettext("There is a pit at Lenina, 12")),),
            own=True,
            client_id="1",
        ),
        Bubble(
            seq=2,
            at=_NOON,
            spans=(Span(text=gettext("Mended on 14 March, there is a photo.")),),
            own=False,
            author=gettext("Roads department"),
            buttons=buttons,
        ),
    ]


def _chart() -> ChartView:
    seen = tuple(Seen(period=str(2019 + i), value=v, words=f"{2019 + i}: {v}") for i, v in enumerate(_SEEN))
    ahead = tuple(
        Ahead(
            period=str(2027 + i),
            value=v,
            band_50=(v - 0.15 * (i + 1), v + 0.15 * (i + 1)),
            band_80=(v - 0.28 * (i + 1), v + 0.28 * (i + 1)),
            band_95=(v - 0.42 * (i + 1), v + 0.42 * (i + 1)),
            words=f"{2027 + i}: {v}",
        )
        for i, v in enumerate(_AHEAD)
    )
    return ChartView(
        fan=Fan(seen=seen, ahead=ahead, threshold=7.0),
        alt=gettext("Unemployment since 2019 and the forecast to 2030"),
        readout=seen[-1].words,
        threshold_words=gettext("threshold %(value)s") % {"value": number(7.0, digits=1)},
    )
