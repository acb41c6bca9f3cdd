"""Which files are taken from people: told by their bytes, not by what their name says."""

import io
import unicodedata
import zipfile

from core.shared.errors import Invalid
from core.shared.language import N_

PICTURES = ("image/png", "image/jpeg")
PDF, RTF, TEXT, CSV = "application/pdf", "application/rtf", "text/plain", "text/csv"
NAME_LIMIT = 120

_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
_ZIP, _OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# How a file begins, whatever its name says.
_PICTURE_BEGINNINGS = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
_BEGINNINGS = {**_PICTURE_BEGINNINGS, b"%PDF-": PDF, b"{\\rtf": RTF}
# The folder in a modern office file that tells what it is.
_OFFICE_FOLDERS = {
    "word/": f"{_OFFICE}wordprocessingml.document",
    "xl/": f"{_OFFICE}spreadsheetml.sheet",
    "ppt/": f"{_OFFICE}presentationml.presentation",
}
_MACROS = "vbaproject.bin"
# Their bytes tell only the family, so the name must say which of it.
_OLD_BY_NAME = {
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "ppt": "application/vnd.ms-powerpoint",
}
_TEXT_BY_NAME = {"txt": TEXT, "csv": CSV}
_ENDINGS = {
    "image/png": ("png",),
    "image/jpeg": ("jpg", "jpeg"),
    PDF: ("pdf",),
    RTF: ("rtf",),
    f"{_OFFICE}wordprocessingml.document": ("docx",),
    f"{_OFFICE}spreadsheetml.sheet": ("xlsx",),
    f"{_OFFICE}presentationml.presentation": ("pptx",),
    f"{_OPEN_DOCUMENT}text": ("odt",),
    f"{_OPEN_DOCUMENT}spreadsheet": ("ods",),
    f"{_OPEN_DOCUMENT}presentation": ("odp",),
    **{kind: (ending,) for ending, kind in (_OLD_BY_NAME | _TEXT_BY_NAME).items()},
}
# For the field of a form that lets one choose a file.
CHOOSABLE = ",".join(f".{ending}" for endings in _ENDINGS.values() for ending in endings)


class UnwelcomeFile(Invalid):
    """A kind of file that is not taken: a program, a page, an archive, an office file with macros."""

    code = "unwelcome_file"
    message = N_(
        "Such a file is not taken. Send a photo (JPEG, PNG) or a document: PDF, Word, Excel, PowerPoint, "
        "OpenDocument, text."
    )


def picture_type(content: bytes) -> str | None:
    """The media type of a picture that every messenger shows, None for anything else.

    >>> picture_type(b"\\xff\\xd8\\xff\\xe0"), picture_type(b"<svg>")
    ('image/jpeg', None)
    """
    return next((kind for start, kind in _PICTURE_BEGINNINGS.items() if content.startswith(start)), None)


def media_type_of(content: bytes, *, name: str) -> str:
    """The media type. Raises: UnwelcomeFile.

    >>> media_type_of(b"%PDF-1.7", name="smeta.exe")
    'application/pdf'
    """
    for start, kind in _BEGINNINGS.items():
        if content.startswith(start):
            return kind
    ending = _ending(name)
    found = None
    if content.startswith(_ZIP):
        found = _open_document(content) or _modern_office(content)
    elif content.startswith(_OLD_OFFICE):
        found = _OLD_BY_NAME.get(ending)
    elif ending in _TEXT_BY_NAME and _is_text(content):
        found = _TEXT_BY_NAME[ending]
    if found is None:
        raise UnwelcomeFile
    return found


def file_name(name: str, media_type: str) -> str:
    """A name that any system can store and that ends as the file's kind does.

    >>> file_name("C:\\\\docs\\\\smeta.exe", PDF), file_name("", "image/png")
    ('smeta.exe.pdf', 'file.png')
    """
    last = name.replace("\\", "/").rpartition("/")[2]
    # Control characters, and those that turn the direction of writing: «gpj.exe» must not look otherwise.
    shown = "".join(sign for sign in last if unicodedata.category(sign) not in {"Cc", "Cf", "Cs", "Co"})
    stem = shown.strip(" .") or "file"
    endings = _ENDINGS[media_type]
    if _ending(stem) in endings:
        stem, _, ending = stem.rpartition(".")
    else:
        ending = endings[0]
    return f"{stem[: NAME_LIMIT - len(ending) - 1]}.{ending}"


def _ending(name: str) -> str:
    return name.rpartition(".")[2].lower()


def _open_document(content: bytes) -> str | None:
    """An OpenDocument says what it is in its first entry, which is not compressed (OpenDocument 1.3, 3.3)."""
    if content[30:38] != b"mimetype":
        return None
    said = content[38:110].partition(b"PK")[0].decode("ascii", "replace")
    return said if said in _ENDINGS else None


def _modern_office(content: bytes) -> str | None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = [name.lower() for name in archive.namelist()]
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return None
    if "[content_types].xml" not in names or any(name.endswith(_MACROS) for name in names):
        return None
    return next(
        (kind for folder, kind in _OFFICE_FOLDERS.items() if any(name.startswith(folder) for name in names)),
        None,
    )


def _is_text(content: bytes) -> bool:
    if b"\x00" in content:
        return False
    for encoding in ("utf-8", "windows-1251"):
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False
