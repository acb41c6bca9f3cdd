"""Why a row or a file was not taken, in a sentence that says what to do."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from core.shared.errors import DomainError, RefusalKind
from core.shared.language import N_, Language, translate


class Reason(StrEnum):
    """Stable codes of rejected rows."""

    WRONG_COLUMNS = "wrong_columns"
    UNKNOWN_TERRITORY = "unknown_territory"
    AMBIGUOUS_TERRITORY = "ambiguous_territory"
    LATIN_LETTERS = "latin_letters"
    UNKNOWN_INDICATOR = "unknown_indicator"
    WRONG_UNIT = "wrong_unit"
    BAD_PERIOD = "bad_period"
    WRONG_FREQUENCY = "wrong_frequency"
    FUTURE_PERIOD = "future_period"
    NO_VALUE = "no_value"
    NOT_A_NUMBER = "not_a_number"
    OUT_OF_RANGE = "out_of_range"
    NO_SOURCE = "no_source"
    NOT_YOURS = "not_yours"
    DUPLICATE = "duplicate"
    CONTRADICTION = "contradiction"


SENTENCES: dict[Reason, str] = {
    Reason.WRONG_COLUMNS: N_(
        "The row has {found} fields, the header has {expected}. "
        "A text with the separator inside must stand in quotation marks."
    ),
    Reason.UNKNOWN_TERRITORY: N_(
        "There is no territory “{territory}”. Write its OKTMO code or its whole name."
    ),
    Reason.AMBIGUOUS_TERRITORY: N_(
        "Several territories are called “{territory}”. Write the OKTMO code: {choices}."
    ),
    Reason.LATIN_LETTERS: N_(
        "“{text}” has letters of another alphabet that only look right: {letters}. Type the word anew."
    ),
    Reason.UNKNOWN_INDICATOR: N_(
        "There is no indicator “{indicator}” in the catalogue. Check the code or add the indicator first."
    ),
    Reason.WRONG_UNIT: N_(
        "“{indicator}” is kept in “{expected}”, the row says “{found}”. "
        "Convert the value or correct the unit."
    ),
    Reason.BAD_PERIOD: N_("The period “{period}” could not be read. Write 2024, 2024-Q1 or 2024-03."),
    Reason.WRONG_FREQUENCY: N_(
        "“{indicator}” is published {expected}, the period “{period}” does not fit. Write it like {example}."
    ),
    Reason.FUTURE_PERIOD: N_(
        "The period {period} has not ended yet. Only facts are loaded here; plans are targets."
    ),
    Reason.NO_VALUE: N_("There is no value (“{value}”). Leave the row out until the value is known."),
    Reason.NOT_A_NUMBER: N_(
        "“{value}” is not a number. Write digits only, without footnotes, signs of per cent or letters."
    ),
    Reason.OUT_OF_RANGE: N_(
        "{value} is outside of what is possible for “{indicator}” ({bounds}). Check the value."
    ),
    Reason.NO_SOURCE: N_("The source is empty. Write where the value comes from."),
    Reason.NOT_YOURS: N_(
        "You do not load data of “{territory}”. Leave the row out or ask the administration for the right."
    ),
    Reason.DUPLICATE: N_("The same value already stands in row {first}. One of the rows is superfluous."),
    Reason.CONTRADICTION: N_(
        "Rows {rows} give different values for the same indicator and period. None was loaded: leave one."
    ),
}

_NEAR = N_("Perhaps you mean “{suggestion}”.")


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that was not taken: its number in the file (the header is row 1), the reason and its fields.

    `suggestion` is a near name for the reader; it is never taken as a match.
    """

    row: int
    reason: Reason
    fields: dict[str, str]
    suggestion: str | None = None


def reject_sentence(language: Language, reject: Reject) -> str:
    """The reason and what to do, in the reader's language."""
    fields = {name: _shown(value) for name, value in reject.fields.items()}
    sentence = translate(language, SENTENCES[reject.reason], **fields)
    if reject.suggestion is None:
        return sentence
    return f"{sentence} {translate(language, _NEAR, suggestion=reject.suggestion)}"


def _shown(text: str) -> str:
    return text if len(text) <= _SHOWN_LETTERS else f"{text[:_SHOWN_LETTERS]}…"


_SHOWN_LETTERS = 80


class FileRefused(DomainError):
    """A file of which nothing can be taken; nothing was loaded."""

    code = "file_refused"
    kind = RefusalKind.INVALID
    message: ClassVar[str] = N_("The file could not be read. Nothing was loaded.")


class EmptyFile(FileRefused):
    """A file without a byte or without a row below the header."""

    code = "empty_file"
    message = N_("The file is empty. Nothing was loaded: fill in at least one row below the header.")


class FileTooLarge(FileRefused):
    """More bytes or rows than one release may have. Fields: ``size``, ``limit`` with their unit."""

    code = "file_too_large"
    message = N_("The file is too large: {size}, at most {limit}. Nothing was loaded: split it into parts.")


class UnreadableText(FileRefused):
    """Bytes that are no text in any of the expected encodings."""

    code = "unreadable_text"
    message = N_("The file is not a text table. Nothing was loaded: save it as CSV (UTF-8 or Windows-1251).")


class WrongHeader(FileRefused):
    """The first row lacks columns or has unknown ones. Fields: ``missing``, ``extra``, ``expected``."""

    code = "wrong_header"
    message = N_(
        "The first row of the file does not fit. {problem} Nothing was loaded: "
        "the first row must be {expected}, separated by commas or semicolons."
    )


class DangerousFile(FileRefused):
    """Something that no table of figures needs. Field: ``what``, a message of its own."""

    code = "dangerous_file"
    message = N_("The file holds {what}. Nothing was loaded: save the figures alone, as CSV or plain XLSX.")

    def sentence(self, language: Language) -> str:
        """With the thing named in the reader's language."""
        return translate(language, self.message, what=translate(language, str(self.fields["what"])))


class BrokenTable(FileRefused):
    """A quotation mark that never closes, or a zero byte. Field: ``row``."""

    code = "broken_table"
    message = N_(
        "The table breaks off near row {row}: a quotation mark is not closed or the file is damaged. "
        "Nothing was loaded: mend the row or save the table anew."
    )
