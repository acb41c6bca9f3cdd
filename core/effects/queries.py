"""Questions about effect cards."""

from sqlalchemy import select

from core.contact import (
    Conversation,
    UnknownConversation,
    conversation,
    conversation_numbered,
    conversations_by_id,
    typed_number,
)
from core.effects.model import EffectCardRow, IndicatorEffectRow
from core.effects.rules import EffectCard, IndicatorEffect, RunPassport
from core.identity import Action, Viewer
from core.shared.ids import ConversationId, EffectCardId, PersonId, TerritoryId
from core.spaces import territories_where
from core.store import Reading
from core.territories import ancestry


def effect_cards(reading: Reading, *, viewer: Viewer, conversation_id: ConversationId) -> list[EffectCard]:
    """The cards of a conversation, the newest first, for whoever may read it. Raises: UnknownConversation."""
    conversation(reading, viewer=viewer, conversation_id=conversation_id)
    return cards_on(reading, conversation_id=conversation_id)


def cards_on(reading: Reading, *, conversation_id: ConversationId) -> list[EffectCard]:
    """The cards of a conversation, the newest first. A door that serves a person asks `effect_cards`."""
    rows = reading.session.execute(
        select(EffectCardRow)
        .where(EffectCardRow.conversation_id == conversation_id)
        .order_by(EffectCardRow.id.desc())
    ).scalars()
    return [_as_card(reading, row) for row in rows]


def proposal_numbered(reading: Reading, *, viewer: Viewer, number: str, year: int) -> Conversation:
    """The conversation that an analyst means by a number, or by the end of one of this year.

    The analyst may attach a card to it, not read it. Raises: UnknownConversation, also for what lies
    in territories of others.
    """
    found = conversation_numbered(reading, number=typed_number(number, year=year))
    if found.territory_id not in territories_where(reading, viewer, Action.LOAD_DATA):
        raise UnknownConversation
    return found


def proposals_about(reading: Reading, *, indicator: str, territory_id: TerritoryId) -> list[Conversation]:
    """Conversations whose proposal would change the indicator in this territory or in one above it.

    For telling their authors; the oldest first.
    """
    rows = reading.session.execute(
        select(EffectCardRow.conversation_id)
        .join(IndicatorEffectRow, IndicatorEffectRow.card_id == EffectCardRow.id)
        .where(
            IndicatorEffectRow.indicator == indicator,
            EffectCardRow.territory_id.in_(ancestry(reading, territory_id=territory_id)),
        )
        .distinct()
    ).scalars()
    return conversations_by_id(reading, ids=[ConversationId(row) for row in rows])


def _as_card(reading: Reading, row: EffectCardRow) -> EffectCard:
    effects = reading.session.execute(
        select(IndicatorEffectRow)
        .where(IndicatorEffectRow.card_id == row.id)
        .order_by(IndicatorEffectRow.position)
    ).scalars()
    return EffectCard(
        id=EffectCardId(row.id),
        conversation_id=ConversationId(row.conversation_id),
        territory_id=TerritoryId(row.territory_id),
        title=row.title,
        effects=tuple(
            IndicatorEffect(
                indicator=one.indicator, year=one.year, low=one.low, median=one.median, high=one.high
            )
            for one in effects
        ),
        passport=RunPassport(model=row.model, scenario=row.scenario, vintage=row.vintage, seed=row.seed),
        attached_by=PersonId(row.attached_by),
        attached_at=row.attached_at,
    )
