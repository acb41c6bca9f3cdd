"""What an upload is and where it stands: values and pure decisions."""

from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from core.shared.ids import PersonId, ReleaseId
from core.shared.language import Language

MOST_NOTES = 300
"""Notes of one sort that a report keeps; how many there were stands beside them."""


class UploadState(StrEnum):
    """Where an upload stands."""

    CHECKING = "checking"
    # The report lies before the person, nothing is loaded.
    CHECKED = "checked"
    LOADING = "loading"
    LOADED = "loaded"
    # The file is no table that can be read.
    REFUSED = "refused"
    CANCELLED = "cancelled"
    FAILED = "failed"

    @property
    def is_under_way(self) -> bool:
        """Whether a worker has it, or will."""
        return self in {UploadState.CHECKING, UploadState.LOADING}


@dataclass(frozen=True, slots=True, kw_only=True)
class Notes:
    """Notes about rows: (row, code, sentence) of the first ones, and how many there are."""

    count: int = 0
    shown: tuple[tuple[int, str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadReport:
    """What loading the file would do, or has done. Counts are of values, `total` of rows.

    `held`: values that look wrong and wait for a decision after loading. `already`: this very file was
    loaded before.
    """

    total: int
    new: int
    revised: int
    unchanged: int
    held: int
    rejects: Notes
    jumps: Notes
    revisions: Notes
    already: bool = False

    def to_json(self) -> dict[str, Any]:
        """As it is stored."""
        return asdict(self)

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> "UploadReport":
        """Read what ``to_json`` wrote."""
        notes = {
            name: Notes(
                count=body[name]["count"],
                shown=tuple((row, code, sentence) for row, code, sentence in body[name]["shown"]),
            )
            for name in ("rejects", "jumps", "revisions")
        }
        return cls(**{**body, **notes})

    @property
    def loadable(self) -> bool:
        """Whether loading would change anything at all."""
        return self.new + self.revised + self.unchanged + self.held > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file that a person has brought. ``percent`` is of the work under way; ``refusal`` is in words."""

    id: str
    uploaded_by: PersonId
    language: Language
    file_name: str
    size_bytes: int
    state: UploadState
    percent: int
    created_at: datetime
    report: UploadReport | None
    refusal: str
    accept_reason: str | None
    release_id: ReleaseId | None
    vintage: int | None
