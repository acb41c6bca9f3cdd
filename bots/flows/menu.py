"""The menu: what one may do here, by role."""

from bots.engine.talk import Talk
from bots.engine.words import bare
from bots.flows.routes import Flow
from core.polls import open_polls, polls_voted
from core.shared.ids import PersonId, TerritoryId
from core.shared.language import LANGUAGES, N_, translate
from core.store import Reading
from core.territories import ancestry, territory
from messengers import CAPABILITIES, Button, Link, Open, Place, Press, Screen, plain, stacked

# Labels are also what a reply keyboard sends and what people type, so each leads to one place.
LABELS: dict[Place, str] = {
    Place.DIRECT_LINE: N_("✉️ Direct line"),
    Place.POLLS: N_("🗳 Polls"),
    Place.INDICATORS: N_("📈 Indicators"),
    Place.ACCOUNT: N_("👤 My account"),
}

_ROWS = ((Place.DIRECT_LINE, Place.POLLS), (Place.INDICATORS, Place.ACCOUNT))

COMMANDS: dict[str, Place] = {
    "menu": Place.MENU,
    "меню": Place.MENU,
    "obr": Place.DIRECT_LINE,
    "написать": Place.DIRECT_LINE,
    "vote": Place.POLLS,
    "голосования": Place.POLLS,
    "indicators": Place.INDICATORS,
    "показатели": Place.INDICATORS,
    "runs": Place.RUNS,
    "расчёты": Place.RUNS,
    "расчеты": Place.RUNS,
    "my": Place.ACCOUNT,
    "кабинет": Place.ACCOUNT,
    "mydata": Place.MY_DATA,
    "моиданные": Place.MY_DATA,
    "forget": Place.FORGET,
    "забыть": Place.FORGET,
}


def place_said(text: str) -> Place | None:
    """The place that a typed label leads to, in whatever language it was drawn."""
    wanted = bare(text)
    for place, label in [*LABELS.items(), (Place.MENU, N_("⌂ Menu"))]:
        if any(bare(translate(language, label)) == wanted for language in LANGUAGES):
            return place
    return None


async def show_menu(talk: Talk, _subject: str = "") -> None:
    """The first screen of everybody who is known here."""
    home_id = await talk.need_home()
    home, waiting = await talk.ask(_summary, home_id=home_id, person_id=talk.person.id)
    text = stacked(
        talk.rich(N_("{place}. Direct contact"), place=home),
        talk.count(N_("{count} poll waits for your vote."), N_("{count} polls wait for your vote."), waiting)
        if waiting
        else None,
        talk.say(N_("Choose below, or just write what happened.")),
    )
    if CAPABILITIES[talk.carrier].reply_keyboard:
        keyboard = tuple(tuple(talk.say(LABELS[place]) for place in row) for row in _ROWS)
        await talk.show(Screen(text=text, keyboard=keyboard), ways_out=False)
        return
    rows: list[tuple[Button, ...]] = [
        tuple(Press(talk.say(LABELS[place]), Open(place)) for place in row) for row in _ROWS
    ]
    if talk.viewer.grants:
        rows.append((Link(talk.say(N_("🖥 Console")), talk.site.address("console")),))
    await talk.show(Screen(text=text, buttons=tuple(rows)), ways_out=False)


async def show_help(talk: Talk) -> None:
    """What one can write here."""
    text = stacked(
        talk.say(N_("Here you can write to the authority, vote and see how the town is doing.")),
        "",
        "/obr — " + talk.say(LABELS[Place.DIRECT_LINE]),
        "/vote — " + talk.say(LABELS[Place.POLLS]),
        "/indicators — " + talk.say(LABELS[Place.INDICATORS]),
        talk.say(N_("/indicator unemployment Zarechny — one of them, for any place")),
        "/my — " + talk.say(LABELS[Place.ACCOUNT]),
        "/cancel — " + talk.say(N_("leave what you are doing")),
    )
    await talk.show(Screen(text=plain(text)))


def _summary(reading: Reading, *, home_id: TerritoryId, person_id: PersonId) -> tuple[str, int]:
    """Name of the place and how many open polls the person has not voted in."""
    polls = open_polls(reading, territory_ids=ancestry(reading, territory_id=home_id))
    voted = polls_voted(reading, person_id=person_id, poll_ids=[poll.id for poll in polls])
    home = territory(reading, territory_id=home_id)
    return home.name_ru, len(polls) - len(voted)


FLOW = Flow(places={Place.MENU: show_menu})
