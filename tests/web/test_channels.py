"""Channels at the console: the set-up asks, an administrator changes with a reason, others do not see it."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.catalogue import LOCALE_FOLDER
from core.channels import ChannelPolicy, channel_policies
from core.identity import Role, grant_role
from core.store import Database
from messengers import Carrier
from tests.town import IVANOV, VERA, Town
from tests.web.browser_twin import Browser, words_of
from tests.web.conftest import PUBLIC_URL
from web import WebDependencies, build_web
from web.asgi_types import AsgiApp

PATH = "/console/channels"
FULL, NOTICE, OFF = ChannelPolicy


@pytest.fixture
def web(database: Database, tmp_path: Path) -> AsgiApp:
    """An instance that has Telegram and no other messenger."""
    return build_web(
        WebDependencies(
            database=database,
            secret_key="a secret of fifty letters at least, for the tests only",
            public_url=PUBLIC_URL,
            allowed_hosts=("testserver",),
            locale_dir=LOCALE_FOLDER,
            files_dir=tmp_path / "files",
            policies={Carrier.TELEGRAM: FULL},
            policies_before=dict.fromkeys((Carrier.TELEGRAM, Carrier.MAX, Carrier.VK), FULL),
        )
    )


async def test_the_set_up_asks_and_an_administrator_changes_with_a_reason(
    anybody: Browser, town: Town
) -> None:
    vera = town.people[VERA]
    town.database.run(grant_role, person_id=vera, role=Role.ADMINISTRATOR, territory_id=town.territory.id)
    browser = anybody.sign_in_as(VERA)

    desk = await browser.get("/console/scenarios")
    door = await browser.get("/console")
    listed = await browser.get(door.headers["location"])
    asked = await browser.get(PATH)
    await browser.submit(PATH, owner="authority")
    left = await browser.get("/console/setup")
    answered = await browser.get(PATH)
    unfounded = await browser.submit(PATH, carrier="telegram", policy="full", why=" ")
    await browser.submit(PATH, carrier="telegram", policy="off", why="Решение главы")
    changed = await browser.get(PATH)
    nonsense = [
        await browser.submit(PATH, **form)
        for form in (
            {"owner": "king"},
            {"carrier": "web", "policy": "off", "why": "x"},
            {"carrier": "telegram", "policy": "loud", "why": "x"},
        )
    ]

    assert "Настройка 3" in words_of(desk)
    assert "осталось 3 шага. Ответить, кто ведёт сервис" in words_of(listed)
    assert "До первого жителя осталось 2 шага." in words_of(left)
    assert "Кто ведёт этот сервис? На этот вопрос ещё не ответили." in words_of(asked)
    assert "запрещает органам власти общаться с жителями через иностранные мессенджеры" in words_of(asked)
    assert "Не подключён: токена пока нет." in words_of(asked)
    assert "Настройка: сервис ведёт орган власти." in words_of(answered)
    assert "ещё не ответили" not in words_of(answered)
    assert (unfounded.status_code, [page.status_code for page in nonsense]) == (400, [400] * 3)
    assert "Telegram: только сообщает, что ответ ждёт на сайте → выключен" in words_of(changed)
    assert "Вера Орлова. Решение главы" in words_of(changed)
    assert town.database.read(channel_policies) == {"max": FULL, "vk": FULL, "telegram": OFF}


async def test_an_official_neither_sees_nor_changes_it(anybody: Browser, town: Town) -> None:
    browser = anybody.sign_in_as(IVANOV)

    seen = await browser.get(PATH)
    sent = await browser.submit(PATH, owner="authority")

    assert (seen.status_code, sent.status_code) == (403, 403)
    assert "Каналы" not in words_of(await browser.get("/console/conversations"))
    assert town.database.read(channel_policies) == {}
