"""The direct line: one open conversation a citizen, nothing lost, nothing doubled, nothing seen by others."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from core.contact import (
    AlreadyResolved,
    Sent,
    UnknownConversation,
    answer,
    conversation,
    conversations_of,
    queue,
    resolve,
    send_message,
    speak,
)
from core.identity import ConsentNeeded, Viewer, viewer_of
from core.rooms import UnknownRoom, room_for, stream_of
from core.shared.errors import Empty, TooLong
from core.store import events_after, waiting_facts
from tests.town import ANNA, BORIS, IVANOV, OLEG, Town


def write(town: Town, who: str, text: str, client_id: str = "1") -> Sent:
    return town.database.run(
        send_message,
        citizen_id=town.people[who],
        territory_id=town.territory.id,
        text=text,
        client_id=client_id,
    )


def reply(town: Town, who: str, to: Sent, text: str, client_id: str = "1") -> Sent:
    return town.database.run(
        answer,
        official_id=town.people[who],
        conversation_id=to.conversation_id,
        text=text,
        client_id=client_id,
    )


def as_viewer(town: Town, who: str) -> Viewer:
    return town.database.read(viewer_of, person_id=town.people[who])


def said(town: Town, sent: Sent) -> list[str]:
    events = town.database.read(events_after, stream=stream_of(sent.room_id), seq=0)
    return [event.body["text"] for event in events]


def test_a_first_message_gets_a_number_and_stands_in_the_queue(town: Town) -> None:
    sent = write(town, ANNA, "Яма на Ленина, 12")

    assert (sent.number, sent.seq, sent.opened) == ("МС-2027-000001", 1, True)
    cards = town.database.read(queue, viewer=as_viewer(town, IVANOV)).items
    assert [(card.citizen_name, card.last_text, card.unread) for card in cards] == [
        (ANNA, "Яма на Ленина, 12", 1)
    ]


def test_a_second_message_goes_into_the_same_conversation(town: Town) -> None:
    first = write(town, ANNA, "Яма", "1")

    second = write(town, ANNA, "И ещё одна", "2")

    assert (second.number, second.seq, second.opened) == (first.number, 2, False)


def test_first_messages_in_the_same_instant_open_one_conversation(town: Town) -> None:
    with ThreadPoolExecutor(8) as doors:
        sent = list(doors.map(lambda n: write(town, ANNA, f"Яма {n}", str(n)), range(8)))

    assert len({message.conversation_id for message in sent}) == 1
    assert sorted(message.seq for message in sent) == list(range(1, 9))


def test_a_message_sent_again_is_told_once(town: Town) -> None:
    write(town, ANNA, "Яма", "1")

    again = write(town, ANNA, "Яма", "1")

    assert again.duplicate
    facts = [waiting.recorded.fact.kind for waiting in town.database.read(waiting_facts)]
    assert facts.count("CitizenWrote") == 1


def test_an_answer_ends_the_waiting_and_is_told_to_the_citizen(town: Town) -> None:
    sent = write(town, ANNA, "Яма")

    reply(town, IVANOV, sent, "Заделаем завтра")

    card = town.database.read(queue, viewer=as_viewer(town, IVANOV)).items[0]
    assert card.conversation.waiting_since is None
    assert card.unread == 0
    facts = [waiting.recorded.fact.kind for waiting in town.database.read(waiting_facts)]
    assert "OfficialAnswered" in facts
    assert said(town, sent) == ["Яма", "Заделаем завтра"]


def test_whoever_speaks_in_the_room_speaks_for_their_side(town: Town) -> None:
    sent = write(town, ANNA, "Яма")

    for who, text in ((IVANOV, "Видим"), (ANNA, "Спасибо")):
        town.database.run(speak, person_id=town.people[who], room_id=sent.room_id, text=text, client_id="x")

    events = town.database.read(events_after, stream=stream_of(sent.room_id), seq=0)
    assert [event.body["side"] for event in events] == ["citizen", "official", "citizen"]


def test_a_resolved_conversation_takes_no_answer_and_the_next_message_opens_a_new_one(
    town: Town,
) -> None:
    sent = write(town, ANNA, "Яма")
    town.database.run(resolve, official_id=town.people[IVANOV], conversation_id=sent.conversation_id)

    with pytest.raises(AlreadyResolved):
        reply(town, IVANOV, sent, "Ещё слово")
    later = write(town, ANNA, "Фонарь", "2")

    assert later.number == "МС-2027-000002"
    mine = town.database.read(conversations_of, citizen_id=town.people[ANNA])
    assert {item.number for item in mine} == {"МС-2027-000001", "МС-2027-000002"}


def test_a_message_repeated_after_the_matter_was_resolved_stays_one_message(town: Town) -> None:
    sent = write(town, ANNA, "Яма", "1")
    town.database.run(resolve, official_id=town.people[IVANOV], conversation_id=sent.conversation_id)

    again = town.database.run(
        speak, person_id=town.people[ANNA], room_id=sent.room_id, text="Яма", client_id="1"
    )

    assert (again.duplicate, again.seq, again.number) == (True, sent.seq, sent.number)
    assert len(town.database.read(conversations_of, citizen_id=town.people[ANNA])) == 1


@pytest.mark.parametrize("who", [BORIS, OLEG])
def test_others_neither_see_nor_answer_a_conversation(town: Town, who: str) -> None:
    sent = write(town, ANNA, "Личное")
    viewer = as_viewer(town, who)

    with pytest.raises(UnknownConversation):
        town.database.read(conversation, viewer=viewer, conversation_id=sent.conversation_id)
    with pytest.raises(UnknownRoom):
        town.database.read(room_for, viewer=viewer, room_id=sent.room_id)
    with pytest.raises(UnknownConversation):
        reply(town, who, sent, "Я отвечу")
    with pytest.raises(UnknownConversation):
        town.database.run(resolve, official_id=town.people[who], conversation_id=sent.conversation_id)

    assert town.database.read(queue, viewer=viewer).items == []


def test_without_consent_nothing_is_kept(town: Town) -> None:
    town.newcomer("Прохожий", consents=False)

    with pytest.raises(ConsentNeeded):
        write(town, "Прохожий", "Яма")

    assert town.database.read(queue, viewer=as_viewer(town, IVANOV)).items == []


def test_a_blank_or_endless_message_is_refused_with_a_sentence(town: Town) -> None:
    with pytest.raises(Empty):
        write(town, ANNA, " \n ")
    with pytest.raises(TooLong) as refusal:
        write(town, ANNA, "я" * 10_000)

    assert "3900" in refusal.value.sentence("en")
