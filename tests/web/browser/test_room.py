"""A room in a real browser: two people live, the keyboard alone, a dead line, a poll, a hall."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from core.identity import viewer_of
from core.polls import show_in_room
from core.rooms import Post, edit_message, post_message, set_slow_mode
from core.shared.ids import new_id
from tests.town import ANNA, BORIS, IVANOV, OLEG
from tests.web.browser.looking import Visitor
from tests.web.stage import GALINA, TIMUR, Stage

pytestmark = pytest.mark.browser


def say(stage: Stage, who: str, text: str) -> int:
    """A message past the browser; its number."""
    viewer = stage.town.database.read(viewer_of, person_id=stage.town.people[who])
    post = Post(room_id=stage.room, sender=viewer, client_id=new_id(), text=text)
    return stage.town.database.run(post_message, post).seq


class Held:
    """Lines of a stream with these words in them wait on their way to the page until they are let go."""

    def __init__(self, page: Page, words: str) -> None:
        self._waiting: list[Callable[[], None]] = []

        def relay(line: WebSocketRoute) -> None:
            server = line.connect_to_server()

            def come(frame: str | bytes) -> None:
                said = frame if isinstance(frame, str) else frame.decode()
                if words in said:
                    self._waiting.append(lambda: line.send(frame))
                else:
                    line.send(frame)

            server.on_message(come)

        page.route_web_socket(re.compile("/live"), relay)

    def let_go(self) -> None:
        """Deliver what waits, in its order."""
        assert self._waiting
        for deliver in self._waiting:
            deliver()


def write(page: Page, text: str) -> None:
    """Type into the field and send."""
    page.locator("#text").fill(text)
    page.keyboard.press("Enter")


def test_two_people_talk_answer_sign_change_and_delete(visitor: Callable[..., Visitor], stage: Stage) -> None:
    anna = visitor(ANNA, width=390).open(f"/rooms/{stage.room}")
    boris = visitor(BORIS).open(f"/rooms/{stage.room}")
    watching = anna.page.locator(".room__live [data-here]")
    expect(watching).to_have_text("Сейчас здесь 2")

    write(anna.page, "Где взять саженцы?")
    question = boris.page.locator("[data-message]", has_text="Где взять саженцы?").first
    expect(question).to_be_visible()
    question.locator("summary").click()
    question.locator("[data-do=reply]").click()
    write(boris.page, "В лесхозе на Мира")
    answer = anna.page.locator("[data-message]", has_text="В лесхозе на Мира")
    expect(answer.locator(".quote")).to_contain_text("Где взять саженцы?")
    question.locator("summary").click()
    question.locator(".menu").get_by_role("button", name="Поддерживаю").click()
    own = anna.page.locator(".message--own", has_text="Где взять саженцы?")
    expect(own.locator("[data-sign=support] [data-count]").first).to_have_text("1")
    own.locator("summary").click()
    own.locator("[data-do=edit]").click()
    write(anna.page, "Где взять саженцы липы?")
    changed = boris.page.locator("[data-message]", has_text="саженцы липы")
    expect(changed.locator("[data-edited]").first).to_be_visible()
    lime = anna.page.locator(".message--own", has_text="саженцы липы")
    lime.locator("summary").click()
    lime.locator("[data-do=delete]").click()
    lime.locator("[data-do=delete]").click()

    expect(boris.page.locator("[data-thread]")).not_to_contain_text("саженцы липы")
    expect(boris.page.locator("[data-thread]")).to_contain_text("Удалено автором")
    boris.page.goto("about:blank")
    expect(watching).to_be_hidden()
    assert anna.complaints == boris.complaints == []


def test_the_keyboard_alone_is_enough(visitor: Callable[..., Visitor], stage: Stage) -> None:
    seq = say(stage, TIMUR, "Предлагаю собраться в субботу")
    galina = visitor(GALINA).open(f"/rooms/{stage.room}")
    page = galina.page
    expect(page.locator(f"#m{seq}")).to_be_visible()

    page.keyboard.press("w")
    page.keyboard.type("Приду")
    page.keyboard.press("Enter")
    expect(page.locator(".message--own").last.locator("[data-mark=delivered]")).to_have_count(1)
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("1")
    page.keyboard.press("r")
    page.keyboard.type("В десять утра?")
    page.keyboard.press("Enter")

    expect(page.locator(f"#m{seq} [data-signs] [data-sign=support]")).to_have_attribute(
        "aria-pressed", "true"
    )
    answer = page.locator(".message--own", has_text="В десять утра?")
    expect(answer.locator(".quote")).to_contain_text("собраться в субботу")
    expect(answer.locator("[data-mark=delivered]")).to_have_count(1)
    page.keyboard.press("Escape")
    page.keyboard.press("m")
    assert page.evaluate("() => document.activeElement.closest('.menu__body') !== null")
    page.keyboard.press("Escape")
    assert page.evaluate("() => document.activeElement.tagName") == "SUMMARY"
    assert page.evaluate("() => document.querySelectorAll('[data-message][tabindex=\"0\"]').length") == 1
    assert galina.complaints == []


def test_whoever_stands_on_a_message_stays_there_when_its_line_comes_after_its_receipt(
    visitor: Callable[..., Visitor], stage: Stage
) -> None:
    galina = visitor(GALINA)
    held = Held(galina.page, "Сдвину очередь")
    page = galina.open(f"/rooms/{stage.room}").page
    expect(page.locator(".room__live [data-latency]")).to_be_visible()
    own = page.locator(".message--own", has_text="Сдвину очередь")

    write(page, "Сдвину очередь")
    expect(own.locator("[data-mark=delivered]")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(own).to_be_focused()
    held.let_go()

    expect(own).to_have_attribute("data-seq", re.compile("[0-9]+"))
    expect(own).to_be_focused()


def test_what_is_written_on_a_dead_line_says_that_it_waits_and_goes_out_once(
    visitor: Callable[..., Visitor], stage: Stage
) -> None:
    page = visitor(ANNA, width=390).open(f"/rooms/{stage.room}").page
    message = page.locator(".message--own", has_text="Пишу из лифта")
    expect(page.locator(".room__live [data-latency]")).to_be_visible()

    page.context.set_offline(True)
    write(page, "Пишу из лифта")

    expect(message.locator("[data-mark=waiting]")).to_contain_text("ждёт связи")
    expect(page.locator("[data-state]")).to_contain_text("Нет связи")
    page.context.set_offline(False)
    expect(message.locator("[data-mark=delivered]")).to_have_count(1)
    page.reload()
    expect(message).to_have_count(1)


def test_a_vote_in_the_room_moves_the_bars_of_everybody(
    visitor: Callable[..., Visitor], stage: Stage
) -> None:
    hall = visitor().open(f"/rooms/{stage.room}/screen").page
    page = visitor(TIMUR, width=390).open(f"/rooms/{stage.room}").page
    poll = stage.town.open_poll("Сажать ли липы?", "Сажать", "Оставить газон")
    expect(hall.get_by_role("img", name="Адрес в виде QR-кода")).to_be_visible()

    stage.town.database.run(
        show_in_room,
        person_id=stage.town.people[OLEG],
        room_id=stage.room,
        poll_id=poll.id,
        client_id=new_id(),
    )
    card = page.locator(f"[data-poll-card='{poll.id}']")
    card.get_by_role("button", name="Сажать").click()

    expect(card.locator(".vote-bar", has_text="Сажать").locator(".chip")).to_have_text("ваш голос")
    expect(hall.locator(".hall__poll .strong")).to_have_text("Сажать ли липы?")
    expect(hall.locator("[data-turnout]").first).to_have_text("проголосовал 1 человек")


def test_new_words_never_move_what_is_read_and_older_ones_come_on_the_way_up(
    visitor: Callable[..., Visitor], stage: Stage
) -> None:
    for number in range(70):
        say(stage, BORIS, f"Слово {number} про двор, деревья, скамейки и всё остальное")
    page = visitor(ANNA, width=390).open(f"/rooms/{stage.room}").page
    scroller = page.locator("[data-scroll]")
    expect(page.get_by_role("link", name="Продолжить с непрочитанного")).to_be_visible()
    shown = page.locator("[data-message]").count()

    scroller.evaluate("(element) => { element.scrollTop = 0; }")
    expect(page.locator("[data-message]", has_text="Слово 5 про")).to_have_count(1)
    assert page.locator("[data-message]").count() > shown
    place = scroller.evaluate("(element) => element.scrollTop")
    for text in ("Раз", "Два", "Три"):
        say(stage, GALINA, text)

    expect(page.locator("[data-jump]")).to_contain_text("3 новых сообщения")
    assert scroller.evaluate("(element) => element.scrollTop") == place
    expect(page.locator("[data-announce]")).not_to_be_empty()


def test_slow_mode_counts_down_on_the_button(visitor: Callable[..., Visitor], stage: Stage) -> None:
    anna = visitor(ANNA).open(f"/rooms/{stage.room}").page
    moderator = {"person_id": stage.town.people[OLEG], "room_id": stage.room}

    stage.town.database.run(set_slow_mode, **moderator, pause_s=60)  # type: ignore[arg-type] # ids by name
    expect(anna.locator("[data-pace]")).to_contain_text("одно сообщение в 1 мин")
    write(anna, "Одно слово")
    expect(anna.locator("[data-wait]")).to_be_visible()
    write(anna, "Второе слово")

    expect(anna.locator("#text")).to_have_value("Второе слово")
    stage.town.database.run(set_slow_mode, **moderator, pause_s=0)  # type: ignore[arg-type] # as above
    expect(anna.locator("[data-wait]")).to_be_hidden()


def test_the_screen_of_a_hall_wakes_up_after_a_cut(visitor: Callable[..., Visitor], stage: Stage) -> None:
    hall = visitor().open(f"/rooms/{stage.room}/screen")
    seq = say(stage, IVANOV, "Начинаем в шесть")
    expect(hall.page.locator("[data-thread]")).to_contain_text("Начинаем в шесть")

    hall.page.context.set_offline(True)
    stage.town.database.run(
        edit_message,
        person_id=stage.town.people[IVANOV],
        room_id=stage.room,
        seq=seq,
        text="Начинаем в семь",
    )
    hall.page.context.set_offline(False)

    expect(hall.page.locator("[data-thread]")).to_contain_text("Начинаем в семь")
    expect(hall.page.locator("[data-thread]")).not_to_contain_text("Начинаем в шесть")
