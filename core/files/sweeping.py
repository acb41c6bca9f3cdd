"""Bytes that no row points to: left by a crash between disk and database, or by a letter never sent."""

import logging
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from core.files.queries import known_files
from core.files.rules import is_key
from core.store import Database

log = logging.getLogger(__name__)

_AT_ONCE = 500
# What ``keep_content`` writes into, and what the sweep takes aside before it looks once more.
_PARTIAL, _ASIDE = ".part", ".swept"


def sweep_files(database: Database, directory: Path, *, before: datetime) -> int:
    """Take from the disk what was last kept before this moment and no row points to; how many files."""
    old = [path for path in _files(directory) if _kept_before(path, before)]
    sizes: list[int] = []
    for start in range(0, len(old), _AT_ONCE):
        batch = old[start : start + _AT_ONCE]
        known = database.read(known_files, keys=[path.name for path in batch])
        swept = (_sweep(path, before) for path in batch if path.name not in known)
        sizes += [size_bytes for size_bytes in swept if size_bytes is not None]
    if sizes:
        log.info("files_swept files=%s bytes=%s", len(sizes), sum(sizes))
    return len(sizes)


def _files(directory: Path) -> Iterator[Path]:
    """What is ours to judge; anything else in the folder was put there by somebody else."""
    for path in directory.glob("??/*"):
        if is_key(path.name) or path.suffix in {_PARTIAL, _ASIDE}:
            yield path


def _kept_before(path: Path, moment: datetime) -> bool:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC) < moment
    except FileNotFoundError:
        return False


def _sweep(path: Path, before: datetime) -> int | None:
    """Its size, None if it stays.

    Set aside first: whoever keeps the same bytes in this instant has either touched them before, which is
    seen now, or finds none and writes them anew.
    """
    aside = path.with_suffix(_ASIDE)
    with suppress(FileNotFoundError):
        path.rename(aside)
        if not _kept_before(aside, before):
            aside.rename(path)
            return None
        size_bytes = aside.stat().st_size
        aside.unlink()
        return size_bytes
    return None
