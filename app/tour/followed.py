"""What a live client knows of one stream, and whatever in it contradicts the promises."""

import itertools
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Receipt:
    """A message durably taken: its place in its stream, whether it had been there before."""

    stream: str
    epoch: int
    seq: int
    duplicate: bool
    client_id: str


@dataclass(frozen=True, slots=True)
class Arrived:
    """An event and when it came, on ``time.perf_counter``."""

    epoch: int
    seq: int
    kind: str
    author: str | None
    client_id: str | None
    body: dict[str, Any]
    at: str
    arrived_at: float


@dataclass(slots=True)
class Followed:
    """What the client knows of one stream. ``events`` are those since it last had to start afresh."""

    stream: str
    epoch: int | None = None
    seq: int | None = None
    events: list[Arrived] = field(default_factory=list)
    state: dict[str, Any] = field(default_factory=dict)
    states: list[tuple[float, dict[str, Any]]] = field(default_factory=list)
    resets: int = 0
    repeated: int = 0
    faults: list[str] = field(default_factory=list)
    # Between asking and being answered, what still comes belongs to a former subscription.
    ready: bool = False

    def begin(self, message: dict[str, Any]) -> None:
        """The hub says from where the events will come."""
        if message["reset"]:
            self.resets += 1
            self.events.clear()
        elif message["epoch"] and self.seq is not None and message["from"] != self.seq:
            self.faults.append(f"asked to go on from {self.seq}, was told {message['from']}")
        self.ready = True
        if message["epoch"]:
            self.epoch, self.seq = message["epoch"], message["from"]

    def take(self, message: dict[str, Any]) -> None:
        """Keep the events that are new and notice whatever is not in order."""
        if not self.ready:
            return
        if message["epoch"] != self.epoch:
            self.faults.append(f"events of epoch {message['epoch']} in epoch {self.epoch}")
        for event in message["events"]:
            position = self.seq or 0
            if event["seq"] <= position:
                self.repeated += 1
                continue
            if event["seq"] != position + 1:
                self.faults.append(f"{event['seq']} came after {position}")
            self.seq = event["seq"]
            self.events.append(Arrived(epoch=message["epoch"], arrived_at=time.perf_counter(), **event))


def in_order(events: Sequence[Arrived]) -> bool:
    """Whether the events follow one another without a hole."""
    return all(later.seq == earlier.seq + 1 for earlier, later in itertools.pairwise(events))
