"""The one way in for files that people send: by a page, by the API's callers, by a messenger."""

from pathlib import Path
from typing import Final

from core.files.contents import keep_content
from core.files.kinds import PICTURES, file_name, media_type_of
from core.files.metadata import without_metadata
from core.files.rules import KeptContent
from core.shared.errors import Invalid
from core.shared.language import N_

MEGABYTE: Final = 1_000_000
# As in Telegram: photos of at most 10 MB are shown, files of at most 20 MB can be fetched by a bot.
PICTURE_LIMIT_MB: Final = 10
FILE_LIMIT_MB: Final = 20


class FileTooLarge(Invalid):
    """More bytes than we keep. Field: ``limit``, in megabytes."""

    code = "file_too_large"
    message = N_("The file is larger than {limit} MB. Send a smaller one.")


def refuse_too_large(size_bytes: int | None) -> None:
    """Look at the announced size before the bytes are fetched. Raises: FileTooLarge."""
    if (size_bytes or 0) > FILE_LIMIT_MB * MEGABYTE:
        raise FileTooLarge(limit=FILE_LIMIT_MB)


def keep_upload(directory: Path, content: bytes, *, name: str) -> KeptContent:
    """Look at a file, take a camera's notes off a picture, and write it.

    Raises: FileTooLarge, UnwelcomeFile, DamagedPicture; nothing is written then.
    """
    refuse_too_large(len(content))
    media_type = media_type_of(content, name=name)
    if media_type in PICTURES:
        if len(content) > PICTURE_LIMIT_MB * MEGABYTE:
            raise FileTooLarge(limit=PICTURE_LIMIT_MB)
        content = without_metadata(content)
    return KeptContent(
        key=keep_content(directory, content),
        media_type=media_type,
        size_bytes=len(content),
        name=file_name(name, media_type),
    )
