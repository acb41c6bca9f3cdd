"""Use cases of uploads: a file comes, a worker checks it, the person has it loaded or lets it go."""

from datetime import timedelta
from typing import Any

from sqlalchemy import update

from core.identity import Action, viewer_of
from core.indicators import Release
from core.jobs import add_job, finish_job
from core.shared.doors import OVER_TABLES, Actor, Door, reached
from core.shared.errors import Forbidden, checked_text
from core.shared.ids import PersonId, new_id
from core.shared.language import Language
from core.spaces import territories_where
from core.store import UnitOfWork
from core.uploads.errors import NothingToLoad, UnknownUpload, UploadTooLarge
from core.uploads.model import UploadRow
from core.uploads.queries import job_key, state_now
from core.uploads.rules import UploadReport, UploadState

CHECK_UPLOAD = "check_upload"
"""Kind of the job that reads a file and says what loading it would do."""

LOAD_UPLOAD = "load_upload"
"""Kind of the job that records a checked file as a release."""

MOST_MEGABYTES = 10
MOST_BYTES = MOST_MEGABYTES * 1024 * 1024
KEPT = timedelta(days=7)
"""How long a checked file waits for its person."""

_NAME_LIMIT = 200
_REASON_LIMIT = 500
_UNDER_WAY = (UploadState.CHECKING, UploadState.LOADING)


@reached(
    Actor.OFFICIAL,
    Door.CONSOLE,
    closed={Door.BOT: OVER_TABLES, Door.API: "a program loads by ./run import"},
)
def begin_upload(
    uow: UnitOfWork, *, person_id: PersonId, file_name: str, content: bytes, language: Language
) -> str:
    """Take a file and have it checked; nothing is loaded yet. Returns the id of the upload.

    language: of its report. Raises: Forbidden for who loads no data anywhere, UploadTooLarge, Empty.
    """
    viewer = viewer_of(uow, person_id=person_id)
    if not territories_where(uow, viewer, Action.LOAD_DATA):
        raise Forbidden
    if not 0 < len(content) <= MOST_BYTES:
        raise UploadTooLarge(limit=MOST_MEGABYTES)
    row = UploadRow(
        id=new_id(),
        uploaded_by=person_id,
        language=language,
        file_name=checked_text(file_name[-_NAME_LIMIT:], limit=_NAME_LIMIT),
        size_bytes=len(content),
        content=content,
        state=UploadState.CHECKING,
        percent=0,
        attempt=1,
        created_at=uow.now,
    )
    uow.session.add(row)
    uow.session.flush()
    add_job(uow, key=job_key(row), kind=CHECK_UPLOAD, arguments={"upload_id": row.id})
    uow.audit("upload_begun", actor=person_id, subject=f"upload:{row.id}")
    return row.id


@reached(
    Actor.OFFICIAL,
    Door.CONSOLE,
    closed={Door.BOT: OVER_TABLES, Door.API: "a program loads by ./run import"},
)
def load_upload(
    uow: UnitOfWork, *, upload_id: str, person_id: PersonId, accept_reason: str | None = None
) -> None:
    """Have a checked file recorded as a release; said twice, it is loaded once.

    accept_reason: why values that look wrong are published at once; None holds them.
    Raises: UnknownUpload, NothingToLoad, Empty, TooLong.
    """
    row = _own(uow, upload_id, person_id)
    if row.state in {UploadState.LOADING, UploadState.LOADED}:
        return
    report = None if row.report is None else UploadReport.from_json(row.report)
    if row.state != UploadState.CHECKED or report is None or not report.loadable:
        raise NothingToLoad
    row.accept_reason = None if accept_reason is None else checked_text(accept_reason, limit=_REASON_LIMIT)
    row.state, row.percent, row.attempt = UploadState.LOADING, 0, row.attempt + 1
    uow.session.flush()
    add_job(uow, key=job_key(row), kind=LOAD_UPLOAD, arguments={"upload_id": row.id})


@reached(
    Actor.OFFICIAL,
    Door.CONSOLE,
    closed={Door.BOT: OVER_TABLES, Door.API: "a program loads by ./run import"},
)
def cancel_upload(uow: UnitOfWork, *, upload_id: str, person_id: PersonId) -> bool:
    """Let a file go that is not loaded yet; False if it is too late. Raises: UnknownUpload."""
    row = _own(uow, upload_id, person_id)
    key = job_key(row)
    if not _end(uow, upload_id, UploadState.CANCELLED, of=(*_UNDER_WAY, UploadState.CHECKED)):
        return False
    finish_job(uow, key=key)
    uow.audit("upload_cancelled", actor=person_id, subject=f"upload:{upload_id}")
    return True


def report_upload(uow: UnitOfWork, *, upload_id: str, percent: int) -> bool:
    """How far the worker is; False if the upload was cancelled meanwhile: stop working on it."""
    mine = (UploadRow.id == upload_id, UploadRow.state.in_(_UNDER_WAY))
    return uow.changed(update(UploadRow).where(*mine).values(percent=percent)) == 1


def settle_check(uow: UnitOfWork, *, upload_id: str, report: UploadReport) -> bool:
    """The file has been read: this is what loading it would do. False if it was cancelled meanwhile."""
    mine = (UploadRow.id == upload_id, UploadRow.state == UploadState.CHECKING)
    values = {"state": UploadState.CHECKED, "report": report.to_json(), "percent": 100}
    return uow.changed(update(UploadRow).where(*mine).values(**values)) == 1


def refuse_upload(uow: UnitOfWork, *, upload_id: str, refusal: str) -> None:
    """The file cannot be used, for this reason in its person's language."""
    _end(uow, upload_id, UploadState.REFUSED, refusal=refusal)


def finish_upload(uow: UnitOfWork, *, upload_id: str, release: Release, report: UploadReport) -> bool:
    """The release is recorded, in this same commit; False if the upload was cancelled: roll it back."""
    return _end(
        uow,
        upload_id,
        UploadState.LOADED,
        percent=100,
        release_id=release.id,
        vintage=release.vintage,
        report=report.to_json(),
    )


def drop_stale_uploads(uow: UnitOfWork) -> int:
    """Let go of files that nobody has come back for; how many. Run by the clock."""
    stale = (UploadRow.content.is_not(None), UploadRow.created_at < uow.now - KEPT)
    return uow.changed(update(UploadRow).where(*stale).values(state=UploadState.CANCELLED, content=None))


def _own(uow: UnitOfWork, upload_id: str, person_id: PersonId) -> UploadRow:
    row = uow.session.get(UploadRow, upload_id, with_for_update=True)
    if row is None or row.uploaded_by != person_id:
        raise UnknownUpload
    if state_now(uow, row) is UploadState.FAILED:
        row.state = UploadState.CANCELLED
        row.content = None
        uow.session.flush()
    return row


def _end(
    uow: UnitOfWork,
    upload_id: str,
    state: UploadState,
    *,
    of: tuple[UploadState, ...] = _UNDER_WAY,
    **values: Any,
) -> bool:
    """Nobody needs the bytes of an upload that is over."""
    uow.session.flush()
    mine = (UploadRow.id == upload_id, UploadRow.state.in_(of))
    return uow.changed(update(UploadRow).where(*mine).values(state=state, content=None, **values)) == 1
