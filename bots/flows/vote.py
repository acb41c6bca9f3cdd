"""Voting: the polls that wait, a question with its answers as buttons, the tally after the vote."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import get_args

from bots.engine.talk import Talk
from bots.flows.routes import Flow
from core.polls import (
    BallotDoor,
    Poll,
    Receipt,
    Tally,
    ballot_of,
    cast_ballot,
    open_polls,
    poll,
    polls_voted,
    tally,
)
from core.shared.ids import OptionId, PersonId, PollId, TerritoryId
from core.shared.language import N_
from core.store import Reading
from core.territories import ancestry, territory
from messengers import (
    Carrier,
    Open,
    Place,
    Press,
    RichText,
    Screen,
    Vote,
    bold,
    plain,
    spoken_moment,
    stacked,
)

MOST_POLLS_SHOWN = 8
BAR_CELLS = 10


# Every carrier that one may vote over is a door of its own name; nobody votes by mail.
_DOORS: Mapping[Carrier, BallotDoor] = {
    Carrier(door): door for door in get_args(BallotDoor) if door in set(Carrier)
}


@dataclass(frozen=True, slots=True)
class _OpenPolls:
    polls: list[Poll]
    voted: set[PollId]
    zone: str
    now: datetime


@dataclass(frozen=True, slots=True)
class _OnePoll:
    poll: Poll
    chosen: OptionId | None
    tally: Tally
    zone: str
    now: datetime


async def show_polls(talk: Talk, _subject: str = "") -> None:
    """Polls that take votes where the person lives."""
    home_id = await talk.need_home()
    found = await talk.ask(_open_polls, home_id=home_id, person_id=talk.person.id)
    if not found.polls:
        text = stacked(
            bold(talk.say(N_("No poll is open now."))),
            talk.say(N_("A new one will appear here; the menu will say that it waits for you.")),
        )
        await talk.show(Screen(text=text))
        return
    waiting = len(found.polls) - len(found.voted)
    head = (
        talk.count(N_("{count} poll waits for your vote."), N_("{count} polls wait for your vote."), waiting)
        if waiting
        else talk.say(N_("You have voted everywhere. A vote can be changed until the poll closes."))
    )
    # Those that wait first: none of them is to fall off the end of the list.
    ordered = sorted(found.polls, key=lambda one: one.id in found.voted)
    buttons = tuple(
        (Press(_marked(one, voted=one.id in found.voted), Open(Place.POLL, one.id)),)
        for one in ordered[:MOST_POLLS_SHOWN]
    )
    await talk.show(Screen(text=bold(head), buttons=buttons))


async def show_poll(talk: Talk, subject: str) -> None:
    """One question; its tally once the person has voted or the poll is closed."""
    found = await talk.ask(_one_poll, poll_id=PollId(subject), person_id=talk.person.id)
    over = not found.poll.takes_votes
    text = stacked(
        bold(found.poll.question),
        found.poll.details or None,
        _term(talk, found),
        _tally_lines(talk, found) if found.chosen is not None or over else None,
        gap="\n\n",
    )
    buttons = () if over else tuple(_answers(found))
    await talk.show(Screen(text=text, buttons=buttons), back=Open(Place.POLLS))


async def vote(talk: Talk, action: Vote) -> None:
    """Cast or change the vote."""
    receipt = await talk.do(
        cast_ballot,
        Receipt,
        poll_id=PollId(action.poll_id),
        person_id=talk.person.id,
        option_id=OptionId(action.option_id),
        door=_DOORS[talk.carrier],
    )
    found = await talk.ask(poll, poll_id=PollId(action.poll_id))
    names = {option.id: option.text for option in found.options}
    await talk.go(Place.POLL, action.poll_id, news=_outcome(talk, receipt, names))


def _outcome(talk: Talk, receipt: Receipt, names: dict[OptionId, str]) -> RichText:
    now = bold(names[receipt.option_id])
    if receipt.previous is None:
        return talk.rich(N_("Your vote is taken: {option}."), option=now)
    if receipt.previous == receipt.option_id:
        return talk.rich(N_("Your vote was counted already: {option}."), option=now)
    before = names[receipt.previous]
    return talk.rich(N_("Your vote is changed: it was “{before}”, now {option}."), before=before, option=now)


def _answers(found: _OnePoll) -> list[tuple[Press, ...]]:
    return [
        (
            Press(
                f"✓ {option.text}" if option.id == found.chosen else option.text,
                Vote(found.poll.id, option.id),
            ),
        )
        for option in found.poll.options
    ]


def _term(talk: Talk, found: _OnePoll) -> str:
    if not found.poll.takes_votes:
        return talk.say(N_("Voting is over."))
    moment = spoken_moment(found.poll.closes_at, now=found.now, zone=found.zone, language=talk.language)
    if found.chosen is None:
        return talk.say(N_("One tap is your vote. Open until: {moment}."), moment=moment)
    return talk.say(N_("You can change your vote until: {moment}."), moment=moment)


def _tally_lines(talk: Talk, found: _OnePoll) -> RichText:
    total = found.tally.total
    names = {option.id: option.text for option in found.poll.options}
    lines: list[RichText] = []
    for option_id, votes in found.tally.counts:
        share = votes / total if total else 0.0
        filled = round(share * BAR_CELLS)
        bar = "▰" * filled + "▱" * (BAR_CELLS - filled)
        lines.append(plain(f"{bar} {share:.0%} · {names[option_id]} · {votes}".replace("%", "\xa0%")))
    voters = talk.count(N_("{count} person has voted."), N_("{count} people have voted."), total)
    return stacked(voters, *lines)


def _marked(one: Poll, *, voted: bool) -> str:
    question = one.question if len(one.question) <= 50 else one.question[:49].rstrip() + "…"
    return f"✓ {question}" if voted else question


def _open_polls(reading: Reading, *, home_id: TerritoryId, person_id: PersonId) -> _OpenPolls:
    polls = open_polls(reading, territory_ids=ancestry(reading, territory_id=home_id))
    return _OpenPolls(
        polls=polls,
        voted=polls_voted(reading, person_id=person_id, poll_ids=[one.id for one in polls]),
        zone=territory(reading, territory_id=home_id).time_zone,
        now=reading.now,
    )


def _one_poll(reading: Reading, *, poll_id: PollId, person_id: PersonId) -> _OnePoll:
    found = poll(reading, poll_id=poll_id)
    return _OnePoll(
        poll=found,
        chosen=ballot_of(reading, poll_id=poll_id, person_id=person_id),
        tally=tally(reading, poll_id=poll_id),
        zone=territory(reading, territory_id=found.territory_id).time_zone,
        now=reading.now,
    )


FLOW = Flow(places={Place.POLLS: show_polls, Place.POLL: show_poll}, actions={Vote: vote})
