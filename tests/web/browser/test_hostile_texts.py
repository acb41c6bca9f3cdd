"""Names, messages and questions that would like to be markup stay text in a real browser."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from playwright.sync_api import expect

from core.contact import send_message
from core.identity import rename, viewer_of
from core.rooms import Post, post_message
from core.shared.ids import new_id
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


def test_a_hostile_name_and_message_are_shown_as_they_were_written(
    visitor: Callable[..., Visitor], stage: Stage
) -> None:
    town, boris = stage.town, stage.town.people[BORIS]
    official, citizen = visitor(IVANOV), visitor(BORIS)

    for text in CORPUS:
        town.database.run(rename, person_id=boris, display_name=text)
        sent = town.database.run(
            send_message, citizen_id=boris, territory_id=town.territory.id, text=text, client_id=text[:40]
        )
        drawn = official.open(f"/console/conversations/{sent.conversation_id}")
        expect(drawn.page.get_by_role("heading", level=1)).to_have_text(text)
        expect(drawn.page.locator("[data-thread] .bubble__text").last).to_have_text(text)
        citizen.open(f"/conversations/{sent.conversation_id}")
        cabinet = citizen.open("/me")
        expect(cabinet.page.get_by_role("heading", level=1)).to_have_text(text)

    assert official.complaints == citizen.complaints == []


def test_a_hostile_message_that_comes_live_is_only_text(
    visitor: Callable[..., Visitor], stage: Stage
) -> None:
    official = visitor(IVANOV).open(f"/console/conversations/{stage.conversation}")

    for text in CORPUS:
        official.page.locator("#answer").fill(text)
        official.page.keyboard.press("Control+Enter")
        expect(official.page.locator(".message--own .bubble__text").last).to_have_text(text)

    assert official.complaints == []


def test_hostile_names_and_words_in_a_room_are_only_text(
    visitor: Callable[..., Visitor], stage: Stage
) -> None:
    town, boris = stage.town, stage.town.people[BORIS]
    reader = visitor(OLEG).open(f"/rooms/{stage.room}")
    hall = visitor().open(f"/rooms/{stage.room}/screen")
    viewer = town.database.read(viewer_of, person_id=boris)

    for text in CORPUS:
        town.database.run(rename, person_id=boris, display_name=text)
        post = Post(room_id=stage.room, sender=viewer, client_id=new_id(), text=text)
        said = town.database.run(post_message, post)
        answer = replace(post, client_id=new_id(), text=f"{text} {text}", reply_to=said.seq)
        line = reader.page.locator(f"#m{town.database.run(post_message, answer).seq}")
        expect(line.locator(".quote b")).to_have_text(text)
        expect(line.locator(".quote span")).to_have_text(text)
        expect(hall.page.locator(".hall__text").last).to_have_text(f"{text} {text}")
    drawn = visitor(OLEG).open(f"/rooms/{stage.room}")

    quotes = drawn.page.locator(".quote span").all_inner_texts()
    assert quotes[-len(CORPUS) :] == list(CORPUS)
    assert reader.complaints == hall.complaints == drawn.complaints == []


def test_a_hostile_question_is_only_a_question(visitor: Callable[..., Visitor], stage: Stage) -> None:
    anybody, moderator = visitor(), visitor(OLEG)

    for text in CORPUS:
        poll = stage.town.open_poll(text, text, "Нет")
        anybody.open(f"/polls/{poll.id}")
        moderator.open(f"/console/polls/{poll.id}")
        expect(anybody.page.get_by_role("heading", level=1)).to_have_text(text)
        expect(moderator.page.get_by_role("heading", level=1)).to_have_text(text)

    assert anybody.complaints == moderator.complaints == []
