"""Files that a messenger tells of, in the form of the Bot API."""

from collections.abc import Sequence
from typing import Any


def announced_file(url: str, **more: Any) -> dict[str, Any]:
    """A file is fetched by its address, so the address is its id here."""
    return {"file_id": url, "file_unique_id": url, **more}


def in_one_message(files: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The fields of a message that brings them: one of the Bot API holds one file, the others go ``beside``.

    >>> in_one_message([{"photo": 1}, {"document": 2}])
    {'photo': 1, 'beside': [{'document': 2}]}
    """
    first, *others = files or ({},)
    return {**first, "beside": others} if others else dict(first)
