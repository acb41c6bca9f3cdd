"""From a file to a recorded release and a report that a person can act upon."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from analytics.importers import (
    Jump,
    KnownIndicator,
    KnownTerritory,
    ParsedRelease,
    Reference,
    read_release,
    reject_sentence,
)
from core.indicators import (
    Indicator,
    NewValue,
    Period,
    Release,
    all_series,
    catalogue,
    format_number,
    period_words,
    record_release,
)
from core.shared.ids import PersonId, TerritoryId
from core.shared.language import N_, Language, translate
from core.store import Database, Reading
from core.territories import Territory, territories

SOURCE = "tidy_csv"

_JUMP = N_(
    "{territory}, “{title}”, {period}: {value}, while about {expected} was to be expected. "
    "The row was loaded; check the value and its unit."
)
_ANOTHER_UNIT = N_("The value is {times} times as large as usual: is it in another unit?")
_ANOTHER_UNIT_SMALL = N_("The value is {times} times as small as usual: is it in another unit?")
_UNIT_LOOKS_WRONG = 90.0


@dataclass(frozen=True, slots=True)
class RowNote:
    """A row of the file with a stable code and a sentence in the reader's language."""

    row: int
    code: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What became of a file. `release` is None if no row could be taken; nothing was loaded then.

    `already` is true if the same file was loaded before; nothing was loaded a second time.
    """

    title: str
    total: int
    accepted: int
    rejects: tuple[RowNote, ...]
    jumps: tuple[RowNote, ...]
    encoding: str
    delimiter: str
    release: Release | None
    already: bool


def import_file(
    database: Database,
    path: Path,
    *,
    imported_by: PersonId | None = None,
    today: date | None = None,
    language: Language = "ru",
) -> ImportReport:
    """Load a tidy table as one release.

    imported_by: None is the operator of the instance. today: last day that may have facts behind it
    (by the clock of the database if None).
    Raises: FileRefused for a file that cannot be read, Forbidden; nothing is loaded then. OSError.
    """
    return import_content(
        database, path.read_bytes(), title=path.name, imported_by=imported_by, today=today, language=language
    )


def import_content(
    database: Database,
    content: bytes,
    *,
    title: str,
    imported_by: PersonId | None = None,
    today: date | None = None,
    language: Language = "ru",
) -> ImportReport:
    """The same for a file that came by other ways than the disk."""
    places, indicators = database.read(_known)
    reference = Reference(
        territories=[KnownTerritory(id=place.id, oktmo=place.oktmo, name=place.name_ru) for place in places],
        indicators=[_as_known(found) for found in indicators],
        history=lambda keys: _history(database, keys),
    )
    until = today or database.clock.now().date()
    parsed = read_release(content, reference=reference, today=until, language=language)
    recorded = None
    if parsed.rows:
        recorded = database.run(
            record_release,
            source=SOURCE,
            digest=_digest(content, parsed),
            title=title,
            values=_values(parsed),
            recorded_by=imported_by,
            rejected=len(parsed.rejects),
            jumps=len(parsed.jumps),
        )
    words = _Words(
        language, {place.id: place for place in places}, {found.code: found for found in indicators}
    )
    return ImportReport(
        title=title,
        total=parsed.total,
        accepted=len(parsed.rows),
        rejects=tuple(
            RowNote(reject.row, reject.reason, reject_sentence(language, reject)) for reject in parsed.rejects
        ),
        jumps=tuple(RowNote(jump.row, "jump", words.jump(jump)) for jump in parsed.jumps),
        encoding=parsed.encoding,
        delimiter=parsed.delimiter,
        release=None if recorded is None else recorded.release,
        already=recorded is not None and recorded.already,
    )


def _known(reading: Reading) -> tuple[list[Territory], list[Indicator]]:
    return territories(reading), catalogue(reading)


def _as_known(found: Indicator) -> KnownIndicator:
    return KnownIndicator(
        code=found.code,
        title=found.title_ru,
        unit=found.unit,
        frequency=found.frequency,
        low=found.low,
        high=found.high,
    )


def _history(
    database: Database, keys: Collection[tuple[str, str]]
) -> Mapping[tuple[str, str], Sequence[tuple[Period, float]]]:
    found = database.read(
        all_series,
        territory_ids={TerritoryId(territory_id) for territory_id, _ in keys},
        indicators={code for _, code in keys},
    )
    return {
        (territory_id, code): [(Period.parse(point.period), point.value) for point in points]
        for (territory_id, code), points in found.items()
    }


def _values(parsed: ParsedRelease) -> list[NewValue]:
    return [
        NewValue(
            indicator=row.indicator,
            territory_id=TerritoryId(row.territory_id),
            period=row.period,
            value=row.value,
            source=row.source,
        )
        for row in parsed.rows
    ]


def _digest(content: bytes, parsed: ParsedRelease) -> str:
    """The same bytes with the same rows taken are the same release.

    Once a missing indicator is in the catalogue, the file may be loaded again for its other rows.
    """
    taken = ",".join(str(row.row) for row in parsed.rows)
    return hashlib.sha256(content + b"\x00" + taken.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class _Words:
    language: Language
    places: Mapping[str, Territory]
    indicators: Mapping[str, Indicator]

    def jump(self, jump: Jump) -> str:
        found = self.indicators[jump.indicator]
        sentence = translate(
            self.language,
            _JUMP,
            territory=self.places[jump.territory_id].name(self.language),
            title=found.title(self.language),
            period=period_words(self.language, str(jump.period)),
            value=format_number(self.language, jump.value, decimals=found.decimals),
            expected=format_number(self.language, jump.expected, decimals=found.decimals),
        )
        ratio = jump.ratio or 1.0
        if ratio >= _UNIT_LOOKS_WRONG:
            return f"{sentence} {translate(self.language, _ANOTHER_UNIT, times=self._round(ratio))}"
        if 0 < ratio <= 1 / _UNIT_LOOKS_WRONG:
            return f"{sentence} {translate(self.language, _ANOTHER_UNIT_SMALL, times=self._round(1 / ratio))}"
        return sentence

    def _round(self, ratio: float) -> str:
        return format_number(self.language, float(f"{ratio:.2g}"), decimals=0)
