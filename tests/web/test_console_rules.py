"""The rules at the console: tried on the history, set, refused in words, the analyst's alone."""

from tests.town import IVANOV, VERA, Town
from tests.web.browser_twin import Browser
from tests.web.figures import publish_unemployment

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
