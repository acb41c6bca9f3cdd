"""Everything that matters can be done with the keyboard alone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.town import IVANOV
from tests.web.browser.looking import Visitor
from tests.web.stage import GALINA, PETR, TIMUR, Stage

pytestmark = pytest.mark.browser


def tab_to(page: Page, text: str) -> None:
    """Press Tab until the focus is on something that says ``text``. Raises: AssertionError after 60."""
    for _ in range(60):
        page.keyboard.press("Tab")
        said = page.evaluate(
            "() => (e => e.innerText || e.ariaLabel || e.placeholder)(document.activeElement)"
        )
        if said and text in said:
            return
    raise AssertionError(f"no focus on {text!r}")


def test_the_first_tab_leads_past_the_menu(visitor: Callable[..., Visitor]) -> None:
    page = visitor().open("/t/zarechny").page

    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    assert page.evaluate("() => document.activeElement.id") == "main"


def test_the_one_field_of_the_home_is_written_and_sent(visitor: Callable[..., Visitor]) -> None:
    page = visitor(width=390).open("/t/zarechny").page

    tab_to(page, "Например")
    page.keyboard.type("На Ленина, 12 яма")
    tab_to(page, "Написать")
    page.keyboard.press("Enter")

    expect(page.get_by_text("Ваше сообщение сохранено")).to_be_visible()
    expect(page.get_by_text("На Ленина, 12 яма")).to_be_visible()


def test_a_vote_is_cast(visitor: Callable[..., Visitor], stage: Stage) -> None:
    page = visitor(GALINA).open(f"/polls/{stage.poll}").page

    page.get_by_role("radio").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")

    expect(page.get_by_role("status").first).to_contain_text("Ваш голос за «Парк с детской площадкой» принят")


def test_the_console_is_walked_by_j_k_and_enter(visitor: Callable[..., Visitor]) -> None:
    official = visitor(IVANOV).open("/console/conversations")
    page = official.page

    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("j")
    with official.leaving():
        page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text(TIMUR)
    page.keyboard.press("r")
    page.keyboard.type("jk")
    expect(page.locator("#answer")).to_have_value("jk")


def test_many_sections_of_the_console_take_one_line(visitor: Callable[..., Visitor]) -> None:
    manager = visitor(PETR, width=390).open("/console/broadcasts")
    page = manager.page
    sections = page.get_by_role("navigation", name="Разделы рабочего места")

    expect(sections.get_by_role("link", name="Данные")).to_be_hidden()
    tab_to(page, "Рассылки")
    page.keyboard.press("Enter")
    tab_to(page, "Данные")
    with manager.leaving():
        page.keyboard.press("Enter")

    expect(sections).to_contain_text("Данные")
    page.set_viewport_size({"width": 1280, "height": 800})
    tops = sections.get_by_role("link").evaluate_all("all => all.map(one => one.getBoundingClientRect().top)")
    assert (len(tops), len(set(tops))) == (6, 1)
    expect(sections.locator("[aria-current]")).to_be_in_viewport(ratio=1)


def test_on_a_phone_what_is_known_of_the_citizen_is_a_link_away(visitor: Callable[..., Visitor]) -> None:
    official = visitor(IVANOV, width=390).open("/console/conversations")
    page = official.page
    official.follow(page.get_by_role("link", name=TIMUR))
    about = page.get_by_role("complementary", name="Справка")

    expect(about).to_be_hidden()
    tab_to(page, "О жителе и переписке")
    page.keyboard.press("Enter")
    expect(about.get_by_text("Первое сообщение")).to_be_visible()
    expect(page.locator("#answer")).to_be_hidden()
    tab_to(page, "К переписке")
    page.keyboard.press("Enter")

    expect(about).to_be_hidden()
    expect(page.locator("#answer")).to_be_visible()


def test_a_chart_is_inspected_period_by_period(visitor: Callable[..., Visitor]) -> None:
    page = visitor().open("/t/zarechny/indicators/WAGE").page

    page.get_by_role("slider").focus()
    page.keyboard.press("ArrowRight")

    expect(page.locator("[data-readout]")).to_contain_text("прогноз")
    expect(page.get_by_role("slider")).to_have_attribute(
        "aria-valuetext", page.locator("[data-readout]").inner_text()
    )
