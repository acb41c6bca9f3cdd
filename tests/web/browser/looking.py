"""A person at a browser, and a critical eye on what they see."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal, Self

from playwright.sync_api import Locator, Page

AXE = Path(__file__).resolve().parents[1] / "vendor" / "axe.min.js"
SERIOUS = ("serious", "critical")
HEIGHTS = {390: 844, 1280: 800}

# Things to press that are smaller than a finger. Links inside a sentence are exempt, as in WCAG 2.5.8.
_SMALL_TARGETS = """() => [...document.querySelectorAll('a, button, input, select, summary, textarea')]
  .filter((element) => element.checkVisibility({visibilityProperty: true, opacityProperty: true}))
  .filter((element) => !element.closest('p, dd, .skip, .prose, li.stands-in-text'))
  .map((element) => [element, element.getBoundingClientRect()])
  .filter(([, box]) => box.width > 0 && box.bottom > 0 && (box.height < 43.5 || box.width < 43.5))
  .map(([element, box]) => `${element.outerHTML.slice(0, 80)} ${box.width}x${box.height}`)"""


@dataclass(slots=True)
class Visitor:
    """One open page and everything that went wrong in it."""

    page: Page
    address: str
    complaints: list[str] = field(default_factory=list)

    @classmethod
    def arriving(cls, page: Page, address: str) -> Self:
        """Listen before anything is opened."""
        visitor = cls(page=page, address=address)
        page.on("console", lambda message: visitor._note(message.type, message.text))
        page.on("pageerror", lambda error: visitor.complaints.append(f"script error: {error}"))
        page.on("request", lambda request: visitor._note_request(request.url))
        page.on("dialog", lambda dialog: visitor.complaints.append(f"dialog: {dialog.message}"))
        return visitor

    def open(self, path: str) -> Self:
        """Open a page and wait until its scripts have run."""
        self.page.goto(self.address + path, wait_until="load")
        return self

    def follow(self, link: Locator) -> Self:
        """Follow a link and wait until the scripts of the next page have run."""
        with self.leaving():
            link.click()
        return self

    @contextmanager
    def leaving(self) -> Iterator[None]:
        """What is done here leads to another page; wait until its scripts have run.

        Until then keys go to the old page, or to the new one as it is without scripts, where the Enter of a
        chat's field writes a line break.
        """
        with self.page.expect_navigation(wait_until="load"):
            yield

    def at(self, width: int, theme: Literal["light", "dark"]) -> Self:
        """Turn the phone into a desk, the day into night."""
        self.page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
        self.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        return self

    def look(self) -> list[str]:
        """What is wrong with the page as it stands, in words; empty for a good page."""
        return [*self.complaints, *self._axe(), *self._sideways(), *self._small_targets()]

    def _note(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.complaints.append(f"{kind}: {text}")

    def _note_request(self, url: str) -> None:
        if not url.startswith(self.address):
            self.complaints.append(f"foreign request: {url}")

    def _axe(self) -> list[str]:
        # Evaluated by the debugger, so that the page's own policy against inline scripts stays in force.
        if not self.page.evaluate("() => 'axe' in window"):
            self.page.evaluate(_axe_source())
        found: list[dict[str, Any]] = self.page.evaluate("async () => (await axe.run()).violations")
        return [
            f"axe {one['id']} ({one['impact']}): {[node['html'][:120] for node in one['nodes'][:3]]}"
            for one in found
            if one["impact"] in SERIOUS
        ]

    def _sideways(self) -> list[str]:
        width = self.page.evaluate("() => [document.documentElement.scrollWidth, window.innerWidth]")
        return [] if width[0] <= width[1] else [f"scrolls sideways: {width[0]} > {width[1]}"]

    def _small_targets(self) -> list[str]:
        small: list[str] = self.page.evaluate(_SMALL_TARGETS)
        return [f"small target: {one}" for one in small]


@cache
def _axe_source() -> str:
    return AXE.read_text(encoding="utf-8")
