"""Every word that a person may see is in the Russian catalogue."""

import ast
from pathlib import Path

import pytest

from app.catalogue import merge_parts

ROOT = Path(__file__).resolve().parents[2]


def marked_words(folder: str) -> set[str]:
    """First arguments of all calls of ``N_`` in a folder."""
    return {
        str(node.args[0].value)
        for path in (ROOT / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "N_"
        and isinstance(node.args[0], ast.Constant)
    }


@pytest.mark.parametrize("folder", ["bots", "messengers", "notifications", "app"])
def test_every_marked_sentence_has_a_russian_one(folder: str) -> None:
    catalogue, _ = merge_parts(sorted((ROOT / "locale/ru/parts").glob("*.po")), language="ru")
    known = {part for message in catalogue for part in _ids(message.id) if message.string}

    assert marked_words(folder) - known == set()


def _ids(message_id: object) -> tuple[str, ...]:
    return tuple(message_id) if isinstance(message_id, tuple | list) else (str(message_id),)
