"""An alert in the messenger: one photo message, edited for everybody when somebody takes it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.alerts import (
    RuleKind,
    Severity,
    SnoozeTerm,
    acknowledge_alert,
    acknowledge_group,
    alert_card,
    assign_alert,
    end_snoozes,
    escalate,
    note_alert,
    remind_of_assignments,
    set_alert_rule,
    snooze_alert,
    snooze_group,
    why_group,
)
from core.commitments import make_commitment, remind_of_commitments
from core.delivery import DeliveryState, Preset, choose_preset
from core.duty import Step, set_chain
from core.files import keep_content
from core.identity import Role, create_person, grant_role, revoke_roles, viewer_of
from core.indicators import AccessLevel, name_readers, register_indicators
from notifications import send_due_digests
from tests.notifications.post_office import UNEMPLOYMENT, PostOffice, opened
from tests.pictures import PNG
from tests.town import IVANOV, SMIRNOVA, Town

FRIDAY_EVENING = datetime(2027, 3, 12, 18, 30, tzinfo=UTC)
MONDAY_MORNING = datetime(2027, 3, 15, 6, 0, tzinfo=UTC)


@pytest.fixture
async def office(town: Town, tmp_path: Path) -> AsyncIterator[PostOffice]:
    async with opened(town, tmp_path / "files") as office:
        yield office


async def test_an_official_gets_one_message_with_photo_caption_and_buttons(office: PostOffice) -> None:
    ivanov = office.links(IVANOV, 2001)
    alert_id = office.alert()
    office.picture(alert_id)

    await office.deliver()

    (shown,) = ivanov.chat.messages
    assert shown.photo == PNG
    assert shown.text.startswith("⚠️ Уровень безработицы: 6,1")
    assert shown.labels == ["Принять", "Поручить", "Отложить ▾", "Почему?", "Посмотреть показатель"]


async def test_a_fact_told_again_makes_no_second_message(office: PostOffice) -> None:
    ivanov = office.links(IVANOV, 2001)
    office.picture(office.alert())
    await office.deliver()

    assert office.relay_again() == 0
    await office.deliver()
    assert len(ivanov.chat.messages) == 1


async def test_accepting_edits_the_message_of_every_receiver(office: PostOffice) -> None:
    ivanov, smirnova = office.links(IVANOV, 2001), office.links(SMIRNOVA, 2002)
    alert_id = office.alert()
    office.picture(alert_id)
    await office.deliver()

    office.town.database.run(acknowledge_alert, alert_id=alert_id, person_id=office.town.people[IVANOV])
    await office.deliver()

    for user in (ivanov, smirnova):
        (shown,) = user.chat.messages
        assert "Иван Иванов, 12:00" in shown.text
        assert shown.labels == [
            "Мера и срок",
            "Поручить",
            "Заглушить до…",
            "Почему?",
            "Посмотреть показатель",
        ]
        assert shown.photo == PNG


async def test_an_alert_waits_for_its_picture_and_then_goes_without(office: PostOffice) -> None:
    ivanov = office.links(IVANOV, 2001)
    office.alert()
    await office.deliver()
    assert ivanov.chat.messages == []

    office.town.clock.advance(timedelta(seconds=21))
    await office.deliver()

    (shown,) = ivanov.chat.messages
    assert shown.photo is None
    assert shown.labels[:2] == ["Принять", "Поручить"]


async def test_an_alert_without_a_picture_is_edited_as_text(office: PostOffice) -> None:
    ivanov = office.links(IVANOV, 2001)
    alert_id = office.alert()
    office.relay()
    office.town.clock.advance(timedelta(seconds=21))
    await office.deliver()

    office.town.database.run(acknowledge_alert, alert_id=alert_id, person_id=office.town.people[IVANOV])
    await office.deliver()

    assert "Иван Иванов, 12:00" in ivanov.chat.messages[0].text


async def test_in_quiet_hours_a_warning_waits_for_the_working_day(office: PostOffice) -> None:
    ivanov = office.links(IVANOV, 2001)
    office.town.clock.at = FRIDAY_EVENING
    office.picture(office.alert())
    await office.deliver()
    assert ivanov.chat.messages == []

    office.town.clock.at = MONDAY_MORNING
    await office.deliver()

    assert len(ivanov.chat.messages) == 1


async def test_a_critical_alert_comes_at_night(office: PostOffice) -> None:
    ivanov = office.links(IVANOV, 2001)
    office.town.clock.at = FRIDAY_EVENING
    office.picture(office.alert(severity=Severity.CRITICAL))

    await office.deliver()

    assert ivanov.chat.messages[0].text.startswith("🔴")


async def test_an_alert_that_is_over_before_morning_is_not_sent(office: PostOffice) -> None:
    ivanov = office.links(IVANOV, 2001)
    office.town.clock.at = FRIDAY_EVENING
    alert_id = office.alert()
    office.picture(alert_id)
    await office.deliver()

    office.data(4.9)
    office.town.clock.at = MONDAY_MORNING
    await office.deliver()

    assert ivanov.chat.messages == []
    assert office.states(f"alert:{alert_id}")[0] is DeliveryState.FAILED


async def test_a_snoozed_alert_says_so_and_comes_back(office: PostOffice) -> None:
    ivanov = office.links(IVANOV, 2001)
    alert_id = office.alert()
    office.picture(alert_id)
    await office.deliver()

    office.town.database.run(
        snooze_alert, alert_id=alert_id, person_id=office.town.people[IVANOV], term=SnoozeTerm.HOUR
    )
    await office.deliver()
    assert "Иван Иванов" in ivanov.chat.messages[0].text

    office.town.clock.advance(timedelta(hours=1, seconds=1))
    office.town.database.run(end_snoozes)
    await office.deliver()

    first, again = ivanov.chat.messages
    assert "Иван Иванов" not in first.text
    assert again.labels[:2] == ["Принять", "Поручить"]


async def test_an_official_without_a_messenger_gets_the_alert_in_the_web_chat(office: PostOffice) -> None:
    alert_id = office.alert()
    office.picture(alert_id)
    await office.deliver()

    (event,) = office.in_browser(IVANOV)
    assert event.body["photo"] == keep_content(office.files, PNG)
    assert [b["text"] for b in event.body["buttons"][0]] == ["Принять", "Поручить"]

    office.town.database.run(acknowledge_alert, alert_id=alert_id, person_id=office.town.people[SMIRNOVA])
    await office.deliver()

    message, edit = office.in_browser(IVANOV)
    assert edit.kind == "edit"
    assert "Мария Смирнова" in message.body["text"]


async def test_twenty_alerts_of_a_release_are_one_message_taken_and_edited_together(
    office: PostOffice,
) -> None:
    ivanov, smirnova = office.links(IVANOV, 2001), office.links(SMIRNOVA, 2002)
    lead, *others = office.many_alerts(20)
    office.picture(lead)
    await office.deliver()
    viewer = office.town.database.read(viewer_of, person_id=office.town.people[IVANOV])
    assert len(office.town.database.read(why_group, viewer=viewer, alert_id=lead)) == 20

    for user in (ivanov, smirnova):
        (shown,) = user.chat.messages
        assert shown.text.splitlines()[0] == "⚠️ Заречный, Рабочие места: 20 показателей требуют внимания"
        assert shown.text.splitlines()[9] == "и ещё 12"
        assert shown.labels == ["Принять все", "Поручить", "Отложить ▾", "Почему?", "Посмотреть каждый"]

    office.town.database.run(acknowledge_group, alert_id=lead, person_id=office.town.people[IVANOV])
    await office.deliver()

    taken = {
        office.town.database.read(alert_card, alert_id=each).acknowledged_by_name for each in [lead, *others]
    }
    assert taken == {IVANOV}
    for user in (ivanov, smirnova):
        (shown,) = user.chat.messages
        assert "Принял(а): Иван Иванов, 12:00" in shown.text
        assert shown.labels == ["Поручить", "Почему?", "Посмотреть каждый"]
    # One message and one edit a person, whatever the number of alerts.
    assert len(office.deliveries(f"alert:{lead}")) == 4
    assert [office.deliveries(f"alert:{each}") for each in others] == [[]] * 19


async def test_whoever_has_lost_the_role_learns_nothing_more_of_alerts(office: PostOffice) -> None:
    ivanov, smirnova = office.links(IVANOV, 2001), office.links(SMIRNOVA, 2002)
    database, people = office.town.database, office.town.people
    alert_id, waits = office.many_alerts(1)[0], None
    office.picture(alert_id)
    await office.deliver()
    database.run(choose_preset, person_id=people[IVANOV], preset=Preset.QUIET)
    waits = office.alert()
    office.relay()

    database.run(revoke_roles, person_id=people[IVANOV])
    for each in (alert_id, waits):
        database.run(note_alert, alert_id=each, person_id=people[SMIRNOVA], text="Подрядчик задержан.")
    office.town.clock.advance(timedelta(hours=7))
    send_due_digests(database, policies=office.policies)
    await office.deliver()

    assert [len(one.chat.messages) for one in (ivanov, smirnova)] == [1, 2]
    assert "задержан" not in ivanov.chat.messages[0].text
    assert all("задержан" in shown.text for shown in smirnova.chat.messages)


async def test_an_alert_of_a_restricted_indicator_stands_in_no_message_of_others(office: PostOffice) -> None:
    ivanov, smirnova = office.links(IVANOV, 2001), office.links(SMIRNOVA, 2002)
    codes = ("AREST", "JOBS0", "JOBS1")
    with office.town.database.transaction() as uow:
        levels = dict.fromkeys(codes, AccessLevel.PUBLIC) | {"AREST": AccessLevel.RESTRICTED}
        closed = [replace(UNEMPLOYMENT, code=code, access_level=level) for code, level in levels.items()]
        register_indicators(uow, indicators=closed)
        name_readers(uow, indicator="AREST", readers=[office.town.people[SMIRNOVA]])
        for code in codes:
            set_alert_rule(
                uow,
                indicator_code=code,
                territory_id=office.town.territory.id,
                bad="above",
                threshold=5.5,
                clear_at=5.2,
                severity=Severity.CRITICAL,
                set_by=None,
            )
    office.many_values("closed", {"AREST": 9.9, "JOBS0": 6.1, "JOBS1": 6.1})
    office.town.clock.advance(timedelta(minutes=1))

    await office.deliver()

    heads = [[shown.text.splitlines()[0] for shown in one.chat.messages] for one in (ivanov, smirnova)]
    group = "🔴 Заречный, Рабочие места: 2 показателя требуют внимания"
    assert heads[0] == [group]
    assert sorted(heads[1]) == sorted([group, "🔴 Уровень безработицы: 9,9\xa0%"])


async def test_whoever_is_called_sees_the_way_so_far_and_that_somebody_has_taken_it(
    office: PostOffice,
) -> None:
    town, ivanov, smirnova = office.town, office.links(IVANOV, 2001), office.links(SMIRNOVA, 2002)
    with town.database.transaction() as uow:
        belov = create_person(uow, display_name="Пётр Белов", home_id=town.territory.id).id
        grant_role(uow, person_id=belov, role=Role.ADMINISTRATOR, territory_id=town.territory.id)
        steps = [Step(person_id=town.people[who], after_minutes=30) for who in (IVANOV, SMIRNOVA)]
        set_chain(uow, territory_id=town.territory.id, steps=steps, repeats=0, set_by=belov)
    alert_id = office.alert()
    office.picture(alert_id)
    for _ in range(2):
        await office.deliver()
        town.clock.advance(timedelta(minutes=30))
        assert town.database.run(escalate, alert_id=alert_id) == 1
    await office.deliver()
    # A relay that repeats itself may edit once more what came later; nobody is told anything twice.
    office.relay_again()
    await office.deliver()

    called = smirnova.chat.screen()
    way = "Пока никто не принял. Позвали: Иван Иванов, 12:30; Мария Смирнова, 13:00"
    assert called.text.startswith("Это оповещение пока никто не принял. Примите его или поручите.")
    assert all(way in shown.text for user in (ivanov, smirnova) for shown in user.chat.messages)
    # The alert itself and the call: one each.
    assert [len(user.chat.messages) for user in (ivanov, smirnova)] == [2, 2]

    town.database.run(acknowledge_alert, alert_id=alert_id, person_id=town.people[SMIRNOVA])
    await office.deliver()
    assert called.text.startswith("Оповещение уже приняли")
    assert "Принять" not in called.labels


async def test_the_term_of_what_was_assigned_and_of_what_was_promised_is_told_with_its_buttons(
    office: PostOffice,
) -> None:
    town, ivanov, smirnova = office.town, office.links(IVANOV, 2001), office.links(SMIRNOVA, 2002)
    alert_id, tomorrow = office.alert(), (town.clock.now() + timedelta(days=1)).date()
    who = {"person_id": town.people[IVANOV], "assignee_id": town.people[SMIRNOVA]}
    office.picture(alert_id)
    town.database.run(assign_alert, alert_id=alert_id, due=tomorrow, **who)
    await office.deliver()
    before = [len(user.chat.messages) for user in (ivanov, smirnova)]

    for _ in range(2):
        town.clock.advance(timedelta(days=1))
        town.database.run(remind_of_assignments)
        await office.deliver()
        office.relay_again()
    await office.deliver()

    assert [len(user.chat.messages) for user in (ivanov, smirnova)] == [before[0] + 1, before[1] + 2]
    today, passed = smirnova.chat.messages[-2:]
    assert today.text.startswith("Это поручено вам, сегодня последний день")
    assert passed.text.startswith("Срок вашего поручения прошёл 10\xa0марта")
    assert passed.labels[:2] == ["Вернуть", "Принять"]
    assert ivanov.chat.messages[-1].text.startswith(
        "Срок поручения, которое вы дали (Мария Смирнова), прошёл 10\xa0марта"
    )

    due = (town.clock.now() + timedelta(days=1)).date()
    town.database.run(
        make_commitment,
        alert_id=alert_id,
        person_id=town.people[SMIRNOVA],
        measure="Ярмарка",
        due=due,
    )
    town.clock.advance(timedelta(days=1))
    town.database.run(remind_of_commitments)
    await office.deliver()

    asked = smirnova.chat.screen()
    assert asked.text.startswith("Сегодня последний день вашей меры по показателю «Уровень безработицы»")
    assert asked.labels == ["Сообщить о выполнении", "Посмотреть показатель", "⌂ Меню"]


async def test_an_alert_about_data_leads_whoever_loads_them_to_where_it_is_mended(office: PostOffice) -> None:
    town, ivanov, smirnova = office.town, office.links(IVANOV, 2001), office.links(SMIRNOVA, 2002)
    town.database.run(register_indicators, indicators=[UNEMPLOYMENT])
    town.database.run(
        grant_role, person_id=town.people[IVANOV], role=Role.ANALYST, territory_id=town.territory.id
    )
    town.database.run(
        set_alert_rule,
        indicator_code="UNEMPL",
        territory_id=town.territory.id,
        kind=RuleKind.QUALITY,
        bad="above",
        threshold=0.99,
        clear_at=0.99,
        severity=Severity.WARN,
        set_by=None,
    )
    assert office.data(5.0) == []
    (alert_id,) = office.data(5000.0)
    office.picture(alert_id)
    await office.deliver()

    mine, others = [user.chat.screen() for user in (ivanov, smirnova)]
    assert set(mine.labels) - set(others.labels) == {"Значения на проверке"}
    assert "/console/data/held?indicator=UNEMPL" in str(mine.buttons)


async def test_a_group_put_off_comes_back_with_one_message_although_its_first_is_over(
    office: PostOffice,
) -> None:
    ivanov = office.links(IVANOV, 2001)
    lead, *_ = office.many_alerts(3)
    office.picture(lead)
    await office.deliver()
    run, people = office.town.database.run, office.town.people
    run(snooze_group, alert_id=lead, person_id=people[IVANOV], term=SnoozeTerm.HOUR)
    office.many_values("again", {"JOBS0": 4.0})

    office.town.clock.advance(timedelta(hours=1, seconds=1))
    assert run(end_snoozes) == 2
    await office.deliver()

    assert len(ivanov.chat.messages) == 2
    assert ivanov.chat.screen().labels[:2] == ["Принять все", "Поручить"]
