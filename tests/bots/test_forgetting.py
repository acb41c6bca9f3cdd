"""``/забыть`` at every door: said before, two taps, and the next message comes from a stranger."""

from __future__ import annotations

from core.chats import chats_of
from core.identity import identities_of, person
from tests.bots.doors import phone_at
from tests.bots.test_dialogues import DOORS, settle_in
from tests.town import Town


@DOORS
async def test_a_person_is_forgotten_in_two_taps(town: Town, door: str) -> None:
    async with phone_at(door, town.database, "Дарья") as phone:
        await settle_in(phone)
        before = phone.person_id
        phone.says("/забыть")
        told = await phone.sees("Стереть всё, что о вас хранится?")
        await phone.taps("Перейти к удалению")
        await phone.sees("Отменить это будет нельзя.")
        await phone.taps("Да, стереть всё")
        await phone.sees("Готово. Мы больше не знаем, кто вы.")

        left = town.database.read(person, person_id=before)

    assert "Останется без вашего имени" in told.text
    assert (left.display_name, left.home_id) == ("Удалённая учётная запись", None)
    assert town.database.read(identities_of, person_id=before) == []
    assert {chat.native_id for chat in town.database.read(chats_of, person_id=before)} == {
        f"forgotten:{chat.id}" for chat in town.database.read(chats_of, person_id=before)
    }
