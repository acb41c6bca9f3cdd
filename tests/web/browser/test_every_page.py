"""Every page, both themes, desk and phone: no serious finding, nothing foreign, no sideways scroll."""

from collections.abc import Callable

import pytest

from tests.town import ANNA, BORIS, IVANOV, OLEG, SMIRNOVA, VERA
from tests.web import authorisation_table
from tests.web.browser.looking import Visitor
from tests.web.stage import HEAD, PETR, Stage

pytestmark = pytest.mark.browser

# Whoever opens it, and its address; braces are filled from the stage.
PAGES = {
    "start": (None, "/"),
    "home": (None, "/t/zarechny"),
    "home of a citizen": (ANNA, "/t/zarechny"),
    "polls": (None, "/t/zarechny/polls"),
    "poll": (None, "/polls/{poll}"),
    "poll after the vote": ("Житель 1", "/polls/{poll}?voted=1"),
    "closed poll": (None, "/polls/{closed_poll}"),
    "indicators": (None, "/t/zarechny/indicators"),
    "comparison": (None, "/t/zarechny/indicators/UNEMP/compare"),
    "rubric": (None, "/t/zarechny/rubrics/jobs"),
    "indicator": (None, "/t/zarechny/indicators/UNEMP"),
    "chat of a newcomer": (None, "/chat"),
    "chat": (ANNA, "/chat"),
    "conversation": (ANNA, "/conversations/{conversation}"),
    "room": (ANNA, "/rooms/{room}"),
    "room of a moderator": (OLEG, "/rooms/{room}"),
    "room of a guest": (None, "/rooms/{room}"),
    "room where nobody has spoken": (None, "/t/krai/room"),
    "screen of a hall": (None, "/rooms/{room}/screen"),
    "sign in": (None, "/in"),
    "one-time link": (None, "/in/token"),
    "inside a messenger": (None, "/app"),
    "two accounts": (ANNA, "/esia"),
    "consent": (BORIS, "/consent"),
    "account": (ANNA, "/me"),
    "e-mail": (ANNA, "/me/email"),
    "notices": (ANNA, "/me/notices"),
    "forgetting": (ANNA, "/me/forget"),
    "console queue": (IVANOV, "/console/conversations"),
    "console conversation": (IVANOV, "/console/conversations/{conversation}"),
    "console set-up": (PETR, "/console/setup"),
    "console channels": (PETR, "/console/channels"),
    "console people": (PETR, "/console/people?q=жит"),
    "console person": (PETR, "/console/people/{official}"),
    "console role": (
        PETR,
        "/console/people/{official}/role?do=give&role=moderator&territory={territory}",
    ),
    "console alert rules": (VERA, "/console/alert-rules"),
    "console alert rule": (VERA, "/console/alert-rules/{rule}"),
    "console brief": (HEAD, "/console/brief"),
    "console duty": (IVANOV, "/console/duty"),
    "console silences": (IVANOV, "/console/silences"),
    "console alerts": (IVANOV, "/console/alerts"),
    "console journal": (IVANOV, "/console/alerts/journal"),
    "console alert": (IVANOV, "/console/alerts/{alert}"),
    "console polls": (OLEG, "/console/polls"),
    "console poll": (OLEG, "/console/polls/{poll}"),
    "console new poll": (OLEG, "/console/polls/new"),
    # Of somebody with many sections.
    "console broadcasts": (PETR, "/console/broadcasts"),
    "console broadcast": (IVANOV, "/console/broadcasts/{broadcast}"),
    "console broadcast to decide": (SMIRNOVA, "/console/broadcasts/{broadcast}"),
    "console new broadcast": (IVANOV, "/console/broadcasts/new"),
    "console data": (VERA, "/console/data"),
    "console new upload": (VERA, "/console/data/new"),
    "console upload": (VERA, "/console/data/uploads/{upload}"),
    "console held values": (VERA, "/console/data/held"),
    "console cycles": (VERA, "/console/cycle"),
    "console cycle": (VERA, "/console/cycle/{cycle}"),
    "console passports": (VERA, "/console/data/passports"),
    "console passport with a list": (VERA, "/console/data/passports/DEBT?q=сотрудник"),
    "dashboards": (None, "/t/zarechny/dashboards"),
    "dashboard": (None, "/t/zarechny/dashboards/passport"),
    "console dashboards": (VERA, "/console/dashboards"),
    "console new dashboard": (VERA, "/console/dashboards/new"),
    "console dashboard": (VERA, "/console/dashboards/{dashboard}"),
    "console runs": (VERA, "/console/scenarios"),
    "console run": (VERA, "/console/scenarios/{run}"),
    "console run under way": (VERA, "/console/scenarios/{waiting_run}"),
    "console new run": (VERA, "/console/scenarios/new"),
    "console conditions": (VERA, "/console/scenarios/{run}/conditions"),
    "console what if": (VERA, "/console/scenarios/{run}/question"),
    "console models": (VERA, "/console/scenarios/models"),
    "console model": (VERA, "/console/scenarios/models/{model}"),
    "scenarios": (None, "/t/zarechny/scenarios"),
    "no more mails": (None, "/leave/{mail}"),
    "not found": (None, "/nothing-here"),
    "not allowed": (ANNA, "/console"),
    "gallery": (None, "/ui"),
}
# What a browser is not given as a page: parts of one, data, and ways to somewhere else.
NO_PAGES = {
    "said_in_room",
    "queue_fragment",
    "indicator_data",
    "chart_data",
    "alert_journal_file",
    "scenario_file",
    "data_template",
    # Seen with its named list.
    "passport",
    "my_data",
    "file",
    "after_sign_in",
    "go_to_esia",
    "return_from_esia",
    "territory_room",
    "console",
}


def test_no_page_is_left_unseen() -> None:
    pages = authorisation_table.PAGES.items()
    to_be_seen = {
        row.path.partition("?")[0] for name, row in pages if row.form is None and name not in NO_PAGES
    }

    assert to_be_seen - {path.partition("?")[0] for _, path in PAGES.values()} == set()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_good_to_look_at(visitor: Callable[..., Visitor], stage: Stage, name: str) -> None:
    who, path = PAGES[name]
    address = path.format(
        official=stage.town.people[IVANOV],
        territory=stage.town.territory.id,
        poll=stage.poll,
        closed_poll=stage.closed_poll,
        conversation=stage.conversation,
        alert=stage.alert,
        rule=stage.rule,
        room=stage.room,
        broadcast=stage.broadcast,
        run=stage.run,
        dashboard=stage.dashboard,
        waiting_run=stage.waiting_run,
        model=stage.wrong_model,
        mail=stage.mail,
        upload=stage.upload,
        cycle=stage.cycle,
    )
    browser = visitor(who, width=390).open(address)

    # One visit, looked at four times: drawing a page anew for each look costs three times the CPU.
    seen = {
        f"{width} px, {theme}": [one for one in browser.at(width, theme).look() if not _expected(one, name)]
        for width in (390, 1280)
        for theme in ("light", "dark")
    }

    assert {look: complaints for look, complaints in seen.items() if complaints} == {}


def test_the_eye_sees_what_is_wrong(visitor: Callable[..., Visitor]) -> None:
    browser = visitor(width=390).open("/ui")

    browser.page.evaluate(
        """() => {
          const spoil = document.createElement('div');
          spoil.innerHTML = '<button aria-label="x"></button><input><div>wide</div><b>pale</b>';
          const [button, , wide, pale] = spoil.children;
          button.style.cssText = 'width: 20px; height: 20px';
          wide.style.width = '2000px';
          pale.style.cssText = 'color: #ccc; background: #fff';
          document.querySelector('main').prepend(spoil);
        }"""
    )

    kinds = {complaint.split(":")[0].split(" (")[0] for complaint in browser.look()}
    assert kinds >= {"axe label", "axe color-contrast", "scrolls sideways", "small target"}


def _expected(complaint: str, name: str) -> bool:
    """The browser itself reports the status of a page that is meant to be refused."""
    return name.startswith("not ") and "the server responded with a status of 40" in complaint
