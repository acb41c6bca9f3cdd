"""What moves by itself: conversations, queues, tallies, and what is written without a connection."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from core.contact import send_message
from tests.town import ANNA, BORIS, IVANOV
from tests.web.browser.looking import Visitor
from tests.web.stage import Stage

pytestmark = pytest.mark.browser


def say(stage: Stage, text: str) -> None:
    """A message of the citizen past the browser."""
    town = stage.town
    town.database.run(
        send_message,
        citizen_id=town.people[ANNA],
        territory_id=town.territory.id,
        text=text,
        client_id=text,
    )


def test_a_citizens_message_appears_at_the_console_and_the_answer_comes_back(
    visitor: Callable[..., Visitor], stage: Stage
) -> None:
    citizen = visitor(ANNA, width=390).open(f"/conversations/{stage.conversation}").page
    official = visitor(IVANOV).open(f"/console/conversations/{stage.conversation}").page

    citizen.get_by_label("Сообщение").fill("Уже второе колесо пробили")
    citizen.keyboard.press("Enter")
    expect(official.locator("[data-thread]")).to_contain_text("Уже второе колесо пробили")
    official.get_by_label(re.compile("Ответ:")).fill("Бригада выехала, заделаем до 18:00")
    official.keyboard.press("Control+Enter")

    expect(citizen.locator("[data-thread]")).to_contain_text("Бригада выехала")
    expect(citizen.locator(".bubble__author").last).to_have_text(IVANOV)


def test_the_queue_of_the_console_moves_by_itself(visitor: Callable[..., Visitor], stage: Stage) -> None:
    official = visitor(IVANOV).open("/console/conversations").page

    boris = visitor(BORIS).open("/t/zarechny")
    citizen = boris.follow(boris.page.get_by_role("link", name=re.compile("МС-2027-")).first).page
    citizen.get_by_label("Сообщение").fill("А когда вывезут листья?")
    citizen.keyboard.press("Enter")

    expect(official.locator("[data-queue]")).to_contain_text("А когда вывезут листья?")


def test_a_tally_moves_on_an_open_page(visitor: Callable[..., Visitor], stage: Stage) -> None:
    watcher = visitor().open(f"/polls/{stage.poll}").page
    voter = visitor(BORIS).open(f"/polls/{stage.poll}").page
    expect(watcher.locator("[data-turnout]").first).to_have_text("проголосовали 9 человек")

    voter.get_by_role("radio", name="Парковку на 120 мест").check()
    voter.get_by_role("button", name="Проголосовать").click()

    expect(watcher.locator("[data-turnout]").first).to_have_text("проголосовали 10 человек")
    expect(voter.get_by_role("status").first).to_contain_text("Ваш голос за «Парковку на 120 мест» принят")


def test_what_is_written_without_a_connection_is_kept_and_goes_out_once(
    visitor: Callable[..., Visitor], stage: Stage
) -> None:
    citizen = visitor(ANNA, width=390).open(f"/conversations/{stage.conversation}").page
    message = citizen.locator(".message--own", has_text="Напишу из подвала")
    expect(citizen.locator("[data-state]")).to_be_hidden()

    citizen.context.set_offline(True)
    citizen.get_by_label("Сообщение").fill("Напишу из подвала")
    citizen.keyboard.press("Enter")

    expect(citizen.locator("[data-state]")).to_contain_text("Нет связи")
    expect(message.locator("[data-mark=waiting]")).to_have_count(1)
    citizen.context.set_offline(False)
    expect(message.locator("[data-mark=delivered]")).to_have_count(1)
    citizen.reload()
    expect(message).to_have_count(1)


def test_new_messages_never_move_what_is_read(visitor: Callable[..., Visitor], stage: Stage) -> None:
    for number in range(20):
        say(stage, f"Слово {number}")
    official = visitor(IVANOV).open(f"/console/conversations/{stage.conversation}").page
    scroller = official.locator("[data-scroll]")
    scroller.evaluate("(element) => { element.scrollTop = 0; }")

    say(stage, "Ещё одно слово")

    jump = official.locator("[data-jump]")
    expect(jump).to_contain_text("1 новое сообщение")
    assert scroller.evaluate("(element) => element.scrollTop") == 0
    jump.click()
    expect(jump).to_be_hidden()
    # A picture that comes late: whoever was at the end stays there.
    official.evaluate(
        "() => { document.querySelector('[data-thread]').lastElementChild.style.minHeight = '900px'; }"
    )
    official.wait_for_function(
        "() => { const { scrollTop, scrollHeight, clientHeight } = document.querySelector('[data-scroll]');"
        " return scrollHeight - scrollTop - clientHeight < 2; }"
    )
