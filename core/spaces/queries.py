"""The one choke point of secrecy: every query of a thing inside a space goes through ``visible_to``."""

from sqlalchemy import Select, false, or_, select

from core.identity import Action, Viewer
from core.identity.rules import POLICY, SERVICE_OF
from core.shared.ids import SpaceId, TerritoryId
from core.spaces.model import MembershipRow, SpaceRow
from core.spaces.rules import Space, SpaceKind
from core.store import Reading
from core.territories import descendants


def visible_to(reading: Reading, viewer: Viewer) -> Select[str]:
    """The ids of the spaces that this viewer may see, as a subquery to filter by."""
    return select(SpaceRow.id).where(
        or_(
            SpaceRow.kind == SpaceKind.TERRITORY,
            SpaceRow.id.in_(_memberships(viewer)),
            (SpaceRow.kind == SpaceKind.CONVERSATION)
            & SpaceRow.territory_id.in_(territories_where(reading, viewer, Action.ANSWER_CITIZENS)),
        )
    )


def open_to_talk(reading: Reading, viewer: Viewer) -> Select[str]:
    """Those of them in which whoever sees what is said may say something too.

    Not conversations: there the direct line (core.contact) must know who speaks to whom.
    """
    return visible_to(reading, viewer).where(SpaceRow.kind != SpaceKind.CONVERSATION)


def space_of(reading: Reading, *, space_id: SpaceId) -> Space:
    """The space of a thing that has passed ``visible_to`` already. Raises: LookupError if there is none."""
    row = reading.session.get(SpaceRow, space_id)
    if row is None:
        raise LookupError(f"no space {space_id}")
    return Space(id=SpaceId(row.id), kind=SpaceKind(row.kind), territory_id=TerritoryId(row.territory_id))


def territories_where(reading: Reading, viewer: Viewer, action: Action) -> list[TerritoryId]:
    """The territories in which the viewer's roles let them do this, lower ones included."""
    service = SERVICE_OF[action]
    granted = [
        grant.territory_id
        for grant in viewer.grants
        if action in POLICY[grant.role]
        and (grant.service is None or service is None or grant.service == service)
    ]
    return descendants(reading, territory_ids=granted) if granted else []


def _memberships(viewer: Viewer) -> Select[str]:
    mine = select(MembershipRow.space_id)
    if viewer.person_id is None:
        return mine.where(false())
    return mine.where(MembershipRow.person_id == viewer.person_id)
