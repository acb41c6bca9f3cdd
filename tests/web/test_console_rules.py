"""The rules at the console: tried on the history, set, refused in words, the analyst's alone."""

from core.alerts import rules_in
from tests.town import IVANOV, VERA, Town
from tests.web.browser_twin import Browser, words_of
from tests.web.figures import publish_unemployment, watch_unemployment

PATH = "/console/alert-rules"


def filled(town: Town, **changed: str) -> dict[str, str]:
    """The form of a threshold that the second of the values crosses."""
    form = {
        "indicator": "UNEMP",
        "territory": str(town.territory.id),
        "kind": "threshold",
        "bad": "above",
        "threshold": "6,5",
        "clear_at": "6.2",
        "severity": "warn",
        "hold": "1",
        "settle": "1",
        "do": "set",
    }
    return form | changed


async def test_a_rule_is_tried_on_the_history_and_then_set(town: Town, anybody: Browser) -> None:
    publish_unemployment(town, 6.0, 6.9, 6.0, 7.0)
    anybody.sign_in_as(VERA)

    tried = await anybody.submit(PATH, **filled(town, do="preview"))
    still = await anybody.get(PATH)
    done = await anybody.submit(PATH, **filled(town))
    after = await anybody.get(PATH)

    assert "На истории сработало бы 2 раза (значений: 4)." in tried.text
    assert "Пока их нет." in still.text
    assert done.status_code in {302, 303}
    assert "значение за порогом" in after.text.partition("Действующие правила")[2]


async def test_a_wrong_form_is_refused_in_words_and_sets_nothing(town: Town, anybody: Browser) -> None:
    publish_unemployment(town, 6.0, 6.9)
    anybody.sign_in_as(VERA)

    for changed in ({"threshold": "nan"}, {"clear_at": "7"}, {"hold": "99"}, {"kind": "тайна"}):
        refused = await anybody.submit(PATH, **filled(town, **changed))
        assert refused.status_code == 400
        assert 'role="alert"' in refused.text
    assert "Пока их нет." in (await anybody.get(PATH)).text

    anybody.sign_in_as(IVANOV)
    assert (await anybody.get(PATH)).status_code in {403, 404}


async def test_a_rule_is_changed_and_deleted_on_its_page(town: Town, anybody: Browser) -> None:
    watch_unemployment(town)
    publish_unemployment(town, 6.0, 6.9)
    (rule,) = town.database.read(rules_in, territory_ids=[town.territory.id])
    page, numbers = f"{PATH}/{rule.id}", {"threshold": "7,5", "clear_at": "7", "hold": "1", "settle": "1"}
    anybody.sign_in_as(VERA)

    assert page in (await anybody.get(PATH)).text
    tried = words_of(await anybody.submit(page, **numbers, do="preview"))
    assert "На истории сработало бы 0 раз (значений: 2)." in tried
    assert "Открыто оповещений этого правила: 1." in tried
    refused = await anybody.submit(page, **numbers | {"clear_at": "8"}, do="change")
    assert (refused.status_code, 'role="alert"' in refused.text) == (400, True)
    assert 'value="7,5"' in refused.text
    assert (await anybody.submit(page, **numbers, do="change")).status_code in {302, 303}
    assert "> 7,5, заканчивается на 7,0" in words_of(await anybody.get(page))

    nonsense = await anybody.submit(page, do="preview", threshold="много")
    assert (nonsense.status_code, 'role="alert"' in nonsense.text) == (400, True)
    assert (await anybody.sign_in_as(IVANOV).submit(page, do="delete")).status_code in {403, 404}
    assert (await anybody.sign_in_as(VERA).submit(page, do="delete")).status_code in {302, 303}
    assert "Пока их нет." in (await anybody.get(PATH)).text
    assert (await anybody.get(page)).status_code == 404
