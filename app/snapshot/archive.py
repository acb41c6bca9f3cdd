"""The form of a snapshot: a tar.gz of `manifest.json`, `tables/NAME.jsonl` and `files/KEY`."""

from __future__ import annotations

import hashlib
import re
import tarfile
from pathlib import Path, PurePosixPath

from pydantic import BaseModel, ConfigDict, ValidationError

MANIFEST = "manifest.json"
FORMAT = 1

_CHUNK_BYTES = 1 << 20
_NAME = re.compile(r"tables/[a-z_]+\.jsonl|files/[\w.-]+(/[\w.-]+)*")


class DamagedSnapshotError(Exception):
    """The file is no snapshot, or not the one that was written."""


class Member(BaseModel):
    """One file inside a snapshot. `rows` counts the lines of a table."""

    model_config = ConfigDict(frozen=True)

    sha256: str
    size: int
    rows: int | None = None


class Manifest(BaseModel):
    """What a snapshot holds. `step` is the migration its tables stood at, `made_at` an ISO moment."""

    model_config = ConfigDict(frozen=True)

    format: int
    made_at: str
    step: str
    members: dict[str, Member]


def describe(path: Path, *, rows: int | None = None) -> Member:
    """Return the size and the hash of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as source:
        while chunk := source.read(_CHUNK_BYTES):
            digest.update(chunk)
    return Member(sha256=digest.hexdigest(), size=path.stat().st_size, rows=rows)


def unpack(archive: Path, folder: Path) -> Manifest:
    """Unpack a snapshot into an empty folder and check every hash. Raises: DamagedSnapshotError."""
    try:
        with tarfile.open(archive, "r:gz") as source:
            manifest = _manifest(source)
            for entry in source:
                _unpack_member(source, entry, manifest, folder)
    except (tarfile.TarError, EOFError, OSError) as error:
        raise DamagedSnapshotError(f"{archive} cannot be read: {error}") from error
    missing = [name for name in manifest.members if not (folder / name).is_file()]
    if missing:
        raise DamagedSnapshotError(f"{archive} lacks {missing[0]}")
    return manifest


def _manifest(source: tarfile.TarFile) -> Manifest:
    first = source.next()
    content = source.extractfile(first) if first and first.name == MANIFEST else None
    if content is None:
        raise DamagedSnapshotError("the file does not begin with a manifest: it is no backup of Strategy24")
    try:
        manifest = Manifest.model_validate_json(content.read())
    except ValidationError as error:
        raise DamagedSnapshotError("the manifest cannot be read") from error
    if manifest.format != FORMAT:
        raise DamagedSnapshotError(f"the form {manifest.format} is not known to this version")
    return manifest


def _unpack_member(source: tarfile.TarFile, entry: tarfile.TarInfo, manifest: Manifest, folder: Path) -> None:
    if entry.name == MANIFEST:
        return
    expected = manifest.members.get(entry.name)
    # A name from outside becomes a path only if it can lead nowhere else.
    harmless = _NAME.fullmatch(entry.name) and ".." not in PurePosixPath(entry.name).parts
    content = source.extractfile(entry) if entry.isreg() and harmless and expected else None
    if content is None or expected is None:
        raise DamagedSnapshotError(f"{entry.name} does not belong into a backup")
    target = folder / entry.name
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as output:
        while chunk := content.read(_CHUNK_BYTES):
            output.write(chunk)
    found = describe(target)
    if (found.sha256, found.size) != (expected.sha256, expected.size):
        raise DamagedSnapshotError(f"{entry.name} is not what was written: its hash differs")
