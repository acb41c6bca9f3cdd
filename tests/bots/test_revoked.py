"""What is taken back between two taps is gone at the second, in whichever process it was taken back."""

from __future__ import annotations

from pathlib import Path

from bots import Conversations
from core.chats import open_web_chat
from core.identity import revoke_roles, withdraw_consent
from core.shared.ids import PersonId
from core.store import Database
from messengers import ButtonCodec, Open, Place, Vote
from tests.bots.doors import SECRET, WebPhone, running, web_conversations
from tests.notifications.post_office import opened
from tests.town import ANNA, IVANOV, Town


async def test_a_role_and_a_consent_that_were_taken_back_are_gone_at_the_next_tap(
    town: Town, tmp_path: Path, database_url: str
) -> None:
    elsewhere = Database(database_url, clock=town.clock)
    codec = ButtonCodec(SECRET)
    conversations = web_conversations(town.database)
    async with opened(town, tmp_path) as office, running(conversations):
        alert_id = office.alert()
        poll = town.open_poll("Парк или парковка?", "Парк", "Парковка")
        put_off = codec.encode(Open(Place.ALERT_SNOOZE, alert_id))
        park, parking = (codec.encode(Vote(poll.id, option.id)) for option in poll.options)
        ivanov = _phone(town, conversations, town.people[IVANOV])
        anna = _phone(town, conversations, town.people[ANNA])
        ivanov.presses(1, put_off)
        anna.presses(1, park)
        await ivanov.sees("До какого времени отложить?")
        await anna.sees("Голос принят: Парк")

        elsewhere.run(revoke_roles, person_id=town.people[IVANOV])
        elsewhere.run(withdraw_consent, person_id=town.people[ANNA])

        ivanov.presses(1, put_off)
        anna.presses(1, parking)
        await ivanov.sees("Такого оповещения нет.")
        await anna.sees("Ваше согласие")

    assert town.tally(poll) == {"Парк": 1, "Парковка": 0}
    elsewhere.close()


def _phone(town: Town, conversations: Conversations, person_id: PersonId) -> WebPhone:
    chat = town.database.run(open_web_chat, person_id=person_id)
    return WebPhone(town.database, person_id, chat.id, conversations)
