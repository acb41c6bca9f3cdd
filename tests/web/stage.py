"""A town in the middle of its life, for the browser tests and the screenshots: the same every time."""

import math
from dataclasses import dataclass, field, replace
from datetime import timedelta

from core.alerts import Severity, rules_in, set_alert_rule
from core.chats import open_web_chat, press_in_web_chat, show_in_web_chat, write_in_web_chat
from core.contact import answer, send_message
from core.delivery import EventKind, propose_broadcast
from core.identity import Role, grant_role, link_identity, open_session, viewer_of
from core.indicators import (
    AccessLevel,
    Doubt,
    DoubtfulValue,
    Indicator,
    NewValue,
    Passport,
    Period,
    Target,
    record_release,
    register_indicators,
    set_target,
    write_passport,
)
from core.polls import Poll, show_in_room
from core.rooms import Post, Reaction, mark_read, open_territory_room, post_message, put_sign
from core.scenarios import RunRequest, add_model, ask_run, refuse_model, report_progress
from core.shared.ids import AlertId, ChatId, ConversationId, PollId, RoomId, RuleId, new_id
from tests.town import ANNA, BORIS, IVANOV, OLEG, VERA, Town
from tests.web.boards import give_dashboard
from tests.web.figures import forecast_of, publish, the_open_alert
from tests.web.mails import leave_token
from tests.web.scenario import computed_run, give_model
from tests.web.uploads import begun_cycle, checked_upload

GALINA = "Галина Сергеевна"
TIMUR = "Тимур Ахметов"
PETR = "Пётр Белов"
# What the identity provider calls Boris.
PROVED = "1000299654"
HEAD = "Анна Соколова"
PIT = "На Ленина, 12 яма глубиной с ведро, машины объезжают её по газону."


@dataclass(slots=True)
class Stage:
    """The town and the addresses that are worth opening."""

    town: Town
    poll: PollId
    closed_poll: PollId
    conversation: ConversationId
    chat: ChatId
    alert: AlertId
    rule: RuleId
    room: RoomId
    broadcast: str
    run: str
    dashboard: str
    waiting_run: str
    wrong_model: str
    upload: str
    cycle: str
    mail: str
    sessions: dict[str, str] = field(default_factory=dict)

    def token_of(self, name: str) -> str:
        """A session of one of the people."""
        if name not in self.sessions:
            opened = self.town.database.run(
                open_session, person_id=self.town.people[name], label="Firefox, Linux"
            )
            self.sessions[name] = opened.token
        return self.sessions[name]


def set_the_stage(town: Town) -> Stage:
    """Let two days pass in the town."""
    closed = town.open_poll("Нужна ли ярмарка в мае?", "Да", "Нет", closes_in=timedelta(hours=2))
    town.newcomer(GALINA)
    town.newcomer(PETR)
    town.database.run(link_identity, person_id=town.people[BORIS], provider="esia", subject=PROVED)
    town.database.run(
        grant_role, person_id=town.people[PETR], role=Role.ADMINISTRATOR, territory_id=town.territory.id
    )
    town.newcomer(TIMUR)
    town.database.run(
        grant_role, person_id=town.newcomer(HEAD), role=Role.HEAD, territory_id=town.territory.id
    )
    _say(town, GALINA, "Третий день нет горячей воды, Садовая, 4. Когда включат?")
    town.clock.advance(timedelta(hours=21))
    _say(town, TIMUR, "Предлагаю перенести остановку к поликлинике: старикам далеко идти.")
    poll = town.open_poll(
        "Что построить на пустыре по улице Ленина?",
        "Парк с детской площадкой",
        "Спортивную площадку",
        "Парковку на 120 мест",
        closes_in=timedelta(days=4),
    )
    town.clock.advance(timedelta(hours=5))
    town.open_poll(
        "В какой день вывозить крупный мусор?", "По субботам", "По средам", closes_in=timedelta(hours=5)
    )
    for number, choice in enumerate((0, 0, 1, 0, 2, 0, 1, 0, 0)):
        town.newcomer(f"Житель {number}")
        town.vote(f"Житель {number}", poll, poll.options[choice].text)
    _figures(town)
    chat = _chat(town)
    conversation = _say(town, ANNA, PIT)
    thanks = _say(town, BORIS, "Спасибо, мусор вывезли.")
    town.database.run(
        answer,
        official_id=town.people[IVANOV],
        conversation_id=thanks,
        text="И вам спасибо, что написали. Если повторится, пишите сразу сюда.",
        client_id="answer-boris",
    )
    town.clock.advance(timedelta(minutes=12))
    _say(town, ANNA, "И ещё: вечером там не горит фонарь, яму не видно.")
    town.clock.advance(timedelta(minutes=23))
    waiting_run, wrong_model = _unfinished(town)
    broadcast = town.database.run(
        propose_broadcast,
        territory_id=town.territory.id,
        created_by=town.people[IVANOV],
        event=EventKind.WARNINGS,
        title="Отключение горячей воды",
        text="С 15 по 17 марта на Садовой не будет горячей воды: меняют трубу. Вернём раньше — напишем.",
    )
    run = computed_run(town, public=True)
    dashboard = give_dashboard(town, code="WAGE")
    return Stage(
        dashboard=dashboard,
        town=town,
        run=run,
        waiting_run=waiting_run,
        wrong_model=wrong_model,
        upload=checked_upload(town),
        cycle=begun_cycle(town),
        poll=poll.id,
        closed_poll=closed.id,
        conversation=conversation,
        chat=chat,
        alert=the_open_alert(town),
        rule=town.database.read(rules_in, territory_ids=[town.territory.id])[0].id,
        room=_discussion(town, poll),
        broadcast=broadcast,
        mail=leave_token(town, broadcast),
    )


def _unfinished(town: Town) -> tuple[str, str]:
    """A run that is half way, and a model with a mistake in it."""
    request, place = RunRequest(seed=7), town.territory.id
    run_id = town.database.run(
        ask_run,
        model_id=give_model(town),
        territory_id=place,
        request=request,
        asked_by=town.people[VERA],
    )
    town.database.run(report_progress, run_id=run_id, percent=42, stage="checking")
    wrong = town.database.run(
        add_model, territory_id=place, file_name="draft.toml", text="[equation.GMP]", added_by=None
    )
    reason = "draft.toml, строка 1, уравнение GMP: Не хватает ключа «eq»."
    town.database.run(refuse_model, model_id=wrong, refusal={"ru": reason, "en": reason})
    return run_id, wrong


def _discussion(town: Town, poll: Poll) -> RoomId:
    """Neighbours, an official and a moderator talk about the lot in Lenina street."""
    room_id = town.database.run(open_territory_room, territory_id=town.territory.id, title="Обсуждение")
    _talk(town, room_id, GALINA, "Кто знает, что решили с пустырём на Ленина? Там опять разгружают щебень.")
    _talk(
        town, room_id, TIMUR, "Говорили про парковку. Парк нужнее: детям гулять негде, а машины стоят и так."
    )
    town.clock.advance(timedelta(minutes=3))
    shown = town.database.run(
        show_in_room,
        person_id=town.people[OLEG],
        room_id=room_id,
        poll_id=poll.id,
        client_id="stage-poll",
    )
    _talk(
        town,
        room_id,
        IVANOV,
        "Ничего ещё не решено: щебень для ремонта соседнего двора, к пятнице его вывезут. "
        "Что строить, решит голосование выше.",
        to=1,
    )
    _talk(town, room_id, BORIS, "Спасибо, что ответили. А можно и парк, и стоянку на десять мест?", to=4)
    for name, seq in ((ANNA, 2), (BORIS, 2), (GALINA, 2), (ANNA, 4), (TIMUR, 4), (GALINA, shown.seq)):
        reaction = Reaction.THANKS if seq == 4 else Reaction.SUPPORT
        town.database.run(put_sign, person_id=town.people[name], room_id=room_id, seq=seq, reaction=reaction)
    town.database.run(mark_read, room_id=room_id, person_id=town.people[ANNA], seq=3)
    return room_id


def _talk(town: Town, room_id: RoomId, who: str, text: str, *, to: int | None = None) -> None:
    viewer = town.database.read(viewer_of, person_id=town.people[who])
    post = Post(room_id=room_id, sender=viewer, client_id=new_id(), text=text, reply_to=to)
    town.database.run(post_message, post)


def _say(town: Town, who: str, text: str) -> ConversationId:
    sent = town.database.run(
        send_message,
        citizen_id=town.people[who],
        territory_id=town.territory.id,
        text=text,
        client_id=text[:40],
    )
    return sent.conversation_id


def _chat(town: Town) -> ChatId:
    """What the bot and Anna have said to each other; the words are the bot's, the numbers are short."""
    database, anna = town.database, town.people[ANNA]
    chat = database.run(open_web_chat, person_id=anna)
    menu = [["✉️ Прямая связь", "🗳 Голосования"], ["📈 Показатели", "👤 Мой кабинет"]]
    database.run(write_in_web_chat, chat_id=chat.id, person_id=anna, client_id="start", text="/start")
    _bot(town, chat.id, "Здравствуйте. Это «Заречный. Прямой контакт».", bold=(19, 8))
    _bot(
        town,
        chat.id,
        "Заречный. Прямой контакт\nЖдут вашего голоса 2 опроса.\n"
        "Выберите ниже или просто напишите, что случилось.",
        bold=(0, 24),
        keyboard=menu,
    )
    database.run(write_in_web_chat, chat_id=chat.id, person_id=anna, client_id="word-0001", text=PIT)
    _bot(town, chat.id, f"Отправить это в администрацию?\n«{PIT}»", buttons=[["Отправить", "Исправить"]])
    database.run(press_in_web_chat, chat_id=chat.id, person_id=anna, client_id="press-001", of=5, data="send")
    _bot(
        town,
        chat.id,
        "Принято: МС-2027-000003.\nОтвет придёт сюда.",
        bold=(9, 14),
        buttons=[["Дополнить", "Мои сообщения"]],
    )
    return chat.id


def _bot(
    town: Town,
    chat_id: ChatId,
    text: str,
    *,
    bold: tuple[int, int] | None = None,
    buttons: list[list[str]] | None = None,
    keyboard: list[list[str]] | None = None,
) -> None:
    body: dict[str, object] = {
        "text": text,
        "entities": [] if bold is None else [{"type": "bold", "offset": bold[0], "length": bold[1]}],
        "buttons": [[{"text": one, "data": one} for one in row] for row in buttons or ()],
    }
    if keyboard is not None:
        body["keyboard"] = keyboard
    town.database.run(show_in_web_chat, chat_id=chat_id, client_id=f"screen-{len(text)}", body=body)


def _figures(town: Town) -> None:
    """Three indicators with forecasts; unemployment has gone above its threshold."""
    months = [Period.parse("2022-01").next(i) for i in range(62)]
    years = [Period.parse("2010").next(i) for i in range(17)]
    catalogue = (
        _indicator("UNEMP", "Уровень безработицы", "Unemployment", "%", "M", "down", 1),
        _indicator("WAGE", "Средняя зарплата", "Average wage", "₽", "A", "up", 2, decimals=0),
        _indicator("ROADS", "Дороги в порядке", "Roads up to standard", "%", "A", "up", 3),
    )
    series = {
        "UNEMP": [round(5 + 0.4 * math.sin(i / 5) - 0.012 * i + 0.2 * max(0, i - 54), 1) for i in range(62)],
        "WAGE": [float(round(19_800 * 1.083**i, -2)) for i in range(17)],
        "ROADS": [round(38 + 2.2 * i + 1.5 * math.sin(i), 1) for i in range(17)],
    }
    town.database.run(register_indicators, indicators=catalogue)
    _watch(town)
    recorded = town.database.run(
        record_release,
        source="stage.csv",
        digest="0" * 64,
        title="Показатели",
        values=[
            NewValue(
                indicator=code,
                territory_id=town.territory.id,
                period=period,
                value=value,
                source="синтетические данные",
            )
            for code, values in series.items()
            for period, value in zip(months if code == "UNEMP" else years, values, strict=True)
        ],
        recorded_by=None,
    )
    _wild_values(town)
    _secret(town)
    for indicator in catalogue:
        last = months[-1] if indicator.code == "UNEMP" else years[-1]
        made = forecast_of(series[indicator.code], last=last)
        publish(town, indicator.code, recorded.release.vintage, made)


def _secret(town: Town) -> None:
    """Vera answers for an indicator that those on its list see; the wages were revised once."""
    debt = replace(
        _indicator("DEBT", "Долги", "Debts", "₽", "A", "down", 0), access_level=AccessLevel.RESTRICTED
    )
    town.database.run(register_indicators, indicators=[debt])
    kept = Passport(responsible=town.people[VERA], access_level=AccessLevel.RESTRICTED, lag_days=30)
    town.database.run(write_passport, code="DEBT", passport=kept, written_by=None)
    revised = NewValue(
        indicator="WAGE",
        territory_id=town.territory.id,
        period=Period.parse("2025"),
        value=64_100.0,
        source="я",
    )
    town.database.run(
        record_release,
        source="stage",
        digest="2" * 64,
        title="уточнение.csv",
        values=[revised],
        recorded_by=None,
    )


def _wild_values(town: Town) -> None:
    """Two values of a later file look wrong and wait for the analyst."""
    rows = [("UNEMP", "2027-03", 5300.0, 5.3, Doubt.UNIT), ("WAGE", "2027", -71_000.0, 76_900.0, Doubt.SIGN)]
    town.database.run(
        record_release,
        source="stage.csv",
        digest="1" * 64,
        title="март-2027.xlsx",
        values=[],
        recorded_by=None,
        doubtful=[
            DoubtfulValue(
                new=NewValue(
                    indicator=code,
                    territory_id=town.territory.id,
                    period=Period.parse(period),
                    value=value,
                    source="синтетические данные",
                ),
                doubt=doubt,
                expected=expected,
            )
            for code, period, value, expected, doubt in rows
        ],
    )


def _indicator(
    code: str,
    title: str,
    english: str,
    unit: str,
    frequency: str,
    good: str,
    featured: int,
    *,
    decimals: int = 1,
) -> Indicator:
    rubric = {"UNEMP": "jobs", "WAGE": "incomes", "ROADS": "infrastructure", "DEBT": "finance"}[code]
    return Indicator(
        code=code,
        rubric=rubric,
        title_ru=title,
        title_en=english,
        unit=unit,
        unit_en=unit,
        frequency=frequency,  # type: ignore[arg-type] # a literal two lines above
        good=good,  # type: ignore[arg-type] # as above
        decimals=decimals,
        featured=featured,
    )


def _watch(town: Town) -> None:
    place = town.territory.id
    town.database.run(
        set_alert_rule,
        indicator_code="UNEMP",
        bad="above",
        threshold=5.2,
        clear_at=5.0,
        severity=Severity.CRITICAL,
        territory_id=place,
        set_by=None,
    )
    target = Target(period="2028-02", value=4.5, op="<=")
    town.database.run(set_target, indicator="UNEMP", territory_id=place, target=target, set_by=None)
