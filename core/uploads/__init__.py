"""Uploads: a file of data from a person's browser, checked first, loaded when the person says so."""

from core.uploads.commands import (
    CHECK_UPLOAD,
    LOAD_UPLOAD,
    MOST_BYTES,
    begin_upload,
    cancel_upload,
    drop_stale_uploads,
    finish_upload,
    load_upload,
    refuse_upload,
    report_upload,
    settle_check,
)
from core.uploads.errors import NothingToLoad, UnknownUpload, UploadTooLarge
from core.uploads.queries import upload_content, upload_of, uploads_of
from core.uploads.rules import MOST_NOTES, Notes, Upload, UploadReport, UploadState
from core.uploads.template import next_period, upload_template

__all__ = [
    "CHECK_UPLOAD",
    "LOAD_UPLOAD",
    "MOST_BYTES",
    "MOST_NOTES",
    "Notes",
    "NothingToLoad",
    "UnknownUpload",
    "Upload",
    "UploadReport",
    "UploadState",
    "UploadTooLarge",
    "begin_upload",
    "cancel_upload",
    "drop_stale_uploads",
    "finish_upload",
    "load_upload",
    "next_period",
    "refuse_upload",
    "report_upload",
    "settle_check",
    "upload_content",
    "upload_of",
    "upload_template",
    "uploads_of",
]
