"""Files: content kept under its own hash, and the thing whose rights it has."""

from core.files.commands import attach_file, drop_files, register_file
from core.files.contents import FileDamaged, drop_content, has_content, keep_content, read_content
from core.files.kinds import CHOOSABLE, PICTURES, UnwelcomeFile, picture_type
from core.files.metadata import DamagedPicture
from core.files.queries import file_parents, stored_file
from core.files.rules import FILE_FIELDS, FILE_SIGNS, KeptContent, StoredFile, UnknownFile, file_keys
from core.files.sweeping import sweep_files
from core.files.uploads import (
    FILE_LIMIT_MB,
    MEGABYTE,
    PICTURE_LIMIT_MB,
    FileTooLarge,
    keep_upload,
    refuse_too_large,
)

__all__ = [
    "CHOOSABLE",
    "FILE_FIELDS",
    "FILE_LIMIT_MB",
    "FILE_SIGNS",
    "MEGABYTE",
    "PICTURES",
    "PICTURE_LIMIT_MB",
    "DamagedPicture",
    "FileDamaged",
    "FileTooLarge",
    "KeptContent",
    "StoredFile",
    "UnknownFile",
    "UnwelcomeFile",
    "attach_file",
    "drop_content",
    "drop_files",
    "file_keys",
    "file_parents",
    "has_content",
    "keep_content",
    "keep_upload",
    "picture_type",
    "read_content",
    "refuse_too_large",
    "register_file",
    "stored_file",
    "sweep_files",
]
