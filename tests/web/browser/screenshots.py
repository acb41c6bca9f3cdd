"""Draws docs/screenshots anew from the stage: ``python -m tests.web.browser.screenshots FOLDER``."""

import io
import shutil
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from app.catalogue import compile_catalogues
from core.schema import metadata
from core.shared.clock import ManualClock
from core.store import Database
from tests.conftest import NOON
from tests.town import ANNA, IVANOV, OLEG, SMIRNOVA, VERA, Town
from tests.web.living import living_web
from tests.web.stage import PETR, Stage, set_the_stage

# Name of the file: who looks, and at what; braces are filled from the stage.
SHOTS = {
    "home": (ANNA, "/t/zarechny"),
    "chat": (ANNA, "/chat"),
    "conversation": (ANNA, "/conversations/{conversation}"),
    "room": (ANNA, "/rooms/{room}"),
    "room-moderator": (OLEG, "/rooms/{room}"),
    "room-screen": (None, "/rooms/{room}/screen"),
    "poll": (None, "/polls/{poll}"),
    "poll-voted": ("Житель 2", "/polls/{poll}?voted=1"),
    "polls": (ANNA, "/t/zarechny/polls"),
    "indicators": (None, "/t/zarechny/indicators"),
    "indicator": (None, "/t/zarechny/indicators/UNEMP"),
    "comparison": (None, "/t/zarechny/indicators/UNEMP/compare"),
    "console": (IVANOV, "/console/conversations/{conversation}"),
    "console-alert": (IVANOV, "/console/alerts/{alert}"),
    "console-poll": (OLEG, "/console/polls/{poll}"),
    "console-broadcast": (SMIRNOVA, "/console/broadcasts/{broadcast}"),
    "console-set-up": (PETR, "/console/setup"),
    "console-held-values": (VERA, "/console/data/held"),
    "console-run": (VERA, "/console/scenarios/{run}"),
    "console-what-if": (VERA, "/console/scenarios/{run}/question"),
    "dashboard": (None, "/t/zarechny/dashboards/passport"),
    "console-dashboard": (VERA, "/console/dashboards/{dashboard}"),
    "scenarios": (None, "/t/zarechny/scenarios"),
    "account": (ANNA, "/me"),
    "sign-in": (None, "/in"),
}
# The phone first: a chat that is at its end stays there when it is widened.
SIZES = {"phone": (390, 844), "desk": (1280, 800)}
DARK = ("home", "chat", "room", "indicator", "console")
COLOURS = 256


def main(folder: Path) -> None:
    """Draw every screen at both sizes, and some of them in the dark theme."""
    # Before the first word is asked for: a catalogue that was not there is not looked for again.
    compile_catalogues()
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.png"):
        old.unlink()
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        clock = ManualClock(NOON)
        database = Database(f"sqlite:///{scratch}/stage.db", clock=clock)
        metadata().create_all(database.engine)
        stage = set_the_stage(Town.found(database, clock))
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        with living_web(database, Path(scratch)) as address:
            for name in SHOTS:
                _shoot(chromium, stage, address, name=name, sizes=SIZES, theme="light", folder=folder)
            for name in DARK:
                _shoot(chromium, stage, address, name=name, sizes=("phone",), theme="dark", folder=folder)
        chromium.close()
        database.close()


def _shoot(
    chromium: Browser,
    stage: Stage,
    address: str,
    *,
    name: str,
    sizes: Iterable[str],
    theme: str,
    folder: Path,
) -> None:
    """Open the page once and turn the phone into a desk: that costs less than to open it twice."""
    who, path = SHOTS[name]
    width, height = SIZES["phone"]
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
    for size in sizes:
        width, height = SIZES[size]
        page.set_viewport_size({"width": width, "height": height})
        _keep(page.screenshot(), folder / f"{name}-{size}{suffix}.png")
    context.close()


def _keep(drawn: bytes, path: Path) -> None:
    """Few colours: our screens have few, and the repository keeps every version for ever."""
    image = Image.open(io.BytesIO(drawn)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    image.save(path, optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
