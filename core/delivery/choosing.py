"""Use cases and questions of preferences."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import delete, select

from core.delivery.model import NoticeChoiceRow, NoticePresetRow
from core.delivery.preferences import CHOOSABLE, USUAL_PRESET, EventKind, Preferences, Preset, When
from core.shared.doors import OWN_SCREENS, Actor, Door, reached
from core.shared.errors import Invalid
from core.shared.ids import PersonId
from core.store import PreparedQuery, Reading, UnitOfWork, one_of

_PRESETS = PreparedQuery(
    select(NoticePresetRow.person_id, NoticePresetRow.preset).where(one_of(NoticePresetRow.person_id, "ids"))
)
_CHOICES = PreparedQuery(
    select(
        NoticeChoiceRow.person_id, NoticeChoiceRow.event, NoticeChoiceRow.channel, NoticeChoiceRow.choice
    ).where(one_of(NoticeChoiceRow.person_id, "ids"))
)


def preferences_of(reading: Reading, *, person_id: PersonId) -> Preferences:
    """One person's preferences; whoever has chosen nothing has the usual ones."""
    return preferences_of_many(reading, person_ids=[person_id])[person_id]


def preferences_of_many(reading: Reading, *, person_ids: Collection[PersonId]) -> dict[PersonId, Preferences]:
    """Preferences of several persons, by id."""
    preset_of = {person_id: Preset(preset) for person_id, preset in reading.rows(_PRESETS, ids=person_ids)}
    choices: dict[str, dict[tuple[EventKind, str], When]] = {}
    for person_id, event, channel, choice in reading.rows(_CHOICES, ids=person_ids):
        choices.setdefault(person_id, {})[EventKind(event), channel] = When(choice)
    return {
        person_id: Preferences(
            preset=preset_of.get(person_id, USUAL_PRESET), choices=choices.get(person_id, {})
        )
        for person_id in person_ids
    }


@reached(Actor.CITIZEN, Door.BOT, Door.WEB, closed={Door.API: OWN_SCREENS})
def choose_preset(uow: UnitOfWork, *, person_id: PersonId, preset: Preset) -> None:
    """Choose for everything at once; single choices are forgotten."""
    _put(uow, NoticePresetRow, {"person_id": person_id, "preset": preset}, key=("person_id",))
    uow.session.execute(delete(NoticeChoiceRow).where(NoticeChoiceRow.person_id == person_id))


@reached(Actor.CITIZEN, Door.BOT, Door.WEB, closed={Door.API: OWN_SCREENS})
def choose_notice(
    uow: UnitOfWork, *, person_id: PersonId, event: EventKind, channel: str, choice: When
) -> None:
    """Choose one cell of the matrix. Raises: Invalid for what cannot be chosen."""
    if event not in CHOOSABLE or not channel.isalnum() or len(channel) > 16:
        raise Invalid
    values = {"person_id": person_id, "event": event, "channel": channel, "choice": choice}
    _put(uow, NoticeChoiceRow, values, key=("person_id", "event", "channel"))


@reached(
    Actor.CITIZEN,
    Door.BOT,
    closed={Door.WEB: "on the site it is a cell of the matrix (choose_notice)", Door.API: OWN_SCREENS},
)
def unsubscribe(uow: UnitOfWork, *, person_id: PersonId, event: EventKind, channels: Collection[str]) -> None:
    """Tell the person nothing more of this kind, over whatever channel. Raises: Invalid."""
    for channel in channels:
        choose_notice(uow, person_id=person_id, event=event, channel=channel, choice=When.OFF)
    uow.audit(f"unsubscribed:{event}", actor=person_id, subject=f"person:{person_id}")


def _put(uow: UnitOfWork, table: type[Any], values: dict[str, Any], *, key: tuple[str, ...]) -> None:
    changed = {name: value for name, value in values.items() if name not in key}
    uow.session.execute(
        uow.insert(table).values(**values).on_conflict_do_update(index_elements=list(key), set_=changed)
    )
