"""Builds the message catalogue that Django and the core read: one .mo for each language.

Each folder keeps its words in `locale/LANGUAGE/parts/FOLDER.po`, so that two people seldom edit one file. The
parts are merged and compiled at the start of a process when they changed, by babel: a bare machine has no
msgfmt. English needs no file, its words are the message ids.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALE_FOLDER = Path(__file__).resolve().parent.parent / "locale"


def compile_catalogues(folder: Path = LOCALE_FOLDER) -> list[str]:
    """Compile what is stale in `folder`; returns the languages compiled.

    Safe when several processes start at once: each replaces the file whole.
    """
    return [language.name for language in sorted(folder.glob("*/")) if _compile(language)]


def merge_parts(parts: Sequence[Path], *, language: str) -> tuple[Catalog, list[str]]:
    """Return one catalogue of all parts, and a sentence for every message that two parts word differently.

    The first part (by file name) decides such a message.
    """
    merged = Catalog(locale=language, fuzzy=False)
    origin: dict[object, Path] = {}
    conflicts: list[str] = []
    for part in sorted(parts):
        with part.open("rb") as source:
            messages = list(read_po(source, locale=language, abort_invalid=True))
        for message in messages:
            if not message.id or message.fuzzy:
                continue
            known = merged.get(_key(message), message.context)
            if known is None:
                merged[message.id] = message
                origin[known_key(message)] = part
            elif known.string != message.string:
                first = origin[known_key(message)].name
                conflicts.append(
                    f"{message.id!r}: {known.string!r} in {first}, {message.string!r} in {part.name}"
                )
    return merged, conflicts


def known_key(message: Message) -> tuple[str, str | None]:
    """Return what makes a message unique in a catalogue: its id and its context."""
    return _key(message), message.context


def _key(message: Message) -> str:
    return message.id[0] if isinstance(message.id, (list, tuple)) else message.id


def _compile(language: Path) -> bool:
    parts = sorted((language / "parts").glob("*.po"))
    if not parts:
        return False
    target = language / "LC_MESSAGES" / "django.mo"
    fingerprint = hashlib.sha256(
        b"".join(part.name.encode() + part.read_bytes() for part in parts)
    ).hexdigest()
    mark = target.with_suffix(".mo.sha256")
    if target.exists() and mark.exists() and mark.read_text(encoding="ascii") == fingerprint:
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    catalogue, _ = merge_parts(parts, language=language.name)
    partial = target.with_suffix(f".{os.getpid()}")
    with partial.open("wb") as output:
        write_mo(output, catalogue)
    partial.replace(target)
    partial.write_text(fingerprint, encoding="ascii")
    partial.replace(mark)
    return True
