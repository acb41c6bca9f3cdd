"""Questions about uploads."""

from sqlalchemy import select

from core.jobs import JobState, job
from core.shared.ids import PersonId, ReleaseId
from core.shared.language import as_language
from core.store import PART, Part, Reading, part_of
from core.uploads.errors import UnknownUpload
from core.uploads.model import UploadRow
from core.uploads.rules import Upload, UploadReport, UploadState


def upload_of(reading: Reading, *, upload_id: str, person_id: PersonId) -> Upload:
    """One's own upload: its report may tell of what others must not see. Raises: UnknownUpload."""
    row = reading.session.get(UploadRow, upload_id)
    if row is None or row.uploaded_by != person_id:
        raise UnknownUpload
    return as_upload(reading, row)


def uploads_of(reading: Reading, *, person_id: PersonId, first: int = 0, limit: int = PART) -> Part[Upload]:
    """One's uploads, the newest first."""
    wanted = (
        select(UploadRow)
        .where(UploadRow.uploaded_by == person_id)
        .order_by(UploadRow.created_at.desc(), UploadRow.id.desc())
    )
    return part_of(reading, wanted, first=first, limit=limit).map(lambda row: as_upload(reading, row[0]))


def upload_content(reading: Reading, *, upload_id: str) -> tuple[Upload, bytes]:
    """An upload with its bytes, for the worker. Raises: UnknownUpload, also once the bytes are gone."""
    row = reading.session.get(UploadRow, upload_id)
    if row is None or row.content is None:
        raise UnknownUpload
    return as_upload(reading, row), row.content


def job_key(row: UploadRow) -> str:
    """The key of the job that the upload waits for."""
    return f"upload:{row.id}:{row.attempt}"


def state_now(reading: Reading, row: UploadRow) -> UploadState:
    """The state; one whose job has failed for good has failed."""
    state = UploadState(row.state)
    if not state.is_under_way:
        return state
    found = job(reading, key=job_key(row))
    return UploadState.FAILED if found is not None and found.state is JobState.FAILED else state


def as_upload(reading: Reading, row: UploadRow) -> Upload:
    """The row as a value that may leave the folder."""
    return Upload(
        id=row.id,
        uploaded_by=PersonId(row.uploaded_by),
        language=as_language(row.language),
        file_name=row.file_name,
        size_bytes=row.size_bytes,
        state=state_now(reading, row),
        percent=row.percent,
        created_at=row.created_at,
        report=None if row.report is None else UploadReport.from_json(row.report),
        refusal=row.refusal,
        accept_reason=row.accept_reason,
        release_id=None if row.release_id is None else ReleaseId(row.release_id),
        vintage=row.vintage,
    )
