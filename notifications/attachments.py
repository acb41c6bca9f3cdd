"""The files of what is sent, from the folder where they lie."""

import logging
from pathlib import Path

from core.files import FileDamaged, UnknownFile, file_keys, picture_type, read_content
from core.shared.language import N_, Language, translate
from core.store import StreamEvent
from messengers import Document, Photo

log = logging.getLogger(__name__)


def content_of(files: Path, key: str) -> bytes | None:
    """The bytes, None where they are lost: that must not hold a message back, the words go alone."""
    try:
        return read_content(files, key)
    except (UnknownFile, FileDamaged):
        log.warning("file_lost key=%s", key)
        return None


def attached_file(files: Path, event: StreamEvent, language: Language) -> Photo | Document | None:
    """The photo or document that goes with a message of a conversation."""
    for key in file_keys(event.body):
        content = content_of(files, key)
        if content is None:
            continue
        if "document" in event.body:
            return Document(content=content, file_name=event.body["document"]["name"], key=key)
        alt = translate(language, N_("A photo from {name}"), name=event.body["name"])
        kind = "png" if picture_type(content) == "image/png" else "jpg"
        return Photo(content=content, file_name=f"photo.{kind}", alt=alt, key=key)
    return None
