"""From a file to a recorded release and a report that a person can act upon.

First a check, which changes nothing: what would be new, what revised, what is refused and what looks wrong.
Then the same check is recorded. A value that looks wrong is held until somebody accepts it.
"""

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from analytics.importers import (
    Jump,
    KnownIndicator,
    KnownTerritory,
    ParsedRelease,
    ParsedRow,
    Reference,
    read_release,
    reject_sentence,
)
from core.identity import Action, viewer_of
from core.indicators import (
    Doubt,
    DoubtfulValue,
    Indicator,
    NewValue,
    Period,
    RecordedRelease,
    Release,
    all_series,
    catalogue,
    format_number,
    period_words,
    record_release,
    rejected_values,
)
from core.shared.errors import Forbidden
from core.shared.ids import PersonId, TerritoryId
from core.shared.language import N_, Language, translate
from core.spaces import territories_where
from core.store import Database, Reading
from core.territories import Territory, territories

SOURCE = "tidy_csv"
UNUSUAL = "unusual"
"""The code of a value that is published although it is unusual."""

_JUMP = N_("{territory}, “{title}”, {period}: {value}, while about {expected} was to be expected.")
_ANOTHER_UNIT = N_("The value is {times} times as large as usual: is it in another unit?")
_ANOTHER_UNIT_SMALL = N_("The value is {times} times as small as usual: is it in another unit?")
_ANOTHER_SIGN = N_("The sign has changed for the first time.")
_LOOK_AGAIN = N_("It is published: look at it again.")
_REJECTED_BEFORE = N_("This figure was rejected before, so it is left out again.")
_REVISED = N_("{territory}, “{title}”, {period}: {before} → {after}")


@dataclass(frozen=True, slots=True)
class RowNote:
    """A row of the file with a stable code and a sentence in the reader's language."""

    row: int
    code: str
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A file read against what is known, nothing changed yet. Counts are of values.

    `jumps` are what looks wrong: held when the file is loaded, unless only "unusual", which is loaded, or
    "rejected_before", which is left out.
    """

    title: str
    digest: str
    total: int
    new: int
    revised: int
    unchanged: int
    rejects: tuple[RowNote, ...]
    jumps: tuple[RowNote, ...]
    revisions: tuple[RowNote, ...]
    encoding: str
    delimiter: str
    values: tuple[NewValue, ...]
    doubtful: tuple[DoubtfulValue, ...]

    @property
    def accepted(self) -> int:
        """How many rows could be understood, whatever becomes of them."""
        return self.total - len(self.rejects)

    @property
    def loadable(self) -> bool:
        """Whether there is anything to load."""
        return bool(self.values or self.doubtful)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What became of a file. `release` is None if no row could be taken; nothing was loaded then.

    `already` is true if the same file was loaded before; nothing was loaded a second time. `held` values
    wait for a decision.
    """

    title: str
    total: int
    accepted: int
    rejects: tuple[RowNote, ...]
    jumps: tuple[RowNote, ...]
    revisions: tuple[RowNote, ...]
    held: int
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
    accept_jumps: str | None = None,
) -> ImportReport:
    """Load a tidy table as one release.

    imported_by: None is the operator of the instance. today: last day that may have facts behind it
    (by the clock of the database if None). accept_jumps: why values that look wrong are taken all the same;
    None holds them.
    Raises: FileRefused for a file that cannot be read, Forbidden; nothing is loaded then. OSError.
    """
    return import_content(
        database,
        path.read_bytes(),
        title=path.name,
        imported_by=imported_by,
        today=today,
        language=language,
        accept_jumps=accept_jumps,
    )


def import_content(
    database: Database,
    content: bytes,
    *,
    title: str,
    imported_by: PersonId | None = None,
    today: date | None = None,
    language: Language = "ru",
    accept_jumps: str | None = None,
) -> ImportReport:
    """The same for a file that came by other ways than the disk."""
    checked = check_content(
        database, content, title=title, person_id=imported_by, today=today, language=language
    )
    recorded: RecordedRelease | None = None
    if checked.loadable:
        recorded = database.run(
            record_release,
            source=SOURCE,
            digest=checked.digest,
            title=title,
            values=checked.values,
            recorded_by=imported_by,
            rejected=len(checked.rejects),
            doubtful=checked.doubtful,
            accept_doubtful=accept_jumps,
        )
    held = recorded is not None and not recorded.already and accept_jumps is None
    return ImportReport(
        title=title,
        total=checked.total,
        accepted=checked.accepted,
        rejects=checked.rejects,
        jumps=checked.jumps,
        revisions=checked.revisions,
        held=len(checked.doubtful) if held else 0,
        encoding=checked.encoding,
        delimiter=checked.delimiter,
        release=None if recorded is None else recorded.release,
        already=recorded is not None and recorded.already,
    )


def check_content(
    database: Database,
    content: bytes,
    *,
    title: str,
    person_id: PersonId | None = None,
    today: date | None = None,
    language: Language = "ru",
    report: Callable[[float], None] = lambda _share: None,
) -> Checked:
    """Read a file and say what loading it would do; nothing is changed.

    person_id: None is the operator; a person's rows about indicators that they may not see or territories
    whose data they do not load are rejected. report: see ``read_release``.
    Raises: FileRefused; Forbidden for a person who loads no data anywhere.
    """
    known = database.read(_known, person_id=person_id)
    histories: dict[tuple[str, str], Sequence[tuple[Period, float]]] = {}

    def history(
        keys: Collection[tuple[str, str]],
    ) -> Mapping[tuple[str, str], Sequence[tuple[Period, float]]]:
        histories.update(database.read(_history, keys=keys))
        return histories

    reference = Reference(
        territories=[
            KnownTerritory(
                id=place.id, oktmo=place.oktmo, name=place.name_ru, closed=place.id not in known.open_places
            )
            for place in known.places.values()
        ],
        indicators=[_as_known(found) for found in known.indicators.values()],
        history=history,
    )
    until = today or database.clock.now().date()
    parsed = read_release(content, reference=reference, today=until, language=language, report=report)
    before = {(*key, str(period)): value for key, points in histories.items() for period, value in points}
    return _checked(database, parsed, known, before, title=title, content=content, language=language)


@dataclass(frozen=True, slots=True)
class _Known:
    places: Mapping[TerritoryId, Territory]
    open_places: Collection[TerritoryId]
    indicators: Mapping[str, Indicator]


def _known(reading: Reading, *, person_id: PersonId | None) -> _Known:
    places = {place.id: place for place in territories(reading)}
    if person_id is None:
        return _Known(places, set(places), {one.code: one for one in catalogue(reading)})
    viewer = viewer_of(reading, person_id=person_id)
    allowed = territories_where(reading, viewer, Action.LOAD_DATA)
    if not allowed:
        raise Forbidden
    return _Known(places, set(allowed), {one.code: one for one in catalogue(reading, viewer=viewer)})


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
    reading: Reading, *, keys: Collection[tuple[str, str]]
) -> dict[tuple[str, str], list[tuple[Period, float]]]:
    found = all_series(
        reading,
        territory_ids={TerritoryId(territory_id) for territory_id, _ in keys},
        indicators={code for _, code in keys},
    )
    return {
        (territory_id, code): [(Period.parse(point.period), point.value) for point in points]
        for (territory_id, code), points in found.items()
    }


def _checked(
    database: Database,
    parsed: ParsedRelease,
    known: _Known,
    before: Mapping[tuple[str, str, str], float],
    *,
    title: str,
    content: bytes,
    language: Language,
) -> Checked:
    words = _Words(language, known.places, known.indicators)
    refused = database.read(
        rejected_values,
        territory_ids={TerritoryId(jump.territory_id) for jump in parsed.jumps},
        indicators={jump.indicator for jump in parsed.jumps},
    )
    doubts = {jump.row: (jump.doubt, jump.expected) for jump in parsed.jumps if jump.doubt is not None}
    left_out = {jump.row for jump in parsed.jumps if (*_key(jump), jump.value) in refused}
    revised = [row for row in parsed.rows if before.get(_key(row), row.value) != row.value]
    new = sum(_key(row) not in before for row in parsed.rows)
    return Checked(
        title=title,
        digest=_digest(content, parsed),
        total=parsed.total,
        new=new,
        revised=len(revised),
        unchanged=len(parsed.rows) - new - len(revised),
        rejects=tuple(
            RowNote(reject.row, reject.reason, reject_sentence(language, reject)) for reject in parsed.rejects
        ),
        jumps=tuple(words.jump(jump, left_out=jump.row in left_out) for jump in parsed.jumps),
        revisions=tuple(words.revision(row, before[_key(row)]) for row in revised),
        encoding=parsed.encoding,
        delimiter=parsed.delimiter,
        values=tuple(_new(row) for row in parsed.rows if row.row not in doubts.keys() | left_out),
        doubtful=tuple(
            DoubtfulValue(new=_new(row), doubt=doubts[row.row][0], expected=doubts[row.row][1])
            for row in parsed.rows
            if row.row in doubts.keys() - left_out
        ),
    )


def _key(row: ParsedRow | Jump) -> tuple[str, str, str]:
    return row.territory_id, row.indicator, str(row.period)


def _new(row: ParsedRow) -> NewValue:
    return NewValue(
        indicator=row.indicator,
        territory_id=TerritoryId(row.territory_id),
        period=row.period,
        value=row.value,
        source=row.source,
    )


def _digest(content: bytes, parsed: ParsedRelease) -> str:
    """The same bytes with the same rows taken are the same release.

    Once a missing indicator is in the catalogue, the file may be loaded again for its other rows.
    """
    taken = ",".join(str(row.row) for row in parsed.rows)
    return hashlib.sha256(content + b"\x00" + taken.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class _Words:
    language: Language
    places: Mapping[TerritoryId, Territory]
    indicators: Mapping[str, Indicator]

    def jump(self, jump: Jump, *, left_out: bool) -> RowNote:
        """What looks wrong, and why."""
        sentences = [self._say(_JUMP, jump, value=jump.value, expected=jump.expected), *self._why(jump)]
        if left_out:
            sentences.append(translate(self.language, _REJECTED_BEFORE))
        code = "rejected_before" if left_out else jump.doubt or UNUSUAL
        return RowNote(jump.row, code, " ".join(sentences))

    def revision(self, row: ParsedRow, before: float) -> RowNote:
        """A published value that the file changes."""
        return RowNote(row.row, "revised", self._say(_REVISED, row, before=before, after=row.value))

    def _say(self, sentence: str, row: ParsedRow | Jump, **figures: float) -> str:
        found = self.indicators[row.indicator]
        return translate(
            self.language,
            sentence,
            territory=self.places[TerritoryId(row.territory_id)].name(self.language),
            title=found.title(self.language),
            period=period_words(self.language, str(row.period)),
            **{
                name: format_number(self.language, figure, decimals=found.decimals)
                for name, figure in figures.items()
            },
        )

    def _why(self, jump: Jump) -> list[str]:
        if jump.doubt is None:
            return [translate(self.language, _LOOK_AGAIN)]
        if jump.doubt is Doubt.SIGN:
            return [translate(self.language, _ANOTHER_SIGN)]
        if jump.doubt is not Doubt.UNIT or jump.ratio is None:
            return []
        ratio = abs(jump.ratio)
        message, times = (_ANOTHER_UNIT, ratio) if ratio >= 1 else (_ANOTHER_UNIT_SMALL, 1 / ratio)
        rounded = format_number(self.language, float(f"{times:.2g}"), decimals=0)
        return [translate(self.language, message, times=rounded)]
