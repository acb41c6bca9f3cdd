"""The guided tour: every path over real processes and sockets, and what it says when something is amiss."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from app.settings import PROJECT
from app.tour.report import BrokenPromise, Report
from app.tour.site import Site

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]


def _tour(folder: Path) -> tuple[int, list[str], dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-P", "-m", "app", "tour", "--json", "--folder", str(folder)],
        capture_output=True,
        text=True,
        env={**os.environ, "STRATEGY24_VAR": str(folder / "var"), "PYTHONPATH": str(PROJECT)},
    )
    *said, found = done.stdout.splitlines() or ["", "{}"]
    assert done.returncode == 0, done.stdout + done.stderr
    return done.returncode, said, json.loads(found)


def test_a_message_a_vote_and_an_alert_travel_the_whole_way(tmp_path: Path) -> None:
    _, said, found = _tour(tmp_path)

    assert found["ok"] is True
    assert [step["name"] for step in found["steps"]][-4:] == [
        "commitment_public",
        "author_told",
        "audit",
        "stopped",
    ]
    for figure in ("message_to_console_ms_p50", "vote_to_screen_ms_p50", "file_to_alert_s"):
        assert found[figure] > 0
    photo = Path(found["alert_photo"])
    assert photo.read_bytes().startswith(b"\x89PNG")
    assert not (photo.parent / "var").exists()
    assert "Всё так, как обещано" in said[-1]


async def test_a_step_that_fails_is_named_with_its_reason() -> None:
    lines: list[str] = []
    report = Report(language="en", tell=lines.append)

    with (
        pytest.raises(BrokenPromise, match="the pages answer: the connection failed"),
        report.step("pages", "the pages answer"),
    ):
        await Site("http://127.0.0.1:1").page("/")

    assert lines == []
    assert report.steps == []


def test_remarks_stand_below_their_step() -> None:
    lines: list[str] = []
    report = Report(language="en", tell=lines.append)

    with report.step("vote", "a vote moves the tally"):
        report.remark("{count} votes", count=12)

    assert [line.strip() for line in lines] == [lines[0].strip(), "12 votes"]
    assert lines[0].endswith("s  a vote moves the tally")
