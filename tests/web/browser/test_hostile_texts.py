"""Names, messages and questions that would like to be markup stay text in a real browser."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from core.contact import send_message
from core.identity import rename
from tests.town import BORIS, IVANOV, OLEG
from tests.web.browser.looking import Visitor
from tests.web.stage import Stage

pytestmark = pytest.mark.browser

# After OWASP's cheat sheet: each breaks out of another context.
CORPUS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "<svg/onload=alert(1)>",
    "javascript:alert(1)",
    "</textarea><script>alert(1)</script>",
    "{{constructor.constructor('alert(1)')()}}",
    "' onmouseover='alert(1)",
    "</template><script>alert(1)</script>",
    "<a href=javascript:alert(1)>x</a>",
    "\u202ealert(1)\u202c",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
)


@pytest.mark.parametrize("text", CORPUS)
def test_a_hostile_name_and_message_are_shown_as_they_were_written(
    visitor: Callable[..., Visitor], stage: Stage, text: str
) -> None:
    town, boris = stage.town, stage.town.people[BORIS]
    town.database.run(rename, person_id=boris, display_name=text)
    sent = town.database.run(
        send_message, citizen_id=boris, territory_id=town.territory.id, text=text, client_id=text[:40]
    )

    drawn = visitor(IVANOV).open(f"/console/conversations/{sent.conversation_id}")
    own = visitor(BORIS).open(f"/conversations/{sent.conversation_id}")
    cabinet = visitor(BORIS).open("/me")

    expect(drawn.page.get_by_role("heading", level=1)).to_have_text(text)
    expect(drawn.page.locator("[data-thread] .bubble__text").last).to_have_text(text)
    expect(cabinet.page.get_by_role("heading", level=1)).to_have_text(text)
    assert drawn.complaints == own.complaints == cabinet.complaints == []


@pytest.mark.parametrize("text", CORPUS)
def test_a_hostile_message_that_comes_live_is_only_text(
    visitor: Callable[..., Visitor], stage: Stage, text: str
) -> None:
    official = visitor(IVANOV).open(f"/console/conversations/{stage.conversation}")

    official.page.locator("#answer").fill(text)
    official.page.keyboard.press("Control+Enter")

    expect(official.page.locator(".message--own .bubble__text").last).to_have_text(text)
    assert official.complaints == []


@pytest.mark.parametrize("text", CORPUS)
def test_a_hostile_question_is_only_a_question(
    visitor: Callable[..., Visitor], stage: Stage, text: str
) -> None:
    poll = stage.town.open_poll(text, text, "Нет")

    page = visitor().open(f"/polls/{poll.id}")
    desk = visitor(OLEG).open(f"/console/polls/{poll.id}")

    expect(page.page.get_by_role("heading", level=1)).to_have_text(text)
    expect(desk.page.get_by_role("heading", level=1)).to_have_text(text)
    assert page.complaints == desk.complaints == []
