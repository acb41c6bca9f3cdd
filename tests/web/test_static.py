"""The files that every page loads: themes that agree, modules that find each other, licences beside them."""

import re
from pathlib import Path

import httpx
import pytest

from web.asgi_types import AsgiApp
from web.static_files import static_url

STATIC = Path(__file__).resolve().parents[2] / "web" / "static"
CSS = (STATIC / "app.css").read_text(encoding="utf-8")


def roles(selector: str) -> dict[str, str]:
    """The colour roles of one rule of the style sheet."""
    body = re.search(re.escape(selector) + r" \{(.*?)\}", CSS, re.DOTALL)
    assert body is not None
    return dict(re.findall(r"(--[\w-]+): ([^;]+);", body[1]))


def test_the_dark_theme_of_the_device_is_the_dark_theme_of_the_button() -> None:
    assert roles(":root:not([data-theme])") == roles('[data-theme="dark"]')


def test_both_themes_have_the_same_roles() -> None:
    assert roles('[data-theme="light"]').keys() == roles('[data-theme="dark"]').keys()


@pytest.mark.parametrize("name", sorted(path.name for path in STATIC.glob("*.js")))
def test_a_module_finds_what_it_imports(name: str) -> None:
    code = (STATIC / name).read_text(encoding="utf-8")

    imported = re.findall(r'from "\./([\w.-]+)"', code)

    assert [one for one in imported if not (STATIC / one).exists()] == []


@pytest.mark.parametrize("name", sorted(path.name for path in STATIC.glob("*.js")))
def test_a_module_never_makes_markup_of_text(name: str) -> None:
    code = (STATIC / name).read_text(encoding="utf-8")

    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(", code)


def test_nothing_in_the_style_sheet_comes_from_elsewhere() -> None:
    assert re.findall(r"url\(\"(?!fonts/)[^\"]+\"\)|@import", CSS) == []


def test_a_font_and_a_set_of_icons_carry_their_licences() -> None:
    assert "SIL OPEN FONT LICENSE" in (STATIC / "fonts" / "golos-text-LICENSE.txt").read_text("utf-8")
    assert "ISC License" in (STATIC / "icons" / "lucide-LICENSE.txt").read_text("utf-8")


async def test_a_file_under_its_version_is_kept_for_ever(web: AsgiApp) -> None:
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=web), base_url="http://testserver"
    ) as client:
        current = await client.get(static_url("app.css"))
        former = await client.get("/static/0000000000000000/app.css")
        missing = await client.get("/static/0000000000000000/../configuration.py")

    assert current.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert former.headers["cache-control"] == "no-cache"
    assert missing.status_code == 404
