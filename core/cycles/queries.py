"""Questions about cycles."""

from collections.abc import Collection
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import select

from core.cycles.errors import UnknownCycle
from core.cycles.evidence import found_of
from core.cycles.model import CycleRow, CycleStepRow
from core.cycles.rules import STEPS, Board, BoardStep, Cycle, CycleStep, Step, state_of
from core.indicators import Period
from core.shared.ids import PersonId, TerritoryId
from core.store import Reading
from core.territories import territory

CYCLES_SHOWN = 40


def cycles_in(
    reading: Reading, *, territory_ids: Collection[TerritoryId], person_id: PersonId
) -> list[Cycle]:
    """The cycles of these territories and those with a step of the person's, the newest first."""
    owned = select(CycleStepRow.cycle_id).where(CycleStepRow.owner == person_id)
    rows = reading.session.execute(
        select(CycleRow)
        .where(CycleRow.territory_id.in_(territory_ids) | CycleRow.id.in_(owned))
        .order_by(CycleRow.begun_at.desc(), CycleRow.id.desc())
        .limit(CYCLES_SHOWN)
    ).scalars()
    return [as_cycle(row) for row in rows]


def cycle_board(reading: Reading, *, cycle_id: str) -> Board:
    """A cycle with its steps as they stand today. For doors that have asked who may. Raises: UnknownCycle."""
    row = reading.session.get(CycleRow, cycle_id)
    if row is None:
        raise UnknownCycle
    return board_of(reading, as_cycle(row))


def board_of(reading: Reading, cycle: Cycle) -> Board:
    """The board of a cycle in hand."""
    rows = reading.session.execute(select(CycleStepRow).where(CycleStepRow.cycle_id == cycle.id)).scalars()
    plans = {row.step: as_step(row) for row in rows}
    found, today = found_of(reading, cycle), local_day(reading, cycle.territory_id)
    return Board(
        cycle=cycle,
        steps=tuple(
            BoardStep(plan=plans[step], found=found[step], state=state_of(plans[step], found[step], today))
            for step in STEPS
        ),
    )


def cycle_of_step(reading: Reading, *, cycle_id: str, step: Step) -> tuple[Cycle, BoardStep]:
    """One step with its cycle. Raises: UnknownCycle."""
    board = cycle_board(reading, cycle_id=cycle_id)
    return board.cycle, board.steps[STEPS.index(step)]


def owns_a_step(reading: Reading, *, cycle_id: str, person_id: PersonId) -> bool:
    """Whether any step of the cycle is the person's."""
    mine = (CycleStepRow.cycle_id == cycle_id, CycleStepRow.owner == person_id)
    return reading.session.execute(select(CycleStepRow.step).where(*mine).limit(1)).first() is not None


def local_day(reading: Reading, territory_id: TerritoryId) -> date:
    """Today by the clock of the territory."""
    zone = ZoneInfo(territory(reading, territory_id=territory_id).time_zone)
    return reading.now.astimezone(zone).date()


def as_cycle(row: CycleRow) -> Cycle:
    """The row as a value that may leave the folder."""
    return Cycle(
        id=row.id,
        territory_id=TerritoryId(row.territory_id),
        period=Period.parse(row.period),
        begun_at=row.begun_at,
    )


def as_step(row: CycleStepRow) -> CycleStep:
    """The row as a value that may leave the folder."""
    return CycleStep(
        step=Step(row.step),
        owner=None if row.owner is None else PersonId(row.owner),
        due=row.due,
        confirmed_at=row.confirmed_at,
        confirmed_by=None if row.confirmed_by is None else PersonId(row.confirmed_by),
        note=row.note,
    )
