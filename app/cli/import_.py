"""`./run import FILE [--json]`: load observations as one release and say what became of every row."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from analytics.importing import ImportReport, RowNote, import_file
from app.catalogue import compile_catalogues
from app.processes import migrate
from app.schema import at_newest_step
from app.settings import Settings
from app.wiring import open_database
from core.alerts import AlertCard, alert_headline, alerts_of_vintage
from core.jobs import Job, JobState, job
from core.shared.errors import DomainError
from core.shared.language import N_, Language, translate, translate_plural
from core.store import Database
from core.territories import Territory, territories
from core.uploads import upload_template

_SHOWN = 20
_POLL_S = 0.1

_ALREADY = N_("“{title}” was loaded before ({date}). Nothing was loaded a second time.")
_NOTHING = N_("“{title}”: no row could be loaded. Correct the rows named below and load the file again.")
_LOADED = N_("“{title}” is loaded as release {vintage}.")
_COUNTS = N_(
    "Values: {new} new, {revised} revised, {unchanged} as before. Rows: {total}, rejected: {rejected}."
)
_ROW = N_("row {row}: {sentence}")
_REJECTED_ONE = N_("{count} row was not loaded:")
_REJECTED_MANY = N_("{count} rows were not loaded:")
_JUMPS_ONE = N_("{count} value looks unusual:")
_JUMPS_MANY = N_("{count} values look unusual:")
_NO_PLACE = N_("There is no territory with the OKTMO code {oktmo}.")
_HELD = N_("{count} held, not published: decide at the console (“Data”), or load with --accept-jumps.")
_MORE_ONE = N_("… and {count} more; see --json")
_MORE_MANY = N_("… and {count} more; see --json")
_ALERTS_ONE = N_("{count} alert fired:")
_ALERTS_MANY = N_("{count} alerts fired:")
_NO_ALERT = N_("No alert fired.")
_NOT_YET = N_("Alerts will be checked as soon as the instance runs (./run).")


def main(settings: Settings, arguments: Sequence[str]) -> int:
    """Run the command; 0 if something is loaded, 1 if not, 2 if the file is not there."""
    options = _parse(arguments)
    compile_catalogues()
    database = open_database(settings)
    try:
        if not at_newest_step(database):
            migrate.main(settings)
        if options.template is not None:
            return _write_template(database, options.template, options.territory)
        return _import(
            database,
            options.file,
            language=options.language,
            as_json=options.json,
            wait_s=options.wait,
            accept_jumps=options.accept_jumps,
        )
    finally:
        database.close()


def _write_template(database: Database, file: Path, oktmo: str | None) -> int:
    known: dict[str, Territory] = {one.oktmo: one for one in database.read(territories)}
    if oktmo is not None and oktmo not in known:
        print(translate("ru", _NO_PLACE, oktmo=oktmo), file=sys.stderr)
        return 2
    place = None if oktmo is None else known[oktmo]
    file.write_bytes(database.read(upload_template, viewer=None, place=place))
    print(file)
    return 0


def _import(
    database: Database,
    file: Path,
    *,
    language: Language,
    as_json: bool,
    wait_s: float,
    accept_jumps: str | None,
) -> int:
    try:
        report = import_file(database, file, language=language, accept_jumps=accept_jumps)
    except DomainError as refused:
        return _refuse(refused.code, refused.sentence(language), as_json=as_json, code=1)
    except OSError as error:
        return _refuse("no_file", f"{file}: {error.strerror}", as_json=as_json, code=2)
    judged = _wait(database, report, wait_s)
    fired = _fired(database, report) if judged else []
    if as_json:
        print(json.dumps(_as_json(report, fired, judged=judged, language=language), ensure_ascii=False))
    else:
        print("\n".join(_as_text(report, fired, judged=judged, language=language)))
    return 0 if report.release else 1


def _refuse(reason: str, sentence: str, *, as_json: bool, code: int) -> int:
    if as_json:
        print(json.dumps({"ok": False, "code": reason, "message": sentence}, ensure_ascii=False))
    else:
        print(sentence, file=sys.stderr)
    return code


def _wait(database: Database, report: ImportReport, wait_s: float) -> bool:
    """Wait until a worker of the running instance has judged the alerts; False if none has in time."""
    if report.release is None:
        return False
    until = time.monotonic() + wait_s
    while True:
        found: Job | None = database.read(job, key=f"forecast:{report.release.id}")
        if found is not None and found.state in {JobState.DONE, JobState.FAILED}:
            return True
        if time.monotonic() >= until:
            return False
        time.sleep(_POLL_S)


def _fired(database: Database, report: ImportReport) -> list[AlertCard]:
    if report.release is None or report.already:
        return []
    return database.read(alerts_of_vintage, vintage=report.release.vintage)


def _as_json(
    report: ImportReport, fired: list[AlertCard], *, judged: bool, language: Language
) -> dict[str, Any]:
    release = report.release
    return {
        "ok": release is not None,
        "title": report.title,
        "already": report.already,
        "release": None if release is None else release.id,
        "vintage": None if release is None else release.vintage,
        "rows": report.total,
        "accepted": report.accepted,
        "new": 0 if release is None else release.new,
        "revised": 0 if release is None else release.revised,
        "unchanged": 0 if release is None else release.unchanged,
        "rejects": [asdict(note) for note in report.rejects],
        "jumps": [asdict(note) for note in report.jumps],
        "held": report.held,
        "revisions": [asdict(note) for note in report.revisions],
        "alerts_checked": judged,
        "alerts": [
            {
                "id": card.alert.id,
                "indicator": card.indicator.code,
                "headline": alert_headline(language, card),
            }
            for card in fired
        ],
    }


def _as_text(report: ImportReport, fired: list[AlertCard], *, judged: bool, language: Language) -> list[str]:
    lines = [_headline(report, language)]
    if report.release is not None and not report.already:
        lines.append(
            translate(
                language,
                _COUNTS,
                new=report.release.new,
                revised=report.release.revised,
                unchanged=report.release.unchanged,
                total=report.total,
                rejected=len(report.rejects),
            )
        )
    lines += _notes(report.rejects, _REJECTED_ONE, _REJECTED_MANY, language)
    lines += _notes(report.jumps, _JUMPS_ONE, _JUMPS_MANY, language)
    if report.held:
        lines += ["", translate(language, _HELD, count=report.held)]
    if report.release is not None and not report.already:
        lines += _alert_lines(fired, judged=judged, language=language)
    return lines


def _headline(report: ImportReport, language: Language) -> str:
    if report.release is None:
        return translate(language, _NOTHING, title=report.title)
    if report.already:
        date = report.release.recorded_at.strftime("%d.%m.%Y")
        return translate(language, _ALREADY, title=report.title, date=date)
    return translate(language, _LOADED, title=report.title, vintage=report.release.vintage)


def _notes(notes: Sequence[RowNote], one: str, many: str, language: Language) -> list[str]:
    if not notes:
        return []
    lines = ["", translate_plural(language, one, many, len(notes))]
    lines += [
        "  " + translate(language, _ROW, row=note.row, sentence=note.sentence) for note in notes[:_SHOWN]
    ]
    if len(notes) > _SHOWN:
        lines.append("  " + translate_plural(language, _MORE_ONE, _MORE_MANY, len(notes) - _SHOWN))
    return lines


def _alert_lines(fired: list[AlertCard], *, judged: bool, language: Language) -> list[str]:
    if not judged:
        return ["", translate(language, _NOT_YET)]
    if not fired:
        return ["", translate(language, _NO_ALERT)]
    words = translate_plural(language, _ALERTS_ONE, _ALERTS_MANY, len(fired))
    return ["", words, *(f"  {alert_headline(language, card)}" for card in fired)]


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./run import",
        description="Load a tidy table (territory, indicator, unit, period, value, source) as one release.",
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "file", type=Path, nargs="?", help="CSV (UTF-8, Windows-1251), Excel (.xlsx), or SDMX-ML of ЕМИСС"
    )
    what.add_argument("--template", type=Path, metavar="FILE.xlsx", help="write a workbook to fill in")
    parser.add_argument(
        "--territory", metavar="ОКТМО", help="with --template: the rows of this territory are begun"
    )
    parser.add_argument(
        "--accept-jumps",
        nargs="?",
        const="--accept-jumps",
        metavar="REASON",
        help="publish values that look wrong instead of holding them; the reason stands in the journal",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--language", choices=["ru", "en"], default="ru", help="of the report (default: ru)")
    parser.add_argument(
        "--wait",
        type=float,
        default=10.0,
        metavar="SECONDS",
        help="for the alerts to be checked (default: 10)",
    )
    return parser.parse_args(arguments)
