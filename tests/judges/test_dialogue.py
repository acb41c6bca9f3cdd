"""A dialogue at a Telegram that we did not write: npm's telegram-test-api.

Our own fake is strict, but it is ours: a mistake about Telegram would be in it and in the bot alike.
Installing the emulator takes node and the network, hence `long`.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import aiohttp
import pytest

from bots import Conversations, TelegramCarrier
from core.contact import conversations_of
from core.rooms import stream_of
from core.store import events_after
from messengers import Carrier, ChannelPolicy
from tests.bots.doors import FILES, PUBLIC_URL, SECRET, running
from tests.judges.emulated_telegram import TOKEN, EmulatedPhone, emulator, front
from tests.town import Town

HERE = Path(__file__).parent / "telegram_test_api"

pytestmark = [
    # Most of it is the installing.
    pytest.mark.timeout(600),
    pytest.mark.long,
    pytest.mark.skipif(shutil.which("node") is None, reason="node, which runs the emulator, is not here"),
]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the emulator in it."""
    folder = tmp_path_factory.mktemp("emulator") / "here"
    shutil.copytree(HERE, folder)
    subprocess.run(["npm", "ci", "--ignore-scripts", "--silent"], cwd=folder, check=True, timeout=500)
    return folder


async def test_a_newcomer_writes_and_votes(town: Town, installed: Path) -> None:
    poll = town.open_poll("Парк или парковка?", "Парк", "Парковка")
    async with (
        emulator(installed) as emulated,
        front(emulated) as address,
        aiohttp.ClientSession(emulated) as http,
        running(_conversations(town, address)),
    ):
        phone = EmulatedPhone(town.database, http, user_id=1001, name="Дарья")
        await phone.says("/start")
        await phone.sees("Ваше согласие")
        await phone.taps("Согласен(на)")
        await phone.sees("Где вы живёте?")
        await phone.taps("Заречный")
        await phone.sees("Ваше место: Заречный")
        await phone.taps("✉️ Прямая связь")
        await phone.sees("Напишите, что случилось")
        await phone.says("Яма на Ленина, 12")
        await phone.sees("Принято: МС-2027-000001")
        await phone.taps("🗳 Голосования")
        await phone.taps("Парк или парковка?")
        await phone.sees("Одно нажатие")
        await phone.taps("Парковка")
        await phone.sees("Голос принят: Парковка")
        await phone.taps("Парк")
        changed = await phone.sees("Голос изменён: было «Парковка», стало «Парк»")

    assert "⌂ Меню" in changed.labels
    assert town.tally(poll) == {"Парк": 1, "Парковка": 0}
    (found,) = town.database.read(conversations_of, citizen_id=phone.person_id)
    events = town.database.read(events_after, stream=stream_of(found.room_id), seq=0)
    assert [event.body["text"] for event in events] == ["Яма на Ленина, 12"]


def _conversations(town: Town, address: str) -> Conversations:
    return Conversations(
        town.database,
        [TelegramCarrier(town.database, token=TOKEN, api_base=address)],
        secret_key=SECRET,
        public_url=PUBLIC_URL,
        files=FILES,
        policies={Carrier.TELEGRAM: ChannelPolicy.FULL},
    )
