"""Dashboards as an analyst makes them by forms alone and as a citizen reads them."""

import csv
import io
import re

from core.dashboards import own_dashboard
from core.identity import viewer_of
from tests.town import IVANOV, VERA, Town
from tests.web.boards import charts_of, give_dashboard
from tests.web.browser_twin import Browser, words_of
from tests.web.figures import publish_unemployment


def rows_of(file: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(file.lstrip("\ufeff"))))[1:]


async def test_a_page_is_made_filled_shown_and_read_without_code(town: Town, anybody: Browser) -> None:
    publish_unemployment(town, 6.0, 6.4, 6.1)
    place = town.territory.id
    anybody.sign_in_as(VERA)
    form = {"title": "Работа", "address": "jobs", "territory": place}

    wrong = await anybody.submit("/console/dashboards/new", **(form | {"address": "Работа"}))
    made = await anybody.submit("/console/dashboards/new", **form)
    address = str(made.headers.get("location", made.url.path))
    empty = words_of(await anybody.get(address))
    refused = await anybody.submit(f"{address}/charts", kind="number", indicator="", territory=place)
    for kind in ("number", "bars"):
        await anybody.submit(
            f"{address}/charts", kind=kind, indicator="UNEMP", territory=place, level="public"
        )
    page_id = address.rsplit("/", 1)[-1]
    first, second = charts_of(town, page_id)
    await anybody.submit(f"{address}/charts/{second}", do="up")
    await anybody.submit(address, title="Работа и зарплата", level="official")
    await anybody.submit(f"{address}/state", state="published")
    official = await anybody.sign_in_as(IVANOV).get("/t/zarechny/dashboards/jobs")
    anybody.client.cookies.clear()
    stranger = await anybody.get("/t/zarechny/dashboards/jobs")

    assert (wrong.status_code, refused.status_code) == (400, 400)
    assert "На этой странице пока ничего нет" in empty
    assert charts_of(town, page_id) == [second, first]
    assert "Работа и зарплата" in words_of(official)
    assert official.text.count('class="plot"') == 2
    assert stranger.status_code == 404
    viewer = town.database.read(viewer_of, person_id=town.people[VERA])
    found = town.database.read(own_dashboard, viewer=viewer, dashboard_id=page_id)
    assert {chart.spec.level for chart in found.charts} == {"public"}


async def test_every_chart_of_a_page_has_words_a_table_a_way_down_and_its_figures(
    town: Town, anybody: Browser
) -> None:
    publish_unemployment(town, 6.0, 6.4, 6.1)
    page = give_dashboard(town, code="UNEMP")

    shown = await anybody.get("/t/zarechny/dashboards/passport")
    files = re.findall(r'href="(/t/zarechny/dashboards/passport/[^"]+\.csv)"', shown.text)
    data = [(await anybody.get(file)).text for file in files]
    over_api = (await anybody.get("/api/v1/territories/zarechny/dashboards/passport")).json()
    counted = (await anybody.get("/api/v1/territories/zarechny/dashboards")).json()
    listed = words_of(await anybody.get("/t/zarechny/dashboards"))

    drawn = shown.text.count('class="plot"')
    assert drawn == shown.text.count("<figcaption") == 4
    # The table of last values is a table on the page, so it has no drawing; four kinds have no data here.
    assert len(files) == drawn + 1
    assert shown.text.count("board__missing") == len(charts_of(town, page)) - len(files)
    assert all("6.1" in one or "6,1" in one for one in data)
    assert [rows_of(one) for one in data] == [
        [[chart["title"], one["name"], one["period"], str(one["value"])] for one in chart["figures"]]
        for chart in over_api["charts"]
        if chart["figures"]
    ]
    assert counted == [{"address": "passport", "title": "Паспорт территории", "charts": 9}]
    assert 'href="/t/zarechny/indicators/UNEMP"' in shown.text
    assert "Паспорт территории" in listed
    assert "9 графиков" in listed
