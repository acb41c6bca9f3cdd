"""Files: content kept under its own hash, and the thing whose rights it has."""

from core.files.commands import drop_files, register_file
from core.files.contents import FileDamaged, drop_content, keep_content, read_content
from core.files.queries import file_parents, stored_file
from core.files.rules import KeptContent, StoredFile, UnknownFile, picture_type

__all__ = [
    "FileDamaged",
    "KeptContent",
    "StoredFile",
    "UnknownFile",
    "drop_content",
    "drop_files",
    "file_parents",
    "keep_content",
    "picture_type",
    "read_content",
    "register_file",
    "stored_file",
]
