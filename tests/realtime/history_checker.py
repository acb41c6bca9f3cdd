"""Judges a history: what was written, what was acknowledged, what each reader saw, what is stored.

The promises in one place (for chat messages): an acknowledged message is never lost nor stored twice;
there is one gapless order; each reader sees it whole and in that order from where they began; nothing
appears that nobody wrote. Pure: it takes records and gives sentences, so every test may use it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Written:
    """A message somebody tried to write; ``seq`` is None if it was never acknowledged."""

    client_id: str
    text: str
    seq: int | None


@dataclass(frozen=True, slots=True)
class Seen:
    """A message as it is stored or as a reader saw it."""

    seq: int
    client_id: str | None
    text: str


@dataclass(frozen=True, slots=True)
class View:
    """What one reader saw, in the order of seeing, of everything after ``since``."""

    since: int
    seen: Sequence[Seen]


def complaints(written: Iterable[Written], stored: Sequence[Seen], views: Mapping[str, View]) -> list[str]:
    """Every broken promise as a sentence; none if all were kept."""
    attempts = list(written)
    found = [*_of_storage(attempts, stored), *_of_order(stored)]
    for reader, view in views.items():
        found += [f"{reader}: {problem}" for problem in _of_view(view, stored)]
    return found


def _of_storage(attempts: Sequence[Written], stored: Sequence[Seen]) -> Iterable[str]:
    kept = {message.client_id: message for message in stored}
    for client_id, times in Counter(message.client_id for message in stored).items():
        if times > 1:
            yield f"{client_id} is stored {times} times"
    for attempt in attempts:
        yield from _of_attempt(attempt, kept.get(attempt.client_id))
    tried = {attempt.client_id for attempt in attempts}
    yield from (
        f"{message.seq} is stored and nobody wrote it" for message in stored if message.client_id not in tried
    )


def _of_attempt(attempt: Written, kept: Seen | None) -> Iterable[str]:
    if kept is None:
        if attempt.seq is not None:
            yield f"{attempt.client_id} was acknowledged and is lost"
    elif attempt.seq not in (None, kept.seq):
        yield f"{attempt.client_id} was acknowledged as {attempt.seq} and is stored as {kept.seq}"
    elif kept.text != attempt.text:
        yield f"{attempt.client_id} is stored with other words"


def _of_order(stored: Sequence[Seen]) -> Iterable[str]:
    for expected, message in enumerate(stored, start=stored[0].seq if stored else 1):
        if message.seq != expected:
            yield f"the stored order has {message.seq} where {expected} belongs"
            return


def _of_view(view: View, stored: Sequence[Seen]) -> Iterable[str]:
    due = [message for message in stored if message.seq > view.since]
    seen_numbers = Counter(message.seq for message in view.seen)
    for seq, times in seen_numbers.items():
        if times > 1:
            yield f"{seq} was seen {times} times"
    if [message.seq for message in view.seen] != sorted(message.seq for message in view.seen):
        yield "messages were seen out of order"
    for message in due:
        if message.seq not in seen_numbers:
            yield f"{message.seq} was never seen"
    known = set(stored)
    for message in view.seen:
        if message not in known:
            yield f"{message.seq} was seen and is not what is stored"
