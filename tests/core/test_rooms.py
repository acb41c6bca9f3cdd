"""Saying things in rooms in groups: each post has its own answer, whatever becomes of the others."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import event

from core.contact import send_message
from core.identity import ANONYMOUS, ConsentNeeded, SignInNeeded, Viewer, viewer_of
from core.rooms import (
    MESSAGE_LIMIT,
    Post,
    UnknownReply,
    UnknownRoom,
    create_room,
    post_message,
    post_messages,
    read_up_to,
    stream_of,
)
from core.shared.errors import DomainError, Empty, TooLong
from core.shared.ids import RoomId
from core.spaces import SpaceKind, create_space
from core.store import StreamEvent, events_after, head, waiting_facts
from tests.town import ANNA, BORIS, Town

VISITOR = "Гость"


def open_room(town: Town) -> RoomId:
    with town.database.transaction() as uow:
        space_id = create_space(uow, kind=SpaceKind.TERRITORY, territory_id=town.territory.id)
        return create_room(uow, space_id=space_id, title="Площадь")


def viewer(town: Town, who: str) -> Viewer:
    return town.database.read(viewer_of, person_id=town.people[who])


def post(
    town: Town, who: str, room_id: RoomId, text: str, client_id: str = "", reply_to: int | None = None
) -> Post:
    return Post(
        room_id=room_id,
        sender=viewer(town, who),
        client_id=client_id or text,
        text=text,
        reply_to=reply_to,
    )


def say(town: Town, *posts: Post) -> list[StreamEvent | DomainError]:
    return town.database.run(post_messages, posts)


def numbers(answers: list[StreamEvent | DomainError]) -> list[int | str]:
    return [one.seq if isinstance(one, StreamEvent) else one.code for one in answers]


def said(town: Town, room_id: RoomId) -> list[str]:
    events = town.database.read(events_after, stream=stream_of(room_id), seq=0)
    return [event.body["text"] for event in events]


def test_posts_of_one_batch_stand_in_their_rooms_in_the_order_given(town: Town) -> None:
    square, park = open_room(town), open_room(town)

    answers = say(
        town,
        post(town, ANNA, park, "раз"),
        post(town, BORIS, square, "два"),
        post(town, BORIS, park, "три"),
    )

    assert numbers(answers) == [1, 1, 2]
    assert (said(town, park), said(town, square)) == (["раз", "три"], ["два"])


def test_a_batch_goes_on_where_the_room_stands(town: Town) -> None:
    room = open_room(town)
    say(town, post(town, ANNA, room, "раз"))

    answers = say(town, post(town, ANNA, room, "два"), post(town, BORIS, room, "три"))

    assert numbers(answers) == [2, 3]


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        pytest.param("  \x00 ", Empty.code, id="empty"),
        pytest.param("х" * (MESSAGE_LIMIT + 1), TooLong.code, id="too long"),
    ],
)
def test_a_refused_post_leaves_no_hole_and_costs_the_others_nothing(
    town: Town, text: str, refusal: str
) -> None:
    room = open_room(town)

    answers = say(
        town,
        post(town, ANNA, room, "раз"),
        post(town, ANNA, room, text, "плохое"),
        post(town, BORIS, room, "два"),
    )

    assert numbers(answers) == [1, refusal, 2]
    assert said(town, room) == ["раз", "два"]


def test_whoever_gave_no_consent_or_is_nobody_is_refused_alone(town: Town) -> None:
    room = open_room(town)
    town.newcomer(VISITOR, consents=False)
    nobody = Post(room_id=room, sender=ANONYMOUS, client_id="никто", text="Я тут")

    answers = say(town, post(town, VISITOR, room, "Можно?"), nobody, post(town, ANNA, room, "раз"))

    assert numbers(answers) == [ConsentNeeded.code, SignInNeeded.code, 1]


def test_a_room_that_is_absent_and_one_that_is_not_to_talk_in_are_refused_alike(town: Town) -> None:
    conversation = town.database.run(
        send_message,
        citizen_id=town.people[ANNA],
        territory_id=town.territory.id,
        text="Личное",
        client_id="1",
    )

    answers = say(
        town,
        post(town, BORIS, conversation.room_id, "Тук-тук"),
        post(town, BORIS, RoomId("f" * 32), "Тук-тук"),
        post(town, ANNA, conversation.room_id, "Мимо прямой связи"),
    )

    assert numbers(answers) == [UnknownRoom.code] * 3
    assert said(town, conversation.room_id) == ["Личное"]


def test_the_same_client_id_is_the_same_message_within_a_batch_and_after_it(town: Town) -> None:
    room = open_room(town)
    twice = post(town, ANNA, room, "раз", "один")

    within = say(town, twice, twice, post(town, BORIS, room, "два", "один"))
    after = say(town, post(town, ANNA, room, "три"), twice)

    assert numbers(within) == [1, 1, 2]
    assert numbers(after) == [3, 1]
    assert [one.duplicate for one in [*within, *after] if isinstance(one, StreamEvent)] == [
        False,
        True,
        False,
        False,
        True,
    ]
    assert said(town, room) == ["раз", "два", "три"]
    assert town.database.read(head, stream=stream_of(room)).seq == 3


def test_a_reply_names_a_message_of_its_own_room(town: Town) -> None:
    room, other = open_room(town), open_room(town)
    say(town, post(town, ANNA, room, "Когда?"))

    answers = say(
        town,
        post(town, BORIS, room, "Завтра", reply_to=1),
        post(town, BORIS, room, "Никому", reply_to=7),
        post(town, BORIS, other, "Не сюда", reply_to=1),
    )

    assert numbers(answers) == [2, UnknownReply.code, UnknownReply.code]
    events = town.database.read(events_after, stream=stream_of(room), seq=1)
    assert [event.body["reply_to"] for event in events] == [1]


def test_each_post_of_a_batch_is_told_to_the_hubs_in_order(town: Town) -> None:
    room = open_room(town)
    town.database.run(post_message, post(town, ANNA, room, "ноль"))
    before = len(town.database.read(waiting_facts))

    say(town, *(post(town, ANNA, room, str(number)) for number in range(1, 4)))

    facts = town.database.read(waiting_facts)[before:]
    assert [fact.recorded.fact.body["text"] for fact in facts] == ["1", "2", "3"]  # type: ignore[attr-defined]


def test_whoever_says_something_has_read_what_stands_before_it(town: Town) -> None:
    room = open_room(town)

    say(town, post(town, ANNA, room, "раз"), post(town, BORIS, room, "два"), post(town, ANNA, room, "три"))

    marks = [
        town.database.read(read_up_to, room_id=room, person_id=town.people[who]) for who in (ANNA, BORIS)
    ]
    assert marks == [3, 2]


def test_batches_over_the_same_rooms_in_any_order_do_not_wait_for_each_other(town: Town) -> None:
    rooms = [open_room(town) for _ in range(5)]
    posts = [[post(town, ANNA, room, f"{batch} {room}") for room in rooms] for batch in range(20)]

    with ThreadPoolExecutor(6) as hubs:
        answers = list(hubs.map(lambda n: say(town, *posts[n][:: 1 if n % 2 else -1]), range(20)))

    assert sorted(number for batch in answers for number in numbers(batch)) == sorted(
        list(range(1, 21)) * len(rooms)
    )


def test_a_batch_takes_no_more_statements_than_one_post(town: Town) -> None:
    room = open_room(town)
    posts = [post(town, who, room, f"{who} {number}") for who in (ANNA, BORIS) for number in range(20)]
    statements: list[str] = []
    event.listen(
        town.database.engine,
        "before_cursor_execute",
        lambda _connection, _cursor, statement, *_: statements.append(statement),
    )

    say(town, posts[0])
    alone = len(statements)
    statements.clear()
    say(town, *posts[1:])

    assert len(statements) == alone
