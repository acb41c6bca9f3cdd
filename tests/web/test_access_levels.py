"""The level of an indicator is checked where its values are read: no door tells of one that is closed.

Every page and every reading operation of the API is opened by being in the authorisation table, beside them
the picture, the bot, the alert that is sent and the run of a model: a new door is walked by being there.
"""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bots.flows.indicators import _figure
from core.alerts import acknowledge_alert, alert_card_for, open_alerts
from core.alerts.errors import UnknownAlert
from core.files import keep_content, register_file
from core.identity import Viewer, viewer_of
from core.indicators import AccessLevel, forget_reader, name_readers, readers_of, register_indicators
from core.indicators.errors import UnknownIndicator
from core.scenarios import result_of, visible_part
from core.shared.ids import AlertId
from notifications.routing import _alert_notice
from tests.town import IVANOV, SMIRNOVA, Town
from tests.web.authorisation_table import (
    ANALYST,
    API,
    CITIZEN,
    KINDS,
    MODERATOR,
    NOBODY,
    OFFICIAL,
    OWNER,
    PAGES,
    PEOPLE,
    VISITOR,
    ask_api,
    ask_page,
    become,
)
from tests.web.browser_twin import Browser
from tests.web.figures import UNEMPLOYMENT, publish_unemployment
from tests.web.furnished import furnish

TITLE, FIGURE = "Недоимка по налогам", "73,19"
SECRET = replace(UNEMPLOYMENT, title_ru=TITLE, title_en="Tax arrears", decimals=2)
PICTURE = b"\x89PNG of a closed indicator"

SEES = {
    AccessLevel.PUBLIC: set(KINDS),
    AccessLevel.REGISTERED: set(KINDS) - {NOBODY, VISITOR},
    AccessLevel.OFFICIAL: {OFFICIAL, MODERATOR, ANALYST},
    # The list names the official and one citizen.
    AccessLevel.RESTRICTED: {OFFICIAL, OWNER},
}


# Who is just outside and just inside: walking every door for every kind at every level costs 30 s.
AT_THE_BORDER = {
    AccessLevel.PUBLIC: (NOBODY,),
    AccessLevel.REGISTERED: (VISITOR, CITIZEN),
    AccessLevel.OFFICIAL: (CITIZEN, ANALYST),
    AccessLevel.RESTRICTED: (NOBODY, MODERATOR, ANALYST, OFFICIAL, OWNER),
}


def close(town: Town, level: AccessLevel) -> None:
    """Give the indicator its level, and name two people."""
    town.database.run(register_indicators, indicators=[replace(SECRET, access_level=level)])
    town.database.run(
        name_readers,
        indicator="UNEMP",
        readers=[town.people[PEOPLE[kind]] for kind in (OFFICIAL, OWNER)],
    )


def told(text: str) -> bool:
    """Whether an answer tells of it: its name (in JSON by the numbers of its letters), or its figure."""
    signs = (TITLE, json.dumps(TITLE).strip('"'), "Tax arrears", FIGURE, FIGURE.replace(",", "."))
    return any(sign in text for sign in signs)


async def doors_that_tell(browser: Browser, kind: str, things: dict[str, str]) -> set[str]:
    """The pages and operations whose answer tells of the indicator."""
    found = set()
    for name, row in PAGES.items():
        if row.form is None and told((await ask_page(become(browser, kind), row, things)).text):
            found.add(name)
    for operation in API:
        if operation.startswith("GET") and told((await ask_api(browser, operation, things)).text):
            found.add(operation)
    if (await browser.get(f"/files/{things['picture']}")).status_code == 200:
        found.add("picture")
    return found


def bot_tells(town: Town, kind: str) -> bool:
    viewer = (
        Viewer(person=None)
        if kind == NOBODY
        else town.database.read(viewer_of, person_id=town.people[PEOPLE[kind]])
    )
    try:
        town.database.read(_figure, viewer=viewer, place_id=town.territory.id, code="UNEMP", language="ru")
    except UnknownIndicator:
        return False
    return True


@pytest.fixture
def things(town: Town, tmp_path: Path) -> dict[str, str]:
    """The furnished town with the indicator, its last value and a picture of it."""
    things = furnish(town)
    publish_unemployment(town, 70.5, 73.19, indicator=SECRET, digest="1" * 64)
    key = keep_content(tmp_path / "files", PICTURE)
    town.database.run(
        register_file, key=key, media_type="image/png", size_bytes=len(PICTURE), parent="figure:UNEMP"
    )
    return things | {"picture": key}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("level", AccessLevel)
async def test_every_door_agrees_on_who_sees_an_indicator(
    town: Town, things: dict[str, str], anybody: Browser, level: AccessLevel
) -> None:
    close(town, level)

    doors = {}
    for kind in AT_THE_BORDER[level]:
        anybody.client.cookies.clear()
        doors[kind] = await doors_that_tell(anybody, kind, things)
        assert bot_tells(town, kind) == (kind in SEES[level]), kind

    open_doors = {
        "home", "indicator_list", "indicator", "indicator_data", "dashboard", "chart_data", "picture",
        "GET /territories/{slug}/indicators", "GET /territories/{slug}/indicators/{code}",
        "GET /indicators/{code}/passport", "GET /territories/{slug}/dashboards/{address}",
    }  # fmt: skip
    for kind, found in doors.items():
        if kind not in SEES[level]:
            assert found == set(), (kind, found)
        else:
            # The home shows the same to everybody who may see it, so it never shows a named list's.
            expected = open_doors - ({"home"} if level is AccessLevel.RESTRICTED else set())
            assert expected <= found, (kind, expected - found)


def test_an_alert_of_a_named_list_reaches_only_those_named_and_a_run_keeps_it_back(
    town: Town, things: dict[str, str]
) -> None:
    alert = AlertId(things["alert"])
    with town.database.transaction() as uow:
        before = set(_alert_notice(uow, alert, "warn", uow.now).people)
    close(town, AccessLevel.RESTRICTED)
    with town.database.transaction() as uow:
        after = set(_alert_notice(uow, alert, "warn", uow.now).people)

    ivanov, smirnova = town.people[IVANOV], town.people[SMIRNOVA]
    assert (before, after) == ({ivanov, smirnova}, {ivanov})
    assert town.database.read(readers_of, indicator="GMP") is None
    with pytest.raises(UnknownAlert):
        town.database.run(acknowledge_alert, alert_id=alert, person_id=smirnova)
    assert town.database.run(acknowledge_alert, alert_id=alert, person_id=ivanov).first

    town.database.run(forget_reader, person_id=town.people[PEOPLE[OWNER]])
    assert town.database.read(readers_of, indicator="UNEMP") == {ivanov}

    found = town.database.read(result_of, run_id=things["run"])
    assert found is not None
    body = {"fans": {"UNEMP": [1], "GMP": [2]}, "told": [{"about": ["GMP", "UNEMP"]}, {"about": ["GMP"]}]}
    stranger = town.database.read(viewer_of, person_id=smirnova)
    assert town.database.read(open_alerts, viewer=stranger) == []
    with pytest.raises(UnknownAlert):
        town.database.read(alert_card_for, viewer=stranger, alert_id=alert)
    assert town.database.read(visible_part, viewer=stranger, body=body) == {
        "fans": {"GMP": [2]},
        "told": [{"about": ["GMP"]}],
    }
