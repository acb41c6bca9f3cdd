"""Use cases of a named list: whoever keeps the passport of an indicator says who may see it."""

from core.identity import viewer_of
from core.indicators.access import add_reader, drop_reader, readers_of
from core.indicators.errors import KeeperStays, NoRole
from core.indicators.passports import note_change, passport, require_keeper
from core.shared.doors import OVER_TABLES, Actor, Door, reached
from core.shared.ids import PersonId
from core.store import UnitOfWork


@reached(Actor.OFFICIAL, Door.CONSOLE, closed={Door.BOT: OVER_TABLES, Door.API: OVER_TABLES})
def name_reader(uow: UnitOfWork, *, code: str, person_id: PersonId, named_by: PersonId) -> bool:
    """Put somebody with a role on the named list; False if they are on it.

    Raises: UnknownIndicator, Forbidden, NoRole, UnknownPerson.
    """
    require_keeper(uow, code=code, person_id=named_by)
    if not viewer_of(uow, person_id=person_id).grants:
        raise NoRole
    if not add_reader(uow, indicator=code, person_id=person_id):
        return False
    note_change(uow, code=code, field="reader", before="", after=person_id, by=named_by)
    uow.audit("reader_named", actor=named_by, subject=f"indicator:{code}:{person_id}")
    return True


@reached(Actor.OFFICIAL, Door.CONSOLE, closed={Door.BOT: OVER_TABLES, Door.API: OVER_TABLES})
def strike_reader(uow: UnitOfWork, *, code: str, person_id: PersonId, struck_by: PersonId) -> bool:
    """Take somebody off the named list; False if they are not on it. Whoever answers for the figures stays.

    Raises: UnknownIndicator, Forbidden, KeeperStays.
    """
    require_keeper(uow, code=code, person_id=struck_by)
    _, known = passport(uow, viewer=viewer_of(uow, person_id=struck_by), code=code)
    if person_id == known.responsible:
        raise KeeperStays
    if person_id not in (readers_of(uow, indicator=code) or ()):
        return False
    drop_reader(uow, indicator=code, person_id=person_id)
    note_change(uow, code=code, field="reader", before=person_id, after="", by=struck_by)
    uow.audit("reader_struck", actor=struck_by, subject=f"indicator:{code}:{person_id}")
    return True
