"""The passport of an indicator: what its figures mean, who answers for them, who sees them, what was changed.

The one who answers keeps it: the method, the term of publication, the level of access, the named list. While
nobody answers, whoever loads data may; an administrator always may. What is hidden from a person is not
theirs to keep.
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select

from core.identity import Action, UnknownPerson, Viewer, viewer_of
from core.indicators.access import add_reader, readers_of
from core.indicators.errors import NoRole, UnknownIndicator, WrongOkei, WrongRedefinition
from core.indicators.model import IndicatorRow, PassportChangeRow, PassportRow
from core.indicators.okei import okei_code
from core.indicators.periods import Period
from core.indicators.queries import catalogue, indicator
from core.indicators.rules import AccessLevel, Indicator
from core.shared.doors import OVER_TABLES, Actor, Door, reached
from core.shared.errors import Forbidden, Invalid, TooLong
from core.shared.ids import PersonId, new_id
from core.spaces import territories_where
from core.store import Reading, UnitOfWork

LONGEST_LAG_DAYS = 400
_TEXT_LIMIT = 2000
_WRITTEN = ("okei", "method", "source", "responsible", "lag_days", "redefined_in")
_OKEI = re.compile(r"\d{3,4}|")


@dataclass(frozen=True, slots=True, kw_only=True)
class Passport:
    """What people have written of an indicator; the rest of its passport is in the catalogue.

    `lag_days`: days from the end of a period to its publication, None if nobody has said. `redefined_in`: the
    first period of the definition that holds now, empty if it has always held.
    """

    okei: str = ""
    method: str = ""
    source: str = ""
    responsible: PersonId | None = None
    lag_days: int | None = None
    redefined_in: str = ""
    access_level: AccessLevel = AccessLevel.PUBLIC


@dataclass(frozen=True, slots=True, kw_only=True)
class PassportChange:
    """One field as it was and as it became. `field` "reader": somebody came on the list or went off it."""

    field: str
    before: str
    after: str
    at: datetime
    changed_by: PersonId | None


def passport(reading: Reading, *, viewer: Viewer, code: str) -> tuple[Indicator, Passport]:
    """The indicator with its passport. Raises: UnknownIndicator, also for one that is hidden."""
    found = indicator(reading, code=code, viewer=viewer)
    return found, _passport_of(reading, found)


def all_passports(reading: Reading, *, viewer: Viewer) -> list[tuple[Indicator, Passport]]:
    """The indicators that the viewer may see with their passports, in the order of the catalogue."""
    rows = {row.indicator: row for row in reading.session.execute(select(PassportRow)).scalars()}
    return [(one, _as_passport(one, rows.get(one.code))) for one in catalogue(reading, viewer=viewer)]


def passport_changes(
    reading: Reading, *, viewer: Viewer, code: str, limit: int = 100
) -> list[PassportChange]:
    """What was changed, the newest first. For those who may see the indicator. Raises: UnknownIndicator."""
    indicator(reading, code=code, viewer=viewer)
    rows = reading.session.execute(
        select(PassportChangeRow)
        .where(PassportChangeRow.indicator == code)
        .order_by(PassportChangeRow.at.desc(), PassportChangeRow.id.desc())
        .limit(limit)
    ).scalars()
    return [
        PassportChange(
            field=row.field,
            before=row.before,
            after=row.after,
            at=row.at,
            changed_by=None if row.changed_by is None else PersonId(row.changed_by),
        )
        for row in rows
    ]


def lags(reading: Reading) -> dict[str, int]:
    """Terms of publication in days by indicator, of those that have one."""
    rows = reading.session.execute(
        select(PassportRow.indicator, PassportRow.lag_days).where(PassportRow.lag_days.is_not(None))
    )
    return {code: days for code, days in rows.tuples() if days is not None}


def redefinitions(reading: Reading) -> dict[str, str]:
    """First periods of the definitions that hold now by indicator, of those that were redefined."""
    rows = reading.session.execute(
        select(PassportRow.indicator, PassportRow.redefined_in).where(PassportRow.redefined_in != "")
    )
    return dict(rows.tuples().all())


def keeps_passport(reading: Reading, *, viewer: Viewer, code: str) -> bool:
    """Whether the viewer may change the passport. Raises: UnknownIndicator for what is hidden from them."""
    if viewer.person_id is None:
        return False
    _, known = passport(reading, viewer=viewer, code=code)
    if known.responsible == viewer.person_id:
        return True
    action = Action.LOAD_DATA if known.responsible is None else Action.GRANT_ROLES
    return bool(territories_where(reading, viewer, action))


def require_keeper(uow: UnitOfWork, *, code: str, person_id: PersonId) -> None:
    """Raises: UnknownIndicator, Forbidden unless the person keeps the passport."""
    if not keeps_passport(uow, viewer=viewer_of(uow, person_id=person_id), code=code):
        raise Forbidden


@reached(Actor.OFFICIAL, Door.CONSOLE, closed={Door.BOT: OVER_TABLES, Door.API: OVER_TABLES})
def write_passport(uow: UnitOfWork, *, code: str, passport: Passport, written_by: PersonId | None) -> int:
    """Change the passport; how many fields have changed, each noted with what it was.

    written_by: None is the operator.
    Raises: UnknownIndicator, Forbidden, WrongOkei, WrongRedefinition, NoRole, TooLong, Invalid.
    """
    if written_by is not None:
        require_keeper(uow, code=code, person_id=written_by)
    row = uow.session.get(IndicatorRow, code, with_for_update=True)
    if row is None:
        raise UnknownIndicator(indicator=code)
    found = indicator(uow, code=code)
    new = _checked(uow, found, passport)
    before = _shown(_passport_of(uow, found))
    values = {name: getattr(new, name) for name in _WRITTEN}
    statement = uow.insert(PassportRow).values(indicator=code, **values)
    uow.session.execute(statement.on_conflict_do_update(index_elements=["indicator"], set_=values))
    row.access_level = new.access_level
    uow.session.flush()
    after = _shown(new)
    changed = [name for name in after if before[name] != after[name]]
    for name in changed:
        note_change(uow, code=code, field=name, before=before[name], after=after[name], by=written_by)
    if new.responsible is not None and new.access_level is AccessLevel.RESTRICTED:
        # Whoever answers for the figures sees them.
        _let_see(uow, code, new.responsible, written_by)
    if changed:
        uow.audit("passport_written", actor=written_by, subject=f"indicator:{code}")
    return len(changed)


def give_passports(uow: UnitOfWork, *, passports: Mapping[str, Passport]) -> None:
    """Begin the passports of those indicators that have none; what people wrote stays."""
    for code, one in passports.items():
        values = {name: getattr(one, name) for name in _WRITTEN}
        uow.insert_new(
            PassportRow, {"indicator": code, **values, "responsible": None}, conflict=("indicator",)
        )


def note_change(
    uow: UnitOfWork, *, code: str, field: str, before: str, after: str, by: PersonId | None
) -> None:
    """Write a change into the history of the passport."""
    uow.session.add(
        PassportChangeRow(
            id=new_id(), indicator=code, field=field, before=before, after=after, at=uow.now, changed_by=by
        )
    )
    uow.session.flush()


def _let_see(uow: UnitOfWork, code: str, person_id: PersonId, by: PersonId | None) -> None:
    if person_id not in (readers_of(uow, indicator=code) or ()):
        add_reader(uow, indicator=code, person_id=person_id)
        note_change(uow, code=code, field="reader", before="", after=person_id, by=by)


def _passport_of(reading: Reading, found: Indicator) -> Passport:
    return _as_passport(found, reading.session.get(PassportRow, found.code))


def _as_passport(found: Indicator, row: PassportRow | None) -> Passport:
    okei = okei_code(found.unit)
    if row is None:
        return Passport(okei=okei, access_level=found.access_level)
    return Passport(
        okei=row.okei or okei,
        method=row.method,
        source=row.source,
        responsible=None if row.responsible is None else PersonId(row.responsible),
        lag_days=row.lag_days,
        redefined_in=row.redefined_in,
        access_level=found.access_level,
    )


def _checked(uow: UnitOfWork, about: Indicator, new: Passport) -> Passport:
    if not _OKEI.fullmatch(new.okei):
        raise WrongOkei
    if new.lag_days is not None and not 0 <= new.lag_days <= LONGEST_LAG_DAYS:
        raise Invalid
    if new.responsible is not None:
        try:
            grants = viewer_of(uow, person_id=new.responsible).grants
        except UnknownPerson:
            grants = ()
        if not grants:
            raise NoRole
    fields = asdict(new) | {"redefined_in": _period(new.redefined_in, about)}
    for name in ("method", "source"):
        fields[name] = fields[name].replace("\x00", "").strip()
        if len(fields[name]) > _TEXT_LIMIT:
            raise TooLong(limit=_TEXT_LIMIT, length=len(fields[name]))
    return Passport(**fields)


def _period(text: str, about: Indicator) -> str:
    """The period of a redefinition as the values write it. Raises: WrongRedefinition."""
    if not text.strip():
        return ""
    try:
        period = Period.parse(text.strip())
    except ValueError as wrong:
        raise WrongRedefinition from wrong
    if period.frequency != about.frequency:
        raise WrongRedefinition
    return str(period)


def _shown(one: Passport) -> dict[str, str]:
    """Fields as the history keeps them; a person by id, so that erasing a name erases it here."""
    return {name: "" if value is None else str(value) for name, value in asdict(one).items()}
