"""Facts: what has happened, in the past tense, told to the rest of the system after the commit.

A fact is a frozen dataclass of simple fields. Its class name is its name on every wire, so renaming
one is a change of protocol.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, ClassVar

from pydantic import TypeAdapter

from core.shared.ids import FactId


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Base of all facts; subclasses register themselves by class name."""

    registry: ClassVar[dict[str, type["Fact"]]] = {}

    def __init_subclass__(cls, **keywords: object) -> None:
        # dataclass(slots=True) makes the class twice; the second, slotted one is what must stay.
        Fact.registry[cls.__name__] = cls

    @property
    def kind(self) -> str:
        """The name under which the fact travels."""
        return type(self).__name__


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedFact:
    """A fact together with the identity that makes its consumers idempotent."""

    id: FactId
    at: datetime
    fact: Fact


@cache
def _adapter(kind: str) -> TypeAdapter[Any]:
    return TypeAdapter(Fact.registry[kind])


def fact_to_json(fact: Fact) -> dict[str, Any]:
    """The fields of a fact as plain JSON values."""
    dumped: dict[str, Any] = _adapter(fact.kind).dump_python(fact, mode="json")
    return dumped


def fact_from_json(kind: str, payload: dict[str, Any]) -> Fact:
    """The fact that ``fact_to_json`` came from. Raises: KeyError for a kind nobody declared."""
    fact: Fact = _adapter(kind).validate_python(payload)
    return fact


def encode_fact(recorded: RecordedFact) -> dict[str, Any]:
    """A recorded fact as a JSON object for a wire: ``id``, ``at``, ``kind``, ``payload``."""
    return {
        "id": recorded.id,
        "at": recorded.at.isoformat(),
        "kind": recorded.fact.kind,
        "payload": fact_to_json(recorded.fact),
    }


def decode_fact(wire: dict[str, Any]) -> RecordedFact:
    """The recorded fact that ``encode_fact`` made the object from."""
    return RecordedFact(
        id=FactId(wire["id"]),
        at=datetime.fromisoformat(wire["at"]),
        fact=fact_from_json(wire["kind"], wire["payload"]),
    )
