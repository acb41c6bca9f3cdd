"""Files that an analyst has brought and a cycle of data, for tests of pages."""

from datetime import timedelta

from core.cycles import Step, begin_cycle, plan_step
from core.uploads import MOST_NOTES, Notes, UploadReport, begin_upload, settle_check
from tests.town import IVANOV, VERA, Town

FILE = "Заречный;UNEMP;%;2026;6,9;Росстат\n"


def checked_upload(town: Town, *, held: int = 1) -> str:
    """A file whose check is over: one value is revised, one looks wrong, a row is rejected."""
    upload_id = waiting_upload(town)
    report = UploadReport(
        total=14,
        new=10,
        revised=2,
        unchanged=1,
        held=held,
        rejects=Notes(count=1, shown=((5, "unknown_territory", "Территории «Заречье» нет."),)),
        jumps=Notes(
            count=held,
            shown=((7, "unit", "Заречный, «Уровень безработицы», 2026: 6 900, а ожидалось около 6,9."),)[
                :held
            ],
        ),
        revisions=Notes(count=2, shown=((3, "revised", "Заречный, «Безработица», 2025: 6,1 → 6,0"),) * 2),
    )
    assert len(report.rejects.shown) <= MOST_NOTES
    town.database.run(settle_check, upload_id=upload_id, report=report)
    return upload_id


def waiting_upload(town: Town) -> str:
    """A file whose check has not begun."""
    return town.database.run(
        begin_upload,
        person_id=town.people[VERA],
        file_name="безработица-2026.csv",
        content=f"territory;indicator;unit;period;value;source\n{FILE}".encode(),
        language="ru",
    )


def begun_cycle(town: Town) -> str:
    """The cycle of the year, begun by the analyst; an official owns its pages, whose term is over."""
    vera = town.people[VERA]
    cycle_id = town.database.run(begin_cycle, territory_id=town.territory.id, period="2026", begun_by=vera)
    town.database.run(
        plan_step,
        cycle_id=cycle_id,
        step=Step.PAGES,
        owner=town.people[IVANOV],
        due=town.clock.now().date() - timedelta(days=2),
        planned_by=vera,
    )
    return cycle_id
