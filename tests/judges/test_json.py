"""Our JSON before independent judges: maxapi's models, vkbottle's keyboard and event models.

Their requirements do not fit into one environment with ours, so they get one of their own
(requirements/judges.txt); making it takes the network, hence `long`.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from app.settings import PROJECT
from core.shared.ids import new_id
from messengers import (
    AcceptAlert,
    Button,
    ButtonCodec,
    Entity,
    Link,
    Open,
    Place,
    Press,
    RichText,
    button_rows,
    max_message,
    vk_menu,
    vk_message,
)
from tests.bots.fake_max import FakeMax
from tests.bots.fake_vk import FakeVk
from tests.pictures import PDF, PNG

CODEC = ButtonCodec("a secret of this test")
BUTTONS: tuple[tuple[Button, ...], ...] = (
    (Press("Принять", AcceptAlert(new_id())), Press("⌂ Меню", Open(Place.MENU))),
    (Link("Посмотреть показатель", "https://kontakt.example/t/zarechny/indicators/UNEMPL"),),
)
TEXT = RichText(
    "🗳 <Парк> или парковка?", (Entity("bold", 3, 6), Entity("text_link", 10, 3, "https://a.example"))
)


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The judges' own interpreter."""
    home = tmp_path_factory.mktemp("judges")
    subprocess.run([sys.executable, "-m", "venv", home], check=True)
    python = home / "bin" / "python"
    lock = PROJECT / "requirements" / "judges.txt"
    subprocess.run([python, "-m", "pip", "install", "-q", "--require-hashes", "-r", lock], check=True)
    return python


def judged(judge: Path, cases: list[tuple[str, Any]]) -> str:
    """What the judges say of the cases."""
    script = Path(__file__).with_name("judge.py")
    done = subprocess.run(
        [judge, script], input=json.dumps(cases), text=True, capture_output=True, check=False
    )
    return done.stdout.strip() or done.stderr[-2000:]


async def cases_of_max() -> list[tuple[str, Any]]:
    """What we send to MAX, and what our fake MAX brings."""
    rows = button_rows(BUTTONS, CODEC)
    sent: list[tuple[str, Any]] = [
        ("max_message", max_message(TEXT, rows, images=["token"])),
        ("max_message", max_message(TEXT, rows, files=["token"])),
        ("max_message", max_message(RichText("<" * 5000), [])),
    ]
    async with FakeMax() as fake:
        user = fake.user(3001, "Дарья")
        shown = user.says("привет")
        brought = [
            shown,
            user.starts("4F7KABCD"),
            user.sends_photo(PNG, "Вот яма"),
            user.sends_document(PDF, "Смета.pdf", "Вот смета"),
            user.sends_place(55.03, 82.92),
            user.sends_contact(of_user_id=3001, phone="+79001234567"),
            user.presses(user.chat.messages[0], "o.m.x"),
            user.stops(),
        ]
    return [*sent, *(("max_update", update) for update in brought)]


async def cases_of_vk() -> list[tuple[str, Any]]:
    """What we send to VK, and what our fake VK brings."""
    rows = button_rows(BUTTONS, CODEC)
    keyboards = [
        vk_message(TEXT, rows, files=["photo-1_2_key"])["keyboard"],
        vk_menu(TEXT, [["✉️ Прямая связь", "🗳 Голосования"], ["👤 Мой кабинет"]])["keyboard"],
    ]
    async with FakeVk() as fake:
        user = fake.user(4001, "Дарья")
        brought = [
            user.starts("4F7KABCD"),
            user.sends_photo(PNG, "Вот яма"),
            user.sends_document(PDF, "Смета.pdf", "Вот смета"),
            user.sends_place(55.03, 82.92),
            user.presses(user.chat.messages[0], '{"b":"o.m.x"}'),
        ]
    return [
        *(("vk_keyboard", json.loads(keyboard)) for keyboard in keyboards),
        *(("vk_event", event) for event in brought),
    ]


@pytest.mark.long
async def test_maxapi_reads_what_we_send_and_what_our_fake_brings(judge: Path) -> None:
    cases = await cases_of_max()

    assert judged(judge, cases) == f"{len(cases)} taken"


@pytest.mark.long
async def test_vkbottle_reads_what_we_send_and_what_our_fake_brings(judge: Path) -> None:
    cases = await cases_of_vk()

    assert judged(judge, cases) == f"{len(cases)} taken"


@pytest.mark.long
async def test_a_judge_refuses_what_is_wrong(judge: Path) -> None:
    body = max_message(TEXT, button_rows(BUTTONS, CODEC))
    body["attachments"][0]["payload"]["buttons"][0][0]["type"] = "calback"

    assert "taken" not in judged(judge, [("max_message", body)])
