"""Holding values that look wrong, and deciding about them. A decision is a release: it has a vintage.

So what was known at a vintage is what releases and decisions up to it say, and a forecast is made anew
when a value is accepted.
"""

import hashlib
from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, and_, func, or_, select, tuple_, update

from core.identity import Action, require_right, viewer_of
from core.indicators.access import hidden_from, open_to
from core.indicators.doubts import Doubt, DoubtfulValue, HeldKey, HeldState, HeldValue
from core.indicators.errors import NothingHeld
from core.indicators.model import HeldRow, IndicatorRow, ReleaseRow
from core.indicators.queries import current_values
from core.indicators.rules import NewValue
from core.shared.errors import checked_text
from core.shared.ids import PersonId, TerritoryId
from core.store import Reading, UnitOfWork

REASON_LIMIT = 500
# SQLite takes 32,766 parameters a statement; a held value has eight and a key four.
_CHUNK = 1000


def hold(
    uow: UnitOfWork,
    *,
    doubtful: Sequence[DoubtfulValue],
    vintage: int,
    accepted_by: PersonId | None,
    why: str,
) -> None:
    """Note the doubtful values of a release: waiting, or accepted at once if there is a reason (``why``)."""
    settled = {
        "state": HeldState.ACCEPTED,
        "decided_vintage": vintage,
        "decided_at": uow.now,
        "decided_by": accepted_by,
        "reason": why,
    }
    waiting = {"state": HeldState.PENDING, "decided_vintage": None, "decided_at": None, "reason": ""}
    rows = [
        {
            "territory_id": one.new.territory_id,
            "indicator": one.new.indicator,
            "period": str(one.new.period),
            "vintage": vintage,
            "value": one.new.value,
            "source": one.new.source,
            "doubt": one.doubt,
            "expected": one.expected,
            **(settled if why else {**waiting, "decided_by": None}),
        }
        for one in doubtful
    ]
    uow.insert_all_new(HeldRow, rows, conflict=("territory_id", "indicator", "period", "vintage"))


def supersede(uow: UnitOfWork, *, values: Sequence[NewValue], vintage: int) -> None:
    """A newer release speaks of these periods: what waited about them has nothing to be decided any more."""
    keys = [(one.territory_id, one.indicator, str(one.period)) for one in values]
    for start in range(0, len(keys), _CHUNK):
        uow.session.execute(
            update(HeldRow)
            .where(
                HeldRow.state == HeldState.PENDING,
                HeldRow.vintage < vintage,
                tuple_(HeldRow.territory_id, HeldRow.indicator, HeldRow.period).in_(
                    keys[start : start + _CHUNK]
                ),
            )
            .values(state=HeldState.SUPERSEDED, decided_vintage=vintage, decided_at=uow.now)
        )


def rejected_values(
    reading: Reading, *, territory_ids: Collection[TerritoryId], indicators: Collection[str]
) -> set[tuple[str, str, str, float]]:
    """(territory, indicator, period, value) that somebody has rejected: they are not asked about again."""
    rows = reading.session.execute(
        select(HeldRow.territory_id, HeldRow.indicator, HeldRow.period, HeldRow.value).where(
            HeldRow.state == HeldState.REJECTED,
            HeldRow.territory_id.in_(territory_ids),
            HeldRow.indicator.in_(indicators),
        )
    )
    return set(rows.tuples())


def held_values(
    reading: Reading,
    *,
    person_id: PersonId,
    territory_ids: Collection[TerritoryId],
    state: HeldState | None = HeldState.PENDING,
    vintage: int | None = None,
    indicator: str | None = None,
    limit: int = 500,
) -> list[HeldValue]:
    """Held values of these territories that the person may see, the newest release first.

    state: None is the whole journal. vintage: of one release.
    """
    wanted: list[ColumnElement[bool]] = [
        HeldRow.territory_id.in_(territory_ids),
        open_to(viewer_of(reading, person_id=person_id)),
    ]
    wanted += [] if state is None else [HeldRow.state == state]
    wanted += [] if vintage is None else [HeldRow.vintage == vintage]
    wanted += [] if indicator is None else [HeldRow.indicator == indicator]
    rows = reading.session.execute(
        select(HeldRow, ReleaseRow)
        .join(ReleaseRow, ReleaseRow.vintage == HeldRow.vintage)
        .join(IndicatorRow, IndicatorRow.code == HeldRow.indicator)
        .where(*wanted)
        .order_by(HeldRow.vintage.desc(), IndicatorRow.position, HeldRow.territory_id, HeldRow.period)
        .limit(limit)
    ).tuples()
    found = list(rows)
    known = current_values(
        reading,
        territory_ids={TerritoryId(row.territory_id) for row, _ in found},
        indicators={row.indicator for row, _ in found},
    )
    return [
        _as_held(row, release, known.get((row.territory_id, row.indicator, row.period)))
        for row, release in found
    ]


def count_held(reading: Reading, *, territory_ids: Collection[TerritoryId]) -> int:
    """How many values wait for a decision in these territories."""
    waiting = (HeldRow.state == HeldState.PENDING, HeldRow.territory_id.in_(territory_ids))
    return reading.session.execute(select(func.count()).where(*waiting)).scalar_one()


def held_at(
    reading: Reading, *, indicator: str, territory_id: TerritoryId, vintage: int
) -> dict[str, tuple[float, str, int]]:
    """What was held at a vintage and not decided by then: value, source and vintage by period."""
    rows = reading.session.execute(
        select(HeldRow)
        .where(
            HeldRow.indicator == indicator,
            HeldRow.territory_id == territory_id,
            HeldRow.vintage <= vintage,
            or_(HeldRow.decided_vintage.is_(None), HeldRow.decided_vintage > vintage),
        )
        .order_by(HeldRow.vintage)
    ).scalars()
    return {row.period: (row.value, row.source, row.vintage) for row in rows}


def accepted_periods(
    reading: Reading, *, indicator: str, territory_id: TerritoryId, vintage: int
) -> set[tuple[str, float]]:
    """(period, value) that somebody had accepted by a vintage although they looked wrong."""
    rows = reading.session.execute(
        select(HeldRow.period, HeldRow.value).where(
            HeldRow.indicator == indicator,
            HeldRow.territory_id == territory_id,
            HeldRow.state == HeldState.ACCEPTED,
            HeldRow.decided_vintage <= vintage,
        )
    )
    return set(rows.tuples())


def series_held_by(reading: Reading, *, vintage: int) -> list[tuple[TerritoryId, str]]:
    """(territory, indicator) of the series of which a release has held values or decided about them."""
    rows = reading.session.execute(
        select(HeldRow.territory_id, HeldRow.indicator)
        .where(or_(HeldRow.vintage == vintage, HeldRow.decided_vintage == vintage))
        .distinct()
        .order_by(HeldRow.territory_id, HeldRow.indicator)
    )
    return [(TerritoryId(place), code) for place, code in rows.tuples()]


def taken_for_decision(uow: UnitOfWork, *, keys: Sequence[HeldKey], person_id: PersonId) -> list[HeldRow]:
    """Lock those of the values that still wait, if the person may decide. Raises: NothingHeld, Forbidden."""
    rows: list[HeldRow] = []
    for start in range(0, len(keys), _CHUNK // 4):
        part = [
            and_(
                HeldRow.territory_id == one.territory_id,
                HeldRow.indicator == one.indicator,
                HeldRow.period == one.period,
                HeldRow.vintage == one.vintage,
            )
            for one in keys[start : start + _CHUNK // 4]
        ]
        rows += uow.session.execute(
            select(HeldRow)
            .where(HeldRow.state == HeldState.PENDING, or_(*part))
            .order_by(HeldRow.territory_id, HeldRow.indicator, HeldRow.period)
            .with_for_update()
        ).scalars()
    hidden = hidden_from(uow, viewer=viewer_of(uow, person_id=person_id))
    rows = [row for row in rows if row.indicator not in hidden]
    if not rows:
        raise NothingHeld
    for place in sorted({row.territory_id for row in rows}):
        require_right(uow, person_id=person_id, action=Action.LOAD_DATA, territory_id=TerritoryId(place))
    return rows


def settle_held(
    uow: UnitOfWork, *, rows: Sequence[HeldRow], state: HeldState, vintage: int, by: PersonId, reason: str
) -> None:
    """Write the decision into the journal."""
    for row in rows:
        row.state, row.decided_vintage, row.decided_at = state, vintage, uow.now
        row.decided_by, row.reason = by, reason
    uow.session.flush()


def decision_digest(rows: Sequence[HeldRow], state: HeldState) -> str:
    """The digest of the release that a decision is: each value is decided once, so it is never met again."""
    said = "\n".join(f"{row.territory_id}:{row.indicator}:{row.period}:{row.vintage}" for row in rows)
    return hashlib.sha256(f"{state}\n{said}".encode()).hexdigest()


def checked_reason(text: str) -> str:
    """The reason of a decision, which the journal keeps. Raises: Empty, TooLong."""
    return checked_text(text, limit=REASON_LIMIT)


def _as_held(row: HeldRow, release: ReleaseRow, before: float | None) -> HeldValue:
    return HeldValue(
        key=HeldKey(
            territory_id=TerritoryId(row.territory_id),
            indicator=row.indicator,
            period=row.period,
            vintage=row.vintage,
        ),
        value=row.value,
        source=row.source,
        doubt=Doubt(row.doubt),
        expected=row.expected,
        before=before,
        release_title=release.title,
        held_at=release.recorded_at,
        state=HeldState(row.state),
        decided_vintage=row.decided_vintage,
        decided_at=row.decided_at,
        decided_by=None if row.decided_by is None else PersonId(row.decided_by),
        reason=row.reason,
    )
