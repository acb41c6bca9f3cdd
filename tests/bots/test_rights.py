"""One table: every action and every screen of the bot × every kind of person, with genuine buttons."""

from __future__ import annotations

from pathlib import Path

import pytest

from bots import Conversations
from core.chats import open_web_chat
from core.identity import create_person, revoke_roles
from core.shared.ids import PersonId
from messengers import (
    AcceptAlert,
    AcceptConsent,
    Action,
    AssignAlert,
    ButtonCodec,
    CancelRun,
    ChooseAssignee,
    ChooseLanguage,
    ChooseNotice,
    ChoosePreset,
    ChooseTerritory,
    Commit,
    CompareScenarios,
    ExplainFigure,
    FollowRun,
    ForgetMe,
    MergeAccounts,
    Open,
    OpenBelow,
    Place,
    RankPlaces,
    ShowContributions,
    ShowFigure,
    SilenceAlert,
    Snooze,
    SnoozeAlert,
    Turn,
    UnlinkMessenger,
    Unsubscribe,
    Vote,
    WithdrawConsent,
)
from messengers.buttons import _LETTERS
from tests.bots.doors import SECRET, WebPhone, running, web_conversations
from tests.notifications.post_office import opened
from tests.town import IVANOV, OLEG, SMIRNOVA, Town
from tests.web.answers import run_of

CONSENT = "Ваше согласие"
HIDDEN = "Такого оповещения нет."
FORGOTTEN, STAYS = "Мы больше не знаем, кто вы", "Учётную запись сотрудника стереть нельзя"
KINDS = ("visitor", "citizen", "moderator", "official", "former official")

# What each kind of person reads first after the tap.
ACTIONS: dict[str, tuple[str, str, str, str, str]] = {
    "AcceptConsent": ("Спасибо, согласие записано",) * 5,
    "WithdrawConsent": ("Согласие отозвано",) * 5,
    "ChooseTerritory": ("Ваше место: Заречный",) * 5,
    "ChooseLanguage": ("We speak English now",) * 5,
    "Vote": (CONSENT, *("Голос принят: Парк",) * 4),
    "AcceptAlert": (HIDDEN, HIDDEN, HIDDEN, "Вы приняли оповещение", HIDDEN),
    "ChooseAssignee": (HIDDEN, HIDDEN, HIDDEN, "Мария Смирнова: к какому сроку?", HIDDEN),
    "AssignAlert": (HIDDEN, HIDDEN, HIDDEN, "Поручено: Мария Смирнова, срок — завтра.", HIDDEN),
    "SilenceAlert": (HIDDEN, HIDDEN, HIDDEN, "Почему заглушаете?", HIDDEN),
    "Commit": (HIDDEN, HIDDEN, HIDDEN, "Текст пустой", HIDDEN),
    "SnoozeAlert": (HIDDEN, HIDDEN, HIDDEN, "Отложено", HIDDEN),
    "ForgetMe": (FORGOTTEN, FORGOTTEN, STAYS, STAYS, FORGOTTEN),
    "ShowFigure": ("Уровень безработицы",) * 5,
    # No run is published, and the town has no neighbour.
    "CompareScenarios": ("Сравнивать больше не с чем.",) * 5,
    "RankPlaces": ("Сравнивать больше не с чем.",) * 5,
    "ShowContributions": ("Сравнивать больше не с чем.",) * 5,
    "ExplainFigure": ("Прогноза для этого показателя пока нет",) * 5,
    # Runs are asked for and seen by analysts.
    "FollowRun": ("Такого расчёта сценариев нет.",) * 5,
    "CancelRun": ("Такого расчёта сценариев нет.",) * 5,
    "OpenBelow": ("Прямой контакт",) * 5,
    "UnlinkMessenger": ("Это ваш единственный вход",) * 5,
    "MergeAccounts": ("уже не действует",) * 5,
    "ChoosePreset": ("Уведомления",) * 5,
    "ChooseNotice": ("Готово. Новости администрации",) * 5,
    "Unsubscribe": ("Больше не пришлём: Новости администрации.",) * 5,
    "Turn": ("Язык: Русский",) * 5,
}
PLACES: dict[Place, tuple[str, str, str, str, str]] = {
    Place.MENU: ("Прямой контакт",) * 5,
    Place.DIRECT_LINE: (CONSENT, *("Напишите, что случилось",) * 4),
    Place.POLLS: ("Вашего голоса ждёт 1 голосование",) * 5,
    Place.POLL: ("Парк или парковка?",) * 5,
    Place.INDICATORS: ("Данных пока нет",) * 5,
    Place.INDICATOR: ("Уровень безработицы",) * 5,
    Place.RUNS: ("Расчётов здесь нет.",) * 5,
    Place.RUN: ("Такого расчёта сценариев нет.",) * 5,
    Place.ACCOUNT: ("Язык: Русский",) * 5,
    Place.LANGUAGES: ("На каком языке говорим?",) * 5,
    Place.FORGET: ("Стереть всё, что о вас хранится?",) * 5,
    Place.NAME: ("Каким именем вас называть?",) * 5,
    Place.CONSENT: (CONSENT,) * 5,
    Place.CONSENT_TEXT: ("Согласие",) * 5,
    Place.TERRITORIES: ("Где вы живёте?",) * 5,
    Place.WEB_LINK: ("Здесь вы уже вошли",) * 5,
    Place.WITHDRAWAL: ("Отозвать согласие?",) * 5,
    Place.NOTICES: ("Ответы вам приходят всегда",) * 5,
    Place.NOTICE_MATRIX: ("Уведомления в этом мессенджере",) * 5,
    Place.MESSENGERS: ("Мессенджеров пока нет",) * 5,
    Place.LINK_CODE: ("Ваш код:",) * 5,
    Place.UNLINK: ("Отвязать MAX?",) * 5,
    Place.MY_DATA: ("Что о вас хранится",) * 5,
    Place.ALERT_MEASURE: (HIDDEN, HIDDEN, HIDDEN, "Что будет сделано?", HIDDEN),
    Place.ALERT_WHY: (HIDDEN, HIDDEN, HIDDEN, "Раньше это правило здесь не срабатывало", HIDDEN),
    Place.COMMITMENT_RESULT: ("Такого обязательства нет.",) * 5,
    Place.ALERT_ASSIGN: (HIDDEN, HIDDEN, HIDDEN, "Кому поручить?", HIDDEN),
    Place.ALERT_RETURN: (HIDDEN, HIDDEN, HIDDEN, "Почему возвращаете?", HIDDEN),
    Place.ALERT_NOTE: (HIDDEN, HIDDEN, HIDDEN, "Что нужно знать коллегам?", HIDDEN),
    Place.ALERT_SILENCE: (HIDDEN, HIDDEN, HIDDEN, "На сколько заглушить?", HIDDEN),
    Place.ALERT_SNOOZE: (HIDDEN, HIDDEN, HIDDEN, "До какого времени отложить?", HIDDEN),
}


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """One kind of database: words and rights do not depend on it, the story and the lanes run on both."""
    path = tmp_path / "strategy24.db"
    path.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{path}"


def test_no_action_and_no_screen_is_without_a_row() -> None:
    assert set(ACTIONS) | {"Open"} == {kind.__name__ for kind in _LETTERS.values()}
    assert set(PLACES) == set(Place)


@pytest.mark.parametrize("position", range(len(KINDS)), ids=KINDS)
async def test_everybody_gets_what_the_table_says(town: Town, tmp_path: Path, position: int) -> None:
    conversations = web_conversations(town.database)
    codec = ButtonCodec(SECRET)
    async with opened(town, tmp_path) as office, running(conversations):
        alert_id = office.alert()
        poll = town.open_poll("Парк или парковка?", "Парк", "Парковка")
        run_id = run_of(town, done=False)
        subjects = {
            Place.POLL: poll.id,
            Place.INDICATOR: "UNEMPL",
            Place.ALERT_SNOOZE: alert_id,
            Place.ALERT_SILENCE: alert_id,
            Place.ALERT_MEASURE: alert_id,
            Place.ALERT_WHY: alert_id,
            Place.ALERT_ASSIGN: alert_id,
            Place.ALERT_RETURN: alert_id,
            Place.ALERT_NOTE: alert_id,
            Place.COMMITMENT_RESULT: "0" * 32,
            Place.UNLINK: "max",
            Place.RUN: run_id,
        }
        actions: dict[str, Action] = {
            "Vote": Vote(poll.id, poll.options[0].id),
            "AcceptAlert": AcceptAlert(alert_id),
            "SnoozeAlert": SnoozeAlert(alert_id, Snooze.HOUR),
            "SilenceAlert": SilenceAlert(alert_id, 7),
            "ChooseAssignee": ChooseAssignee(alert_id, town.people[SMIRNOVA]),
            "AssignAlert": AssignAlert(alert_id, 1),
            "Commit": Commit(alert_id, 30),
            "FollowRun": FollowRun(run_id),
            "CancelRun": CancelRun(run_id),
            "ChooseTerritory": ChooseTerritory(town.territory.id),
            **{
                kind.__name__: kind("UNEMPL", town.territory.id)
                for kind in (ShowFigure, CompareScenarios, RankPlaces, ShowContributions, ExplainFigure)
            },
            "OpenBelow": OpenBelow(Place.MENU),
            "UnlinkMessenger": UnlinkMessenger("max"),
            "MergeAccounts": MergeAccounts("4F7KABCD"),
            "ChoosePreset": ChoosePreset("calm"),
            "ChooseNotice": ChooseNotice("news", "web", "off"),
            "Unsubscribe": Unsubscribe("news"),
            "Turn": Turn(Place.ACCOUNT, "", 1),
            "AcceptConsent": AcceptConsent(1),
            "WithdrawConsent": WithdrawConsent(),
            "ForgetMe": ForgetMe(),
            "ChooseLanguage": ChooseLanguage("en"),
        }
        taps: list[tuple[Action, str]] = [
            *((Open(place, subjects.get(place, "")), words[position]) for place, words in PLACES.items()),
            *((action, ACTIONS[name][position]) for name, action in actions.items()),
        ]
        for action, words in taps:
            # Citizens are made anew for every tap; the others take theirs in the order of the table.
            phone = _phone(town, conversations, KINDS[position])
            phone.presses(1, codec.encode(action))
            await phone.sees(words)


def _phone(town: Town, conversations: Conversations, kind: str) -> WebPhone:
    person_id = _person(town, kind)
    chat = town.database.run(open_web_chat, person_id=person_id)
    return WebPhone(town.database, person_id, chat.id, conversations)


def _person(town: Town, kind: str) -> PersonId:
    match kind:
        case "visitor":
            with town.database.transaction() as uow:
                return create_person(uow, display_name="Гость", home_id=town.territory.id).id
        case "citizen":
            return town.newcomer("Житель")
        case "moderator":
            return town.people[OLEG]
        case "former official":
            town.database.run(revoke_roles, person_id=town.people[SMIRNOVA])
            return town.people[SMIRNOVA]
        case _:
            return town.people[IVANOV]
