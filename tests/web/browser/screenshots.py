"""Draws docs/screenshots anew from the stage: ``python -m tests.web.browser.screenshots FOLDER``."""

import io
import shutil
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from core.schema import metadata
from core.shared.clock import ManualClock
from core.store import Database
from tests.conftest import NOON
from tests.town import ANNA, IVANOV, OLEG, SMIRNOVA, VERA, Town
from tests.web.living import living_web
from tests.web.stage import Stage, set_the_stage

# Name of the file: who looks, and at what; braces are filled from the stage.
SHOTS = {
    "home": (ANNA, "/t/zarechny"),
    "chat": (ANNA, "/chat"),
    "chat-start": (None, "/chat"),
    "conversation": (ANNA, "/conversations/{conversation}"),
    "room": (ANNA, "/rooms/{room}"),
    "room-moderator": (OLEG, "/rooms/{room}"),
    "room-screen": (None, "/rooms/{room}/screen"),
    "poll": (None, "/polls/{poll}"),
    "poll-voted": ("Житель 2", "/polls/{poll}?voted=1"),
    "polls": (ANNA, "/t/zarechny/polls"),
    "indicators": (None, "/t/zarechny/indicators"),
    "indicator": (None, "/t/zarechny/indicators/UNEMP"),
    "console": (IVANOV, "/console/conversations/{conversation}"),
    "console-queue": (IVANOV, "/console/conversations"),
    "console-alert": (IVANOV, "/console/alerts/{alert}"),
    "console-poll": (OLEG, "/console/polls/{poll}"),
    "console-new-poll": (OLEG, "/console/polls/new"),
    "console-broadcast": (SMIRNOVA, "/console/broadcasts/{broadcast}"),
    "console-new-broadcast": (IVANOV, "/console/broadcasts/new"),
    "console-run": (VERA, "/console/scenarios/{run}"),
    "console-conditions": (VERA, "/console/scenarios/{run}/conditions"),
    "console-what-if": (VERA, "/console/scenarios/{run}/question"),
    "dashboard": (None, "/t/zarechny/dashboards/passport"),
    "console-dashboard": (VERA, "/console/dashboards/{dashboard}"),
    "scenarios": (None, "/t/zarechny/scenarios"),
    "account": (ANNA, "/me"),
    "notices": (ANNA, "/me/notices"),
    "sign-in": (None, "/in"),
    "gallery": (None, "/ui"),
}
SIZES = {"desk": (1280, 800), "phone": (390, 844)}
FULL = {"gallery"}
DARK = ("home", "chat", "room", "indicator", "console")
COLOURS = 256


def main(folder: Path) -> None:
    """Draw every screen at both sizes, and four of them in the dark theme."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        clock = ManualClock(NOON)
        database = Database(f"sqlite:///{scratch}/stage.db", clock=clock)
        metadata().create_all(database.engine)
        stage = set_the_stage(Town.found(database, clock))
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        with living_web(database, Path(scratch)) as address:
            for name in SHOTS:
                for size in SIZES:
                    _shoot(chromium, stage, address, name=name, size=size, theme="light", folder=folder)
            for name in DARK:
                _shoot(chromium, stage, address, name=name, size="phone", theme="dark", folder=folder)
        chromium.close()
        database.close()


def _shoot(
    chromium: Browser, stage: Stage, address: str, *, name: str, size: str, theme: str, folder: Path
) -> None:
    who, path = SHOTS[name]
    width, height = SIZES[size]
    context = chromium.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if theme == "dark" else "light",
        locale="ru-RU",
        timezone_id="Europe/Moscow",
        reduced_motion="reduce",
    )
    if who is not None:
        context.add_cookies([{"name": "session", "value": stage.token_of(who), "url": address}])
    page = context.new_page()
    page.goto(
        address
        + path.format(
            poll=stage.poll,
            conversation=stage.conversation,
            alert=stage.alert,
            room=stage.room,
            broadcast=stage.broadcast,
            run=stage.run,
            dashboard=stage.dashboard,
            mail=stage.mail,
        ),
        wait_until="networkidle",
    )
    suffix = "-dark" if theme == "dark" else ""
    _keep(page.screenshot(full_page=name in FULL), folder / f"{name}-{size}{suffix}.png")
    context.close()


def _keep(drawn: bytes, path: Path) -> None:
    """Few colours: our screens have few, and the repository keeps every version for ever."""
    image = Image.open(io.BytesIO(drawn)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    image.save(path, optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
