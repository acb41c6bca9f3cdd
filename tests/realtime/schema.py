"""docs/asyncapi.json as the judge of frames."""

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "asyncapi.json"


@cache
def document() -> dict[str, Any]:
    """The AsyncAPI document."""
    loaded: dict[str, Any] = json.loads(DOCUMENT.read_text(encoding="utf-8"))
    return loaded


def operations(action: str) -> set[str]:
    """Names of the messages that the hub receives (``ask``) or sends (``tell``)."""
    references = document()["operations"][action]["messages"]
    return {reference["$ref"].rpartition("/")[2] for reference in references}


@cache
def _validator(name: str) -> Draft202012Validator:
    payload = document()["components"]["messages"][name]["payload"]
    return Draft202012Validator({**payload, "components": document()["components"]})


def complaints(action: str, messages: Iterable[dict[str, Any]]) -> list[str]:
    """What the document says against these messages, in words."""
    known = operations(action)
    found = []
    for message in messages:
        if message.get("op") not in known:
            found.append(f"{message.get('op')} is in no schema")
            continue
        errors = _validator(message["op"]).iter_errors(message)
        found += [f"{message['op']}: {error.message} at {error.json_path}" for error in errors]
    return found
