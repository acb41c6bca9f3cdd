"""Rooms to talk in: replies, signs, changes that leave no trace of the former text, a pace for crowds."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text as sql

from core.identity import ANONYMOUS, ConsentNeeded, Role, grant_role, viewer_of
from core.polls import UnknownPoll, open_poll, show_in_room
from core.rooms import (
    NotYours,
    Post,
    Reaction,
    SlowMode,
    TooLateToChange,
    UnknownMessage,
    UnknownReaction,
    UnknownReply,
    UnknownRoom,
    WrongSlowMode,
    create_room,
    delete_message,
    edit_message,
    open_territory_room,
    place_for,
    post_message,
    put_sign,
    room_for,
    said_before,
    said_since,
    set_slow_mode,
    signs_under,
    stream_of,
    take_sign_back,
    territory_room,
    unread_in,
)
from core.shared.errors import DomainError, Forbidden
from core.shared.ids import RoomId
from core.spaces import SpaceKind, create_space, join_space
from core.store import StreamEvent, chain_audit, events_after, verify_chain, waiting_facts
from core.territories import TerritoryKind, add_territory
from tests.town import ANNA, BORIS, IVANOV, OLEG, Town

# Latin letters that are no hex digits: found as they are in JSON, never in an id by chance.
SECRET = "Qwzxyk"


@dataclass(slots=True)
class Square:
    """The room of the town."""

    town: Town
    room_id: RoomId

    def says(
        self, who: str, text: str, *, client_id: str | None = None, to: int | None = None
    ) -> StreamEvent:
        """A message of this person."""
        viewer = self.town.database.read(viewer_of, person_id=self.town.people[who])
        post = Post(
            room_id=self.room_id,
            sender=viewer,
            text=text,
            client_id=hashlib.sha256(text.encode()).hexdigest(),
            reply_to=to,
        )
        return self.town.database.run(post_message, post)

    def edits(self, who: str, seq: int, text: str) -> int:
        """This person changes a message."""
        return self.town.database.run(
            edit_message, person_id=self.town.people[who], room_id=self.room_id, seq=seq, text=text
        )

    def deletes(self, who: str, seq: int) -> int:
        """This person deletes a message."""
        return self.town.database.run(
            delete_message, person_id=self.town.people[who], room_id=self.room_id, seq=seq
        )

    def signs(self, who: str, seq: int, reaction: str = "support") -> None:
        """This person puts a sign under a message."""
        self.town.database.run(
            put_sign, person_id=self.town.people[who], room_id=self.room_id, seq=seq, reaction=reaction
        )

    def slows(self, who: str, pause_s: int) -> None:
        """This person sets the pace."""
        self.town.database.run(
            set_slow_mode, person_id=self.town.people[who], room_id=self.room_id, pause_s=pause_s
        )

    def events(self) -> list[tuple[str, dict[str, Any]]]:
        """Everything that a replay of the stream shows."""
        found = self.town.database.read(events_after, stream=stream_of(self.room_id), seq=0)
        return [(event.kind, event.body) for event in found]

    def texts(self) -> list[str]:
        """What is read in the room now."""
        said = self.town.database.read(said_before, room_id=self.room_id)
        return [event.body.get("text", "—") for event in said]

    def everything_stored(self) -> str:
        """All rows in which a text of the room may lie."""
        with self.town.database.reading() as reading:
            rows = [
                reading.session.execute(sql(f"SELECT * FROM {table}")).all()  # noqa: S608 - names of ours
                for table in ("stream_event", "outbox", "audit", "answer", "inbox")
            ]
        return str(rows)


@pytest.fixture
def square(town: Town) -> Square:
    room_id = town.database.run(open_territory_room, territory_id=town.territory.id, title="Обсуждение")
    return Square(town=town, room_id=room_id)


def test_a_territory_has_one_room_however_many_open_it_at_once(town: Town) -> None:
    with ThreadPoolExecutor(8) as crowd:
        opened = list(
            crowd.map(
                lambda _: town.database.run(
                    open_territory_room, territory_id=town.territory.id, title="Обсуждение"
                ),
                range(8),
            )
        )

    found = town.database.read(territory_room, viewer=ANONYMOUS, territory_id=town.territory.id)
    assert set(opened) == {found}


def test_everybody_reads_and_whoever_has_consented_writes(square: Square) -> None:
    square.town.newcomer("Гость", consents=False)

    said = square.says(ANNA, "Когда включат воду?")
    with pytest.raises(ConsentNeeded):
        square.says("Гость", "И я хочу сказать")

    assert square.town.database.read(room_for, viewer=ANONYMOUS, room_id=square.room_id).title == "Обсуждение"
    assert said.body == {"text": "Когда включат воду?", "name": ANNA, "side": "citizen"}


@pytest.mark.parametrize(("who", "side"), [(ANNA, "citizen"), (IVANOV, "official"), (OLEG, "moderator")])
def test_a_message_says_for_whom_it_speaks(square: Square, who: str, side: str) -> None:
    assert square.says(who, "Добрый день").body["side"] == side


def test_a_reply_names_the_message_it_answers(square: Square) -> None:
    question = square.says(ANNA, "Когда включат воду?")

    answer = square.says(IVANOV, "Сегодня к 18:00", to=question.seq)

    assert answer.body["reply_to"] == question.seq
    with pytest.raises(UnknownReply):
        square.says(ANNA, "Кому?", to=99)


def test_a_secret_room_is_unknown_to_everybody_but_its_members(town: Town) -> None:
    with town.database.transaction() as uow:
        space_id = create_space(uow, kind=SpaceKind.SECRET, territory_id=town.territory.id)
        join_space(uow, space_id=space_id, person_id=town.people[ANNA])
        square = Square(town, create_room(uow, space_id=space_id, title="Двор"))
    said = square.says(ANNA, "Между нами")

    for outsider in (BORIS, IVANOV, OLEG):
        with pytest.raises(UnknownRoom):
            square.says(outsider, "Пустите")
        with pytest.raises(UnknownRoom):
            square.deletes(outsider, said.seq)
        with pytest.raises(UnknownRoom):
            square.signs(outsider, said.seq)
    assert square.texts() == ["Между нами"]


def test_a_conversation_with_the_authority_is_no_room_to_talk_in(town: Town) -> None:
    with town.database.transaction() as uow:
        space_id = create_space(uow, kind=SpaceKind.CONVERSATION, territory_id=town.territory.id)
        join_space(uow, space_id=space_id, person_id=town.people[ANNA])
        room_id = create_room(uow, space_id=space_id, title="МС-2027-000001")

    with town.database.reading() as reading, pytest.raises(UnknownRoom):
        place_for(reading, viewer=viewer_of(reading, person_id=town.people[ANNA]), room_id=room_id)


def test_a_text_that_was_changed_twice_is_nowhere_to_be_read(square: Square) -> None:
    seq = square.says(ANNA, SECRET).seq
    square.edits(ANNA, seq, f"{SECRET}!")
    last = square.edits(ANNA, seq, "Подвал закрыт")

    assert SECRET not in square.everything_stored()
    assert square.texts() == ["Подвал закрыт"]
    kind, told = square.events()[last - 1]
    assert (kind, told["of"], told["text"]) == ("edit", seq, "Подвал закрыт")


def test_the_waiting_fact_of_a_changed_message_is_still_the_fact_of_that_message(square: Square) -> None:
    seq = square.says(ANNA, SECRET).seq
    square.edits(ANNA, seq, "Подвал закрыт")

    waiting = square.town.database.read(waiting_facts)
    bodies = [one.recorded.fact.body for one in waiting if one.recorded.fact.kind == "StreamAdvanced"]  # type: ignore[attr-defined]

    assert [body["text"] for body in bodies] == ["Подвал закрыт", "Подвал закрыт"]


def test_a_deleted_text_is_nowhere_to_be_read_and_its_place_stays(square: Square) -> None:
    seq = square.says(ANNA, SECRET).seq
    square.edits(ANNA, seq, f"{SECRET}!")
    square.signs(BORIS, seq)

    told = square.deletes(ANNA, seq)
    again = square.deletes(ANNA, seq)

    assert SECRET not in square.everything_stored()
    assert square.events()[seq - 1] == ("message", {"name": ANNA, "side": "citizen", "deleted": "author"})
    assert square.events()[told - 1] == ("delete", {"of": seq, "by": "author"})
    assert (again, len(square.events())) == (seq, told)
    assert square.town.database.read(signs_under, room_id=square.room_id, first=1, last=9) == {}


def test_the_same_text_again_changes_nothing(square: Square) -> None:
    seq = square.says(ANNA, "Вода есть").seq

    assert square.edits(ANNA, seq, " Вода есть ") == seq
    assert len(square.events()) == 1


@pytest.mark.parametrize(
    ("who", "after", "refusal"),
    [
        pytest.param(BORIS, 0, NotYours, id="somebody else"),
        pytest.param(OLEG, 0, NotYours, id="a moderator does not speak for others"),
        pytest.param(ANNA, 16, TooLateToChange, id="the term is over"),
    ],
)
def test_a_message_is_changed_by_its_author_within_the_term(
    square: Square, who: str, after: int, refusal: type[DomainError]
) -> None:
    seq = square.says(ANNA, "Вода есть").seq
    square.town.clock.advance(timedelta(minutes=after))

    with pytest.raises(refusal):
        square.edits(who, seq, "Воды нет")

    assert square.texts() == ["Вода есть"]


def test_a_moderator_deletes_at_any_time_and_it_is_written_down(square: Square) -> None:
    seq = square.says(ANNA, SECRET).seq
    square.town.clock.advance(timedelta(days=3))

    with pytest.raises(NotYours):
        square.deletes(IVANOV, seq)
    with pytest.raises(TooLateToChange):
        square.deletes(ANNA, seq)
    square.deletes(OLEG, seq)

    square.town.database.run(chain_audit)
    with square.town.database.reading() as reading:
        audited = reading.session.execute(sql("SELECT action, actor, subject FROM audit")).all()
        assert verify_chain(reading).intact
    subject = f"{stream_of(square.room_id)}:{seq}"
    assert ("message_deleted", square.town.people[OLEG], subject) in [tuple(row) for row in audited]
    assert SECRET not in square.everything_stored()


def test_a_deleted_message_is_neither_changed_nor_signed(square: Square) -> None:
    seq = square.says(ANNA, "Вода есть").seq
    square.deletes(ANNA, seq)

    with pytest.raises(UnknownMessage):
        square.edits(ANNA, seq, "Воды нет")
    with pytest.raises(UnknownMessage):
        square.signs(BORIS, seq)


def test_a_sign_counts_once_however_often_it_is_pressed(square: Square) -> None:
    seq = square.says(ANNA, "Парк нужен").seq
    people = [square.town.newcomer(f"Житель {number}") for number in range(4)]

    with ThreadPoolExecutor(8) as crowd:
        list(
            crowd.map(
                lambda person_id: square.town.database.run(
                    put_sign, person_id=person_id, room_id=square.room_id, seq=seq, reaction="support"
                ),
                people * 3,
            )
        )
    square.signs(ANNA, seq, "thanks")

    found = square.town.database.read(
        signs_under, room_id=square.room_id, first=seq, last=seq, viewer_id=square.town.people[ANNA]
    )
    assert found[seq].counts == {Reaction.SUPPORT: 4, Reaction.THANKS: 1}
    assert found[seq].own == {Reaction.THANKS}


def test_a_sign_is_taken_back(square: Square) -> None:
    seq = square.says(ANNA, "Парк нужен").seq
    square.signs(BORIS, seq)

    for _ in range(2):
        square.town.database.run(
            take_sign_back,
            person_id=square.town.people[BORIS],
            room_id=square.room_id,
            seq=seq,
            reaction="support",
        )

    assert square.town.database.read(signs_under, room_id=square.room_id, first=1, last=9) == {}
    with pytest.raises(UnknownReaction):
        square.signs(BORIS, seq, "🙂")


def test_slow_mode_lets_a_citizen_speak_once_in_its_pause(square: Square) -> None:
    square.slows(OLEG, 30)
    first = square.says(ANNA, "Раз")

    with pytest.raises(SlowMode) as refused:
        square.says(ANNA, "Два")
    again = square.says(ANNA, "Раз")
    square.says(BORIS, "Другой человек")
    square.says(IVANOV, "Ответ")
    square.says(IVANOV, "И ещё один")
    square.town.clock.advance(timedelta(seconds=30))
    square.says(ANNA, "Три")

    assert refused.value.fields == {"wait_s": 30}
    assert (again.seq, again.duplicate) == (first.seq, True)
    assert square.texts()[1:] == ["Раз", "Другой человек", "Ответ", "И ещё один", "Три"]


def test_two_doors_at_once_are_one_turn(square: Square) -> None:
    square.slows(OLEG, 30)

    def speak(number: int) -> bool:
        try:
            square.says(ANNA, f"Слово {number}")
        except SlowMode:
            return False
        return True

    with ThreadPoolExecutor(6) as crowd:
        spoken = list(crowd.map(speak, range(6)))

    assert (sum(spoken), len(square.texts()) - 1) == (1, 1)


def test_the_pace_is_set_by_a_moderator_and_told_to_the_room(square: Square) -> None:
    square.slows(OLEG, 30)
    square.slows(OLEG, 30)

    with pytest.raises(Forbidden):
        square.slows(ANNA, 0)
    with pytest.raises(WrongSlowMode):
        square.slows(OLEG, 7)

    assert square.events() == [("settings", {"slow_mode_s": 30})]


def test_a_poll_stands_in_the_room_with_its_words(square: Square) -> None:
    poll = square.town.open_poll()

    shown = square.town.database.run(
        show_in_room,
        person_id=square.town.people[OLEG],
        room_id=square.room_id,
        poll_id=poll.id,
        client_id="poll-0001",
    )

    assert shown.kind == "poll"
    assert shown.body["poll_id"] == poll.id
    assert [option["text"] for option in shown.body["options"]] == ["Парк", "Парковка"]
    with pytest.raises(Forbidden):
        square.town.database.run(
            show_in_room,
            person_id=square.town.people[ANNA],
            room_id=square.room_id,
            poll_id=poll.id,
            client_id="poll-0002",
        )


def test_a_poll_of_another_town_has_no_place_here(square: Square) -> None:
    town = square.town
    with town.database.transaction() as uow:
        other = add_territory(
            uow,
            kind=TerritoryKind.MUNICIPALITY,
            oktmo="99702000",
            slug="verkhnee",
            name_ru="Верхнее",
            name_en="Verkhneye",
            parent_oktmo="99000000",
        )
        grant_role(uow, person_id=town.people[OLEG], role=Role.MODERATOR, territory_id=other.id)
    elsewhere = town.database.run(
        open_poll,
        territory_id=other.id,
        opened_by=town.people[OLEG],
        question="Мост?",
        options=["Да", "Нет"],
        closes_at=town.clock.now() + timedelta(days=1),
    )

    with pytest.raises(UnknownPoll):
        town.database.run(
            show_in_room,
            person_id=town.people[OLEG],
            room_id=square.room_id,
            poll_id=elsewhere,
            client_id="poll-0001",
        )


def test_pages_of_the_past_show_what_was_said_and_skip_what_only_changed_it(square: Square) -> None:
    for number in range(1, 8):
        square.says(ANNA, f"Слово {number}")
        square.edits(ANNA, 2 * number - 1, f"Слово {number}!")

    newest = square.town.database.read(said_before, room_id=square.room_id, limit=3)
    older = square.town.database.read(said_before, room_id=square.room_id, before=newest[0].seq, limit=3)
    first = square.town.database.read(said_since, room_id=square.room_id, since=2, limit=2)

    assert [event.body["text"] for event in newest] == ["Слово 5!", "Слово 6!", "Слово 7!"]
    assert [event.body["text"] for event in older] == ["Слово 2!", "Слово 3!", "Слово 4!"]
    assert [event.body["text"] for event in first] == ["Слово 2!", "Слово 3!"]


def test_unread_counts_what_was_said_since_the_person_read(square: Square) -> None:
    square.says(ANNA, "Раз")
    anna = square.town.people[ANNA]
    square.says(BORIS, "Два")
    square.edits(BORIS, 2, "Два!")
    square.says(BORIS, "Три")

    assert square.town.database.read(unread_in, room_id=square.room_id, person_id=anna) == 2
    newcomer = square.town.newcomer("Новый")
    assert square.town.database.read(unread_in, room_id=square.room_id, person_id=newcomer) == 0
