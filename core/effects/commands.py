"""Use case of effect cards: an analyst attaches what a run of the model said to a proposal."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import select

from core.contact import Conversation, conversation_numbered
from core.effects.errors import NoEffects
from core.effects.events import EffectCardAttached
from core.effects.model import EffectCardRow, IndicatorEffectRow
from core.effects.rules import IndicatorEffect, RunPassport, require_effects
from core.effects.wording import effect_words
from core.identity import Action, person, require_right
from core.indicators import indicator
from core.rooms import Post, Sender, post_message
from core.shared.doors import OVER_TABLES, Actor, Door, reached
from core.shared.errors import checked_text
from core.shared.ids import ConversationId, EffectCardId, PersonId, new_id
from core.store import UnitOfWork

TITLE_LIMIT = 200


@reached(Actor.OFFICIAL, Door.CONSOLE, closed={Door.BOT: OVER_TABLES, Door.API: OVER_TABLES})
def attach_effect_card(
    uow: UnitOfWork,
    *,
    conversation_number: str,
    analyst_id: PersonId,
    title: str,
    effects: Sequence[IndicatorEffect],
    passport: RunPassport,
) -> EffectCardId:
    """Attach a card to the conversation of this number; its author reads it there and is told of it.

    The same card again is the one that is there. The conversation goes on waiting for its official.
    Raises: UnknownConversation, Forbidden, UnknownIndicator, NoEffects, WrongInterval, Empty, TooLong.
    """
    found = conversation_numbered(uow, number=conversation_number)
    analyst = require_right(
        uow, person_id=analyst_id, action=Action.LOAD_DATA, territory_id=found.territory_id
    )
    title, said = checked_text(title, limit=TITLE_LIMIT), tuple(effects)
    require_effects(said)
    shown = {effect.indicator: indicator(uow, code=effect.indicator) for effect in said}
    if len(shown) != len(said):
        raise NoEffects
    digest = _digest(title, said, passport)
    card_id, first = _stored(uow, found, analyst_id, title, digest, passport)
    if first:
        for position, effect in enumerate(said):
            uow.session.add(IndicatorEffectRow(card_id=card_id, position=position, **asdict(effect)))
        words = effect_words(person(uow, person_id=found.citizen_id).language, title, said, shown)
        name = ", ".join(filter(None, (analyst.display_name, analyst.position)))
        _tell(uow, found, card_id, words, Sender(id=analyst_id, name=name, side="official"))
    return card_id


def _stored(
    uow: UnitOfWork,
    found: Conversation,
    analyst_id: PersonId,
    title: str,
    digest: str,
    passport: RunPassport,
) -> tuple[EffectCardId, bool]:
    values = {
        "id": new_id(),
        "conversation_id": found.id,
        "territory_id": found.territory_id,
        "title": title,
        "digest": digest,
        **asdict(passport),
        "attached_by": analyst_id,
        "attached_at": uow.now,
    }
    first = uow.insert_new(EffectCardRow, values, conflict=("conversation_id", "digest"))
    card_id = uow.session.execute(
        select(EffectCardRow.id).where(
            EffectCardRow.conversation_id == found.id, EffectCardRow.digest == digest
        )
    ).scalar_one()
    return EffectCardId(card_id), first


def _tell(uow: UnitOfWork, found: Conversation, card_id: EffectCardId, words: str, sender: Sender) -> None:
    attached = {"effect_card": card_id}
    event = post_message(
        uow, Post(room_id=found.room_id, sender=sender, client_id=card_id, text=words, attached=attached)
    )
    uow.record(
        EffectCardAttached(
            card_id=card_id,
            conversation_id=ConversationId(found.id),
            territory_id=found.territory_id,
            citizen_id=found.citizen_id,
            room_id=found.room_id,
            seq=event.seq,
        )
    )
    uow.audit("effect_card_attached", actor=sender.id, subject=f"effect_card:{card_id}")


def _digest(title: str, effects: tuple[IndicatorEffect, ...], passport: RunPassport) -> str:
    said = [title, [asdict(effect) for effect in effects], asdict(passport)]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
