"""The jobs of uploads: saying what a file would do, and recording it.

A worker that dies loses nothing: the check is made anew, and a release and the end of its upload are one
commit.
"""

import logging
import time
from collections.abc import Callable, Sequence

from analytics.importing import SOURCE, Checked, RowNote, check_content
from analytics.jobs.context import context
from core.indicators import record_release
from core.jobs import Job, drop_job, fail_job, finish_job, renew_job, take_job
from core.shared.errors import DomainError
from core.store import Database, UnitOfWork
from core.uploads import (
    MOST_NOTES,
    Notes,
    UnknownUpload,
    Upload,
    UploadReport,
    finish_upload,
    refuse_upload,
    report_upload,
    settle_check,
    upload_content,
)

log = logging.getLogger(__name__)

_TELL_EVERY_S = 0.25
# Rows are read by then; what is left is the comparison with what is known.
_READ = 0.9


class _Stop(Exception):
    """The upload was cancelled, or another worker has it."""


def check_upload(key: str) -> None:
    """Read the file of an upload and report. Safe to run twice and to die anywhere."""
    _worked(key, _check)


def load_upload_file(key: str) -> None:
    """Record a checked file. Safe to run twice and to die anywhere."""
    _worked(key, _load)


def _worked(key: str, body: Callable[[Database, Job, Upload, Checked], None]) -> None:
    database = context().database
    job = database.run(take_job, key=key, holder=context().holder)
    if job is None:
        log.info("job_not_taken key=%s", key)
        return
    try:
        _work(database, job, body)
    except (_Stop, UnknownUpload):
        log.info("upload_stopped key=%s", key)
        database.run(drop_job, key=key, holder=context().holder)
    except Exception as error:
        log.exception("job_failed key=%s attempt=%s", key, job.attempts)
        database.run(fail_job, key=key, failure=f"{type(error).__name__}: {error}")
        raise


def _work(database: Database, job: Job, body: Callable[[Database, Job, Upload, Checked], None]) -> None:
    upload, content = database.read(upload_content, upload_id=job.arguments["upload_id"])
    try:
        body(database, job, upload, _checked(database, job, upload, content))
    except DomainError as refused:
        log.info("upload_refused key=%s code=%s", job.key, refused.code)
        database.run(_refuse, job=job, upload=upload, refused=refused)


def _checked(database: Database, job: Job, upload: Upload, content: bytes) -> Checked:
    return check_content(
        database,
        content,
        title=upload.file_name,
        person_id=upload.uploaded_by,
        language=upload.language,
        report=_teller(database, job, upload.id),
    )


def _check(database: Database, job: Job, upload: Upload, checked: Checked) -> None:
    def settle(uow: UnitOfWork) -> None:
        settle_check(uow, upload_id=upload.id, report=_report(checked))
        finish_job(uow, key=job.key)

    database.run(settle)


def _load(database: Database, job: Job, upload: Upload, checked: Checked) -> None:
    def load(uow: UnitOfWork) -> None:
        recorded = record_release(
            uow,
            source=SOURCE,
            digest=checked.digest,
            title=upload.file_name,
            values=checked.values,
            recorded_by=upload.uploaded_by,
            rejected=len(checked.rejects),
            doubtful=checked.doubtful,
            accept_doubtful=upload.accept_reason,
        )
        report = _report(checked, held=upload.accept_reason is None, already=recorded.already)
        if not finish_upload(uow, upload_id=upload.id, release=recorded.release, report=report):
            raise _Stop
        finish_job(uow, key=job.key)

    database.run(load)


def _refuse(uow: UnitOfWork, *, job: Job, upload: Upload, refused: DomainError) -> None:
    refuse_upload(uow, upload_id=upload.id, refusal=refused.sentence(upload.language))
    finish_job(uow, key=job.key)


def _report(checked: Checked, *, held: bool = True, already: bool = False) -> UploadReport:
    return UploadReport(
        total=checked.total,
        new=checked.new,
        revised=checked.revised,
        unchanged=checked.unchanged,
        held=len(checked.doubtful) if held and not already else 0,
        rejects=_notes(checked.rejects),
        jumps=_notes(checked.jumps),
        revisions=_notes(checked.revisions),
        already=already,
    )


def _notes(notes: Sequence[RowNote]) -> Notes:
    shown = tuple((note.row, str(note.code), note.sentence) for note in notes[:MOST_NOTES])
    return Notes(count=len(notes), shown=shown)


def _teller(database: Database, job: Job, upload_id: str) -> Callable[[float], None]:
    """Writes progress and renews the lease a few times a second; raises _Stop when the work is not wanted."""
    told = 0.0

    def tell(share: float) -> None:
        nonlocal told
        if share and time.monotonic() - told < _TELL_EVERY_S:
            return
        told = time.monotonic()
        if not database.run(_told, key=job.key, upload_id=upload_id, percent=round(100 * _READ * share)):
            raise _Stop

    return tell


def _told(uow: UnitOfWork, *, key: str, upload_id: str, percent: int) -> bool:
    return renew_job(uow, key=key, holder=context().holder) and report_upload(
        uow, upload_id=upload_id, percent=percent
    )
