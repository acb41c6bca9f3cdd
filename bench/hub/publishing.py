"""Who publishes: each sends one message more to everybody, stamped with the moment of its sending."""

from __future__ import annotations

import json
import socket
import sqlite3
from collections.abc import Sequence
from itertools import cycle
from typing import Final, Protocol

from redis import Redis

from app.wiring import FACTS_CHANNEL
from bench.hub.instance import Instance
from bench.hub.wire import STAMP, stamp
from core.rooms import Post, Sender, post_message, room_of
from core.shared.facts import encode_fact
from core.shared.ids import PersonId, new_id
from core.store import mark_sent, waiting_facts

# Stands for the seq in templates; it is also where the streams begin, so that its width stays the same.
FIRST_SEQ: Final = 7_000_000
_SEQ: Final = b"%d" % FIRST_SEQ
_STAMP: Final = STAMP.encode()


class Publisher(Protocol):
    """Publishes into its rooms in turn."""

    def publish(self, count: int) -> None:
        """Send that many publications, each for itself."""
        ...


class HubPublisher:
    """Publishes as the relay does: what one commit has written is one publication over Redis, after it.

    The rows are copies of one that the product wrote, put into SQLite without waiting for the disk, so that
    it is the hub that is measured; without them the hub would rightly find its rooms changed.
    """

    def __init__(self, instance: Instance, streams: Sequence[str]) -> None:
        self._redis = Redis.from_url(instance.settings.redis_url)
        self._rows = sqlite3.connect(instance.settings.database_url.removeprefix("sqlite:///"))
        self._rows.execute("PRAGMA synchronous = OFF")
        speaker = instance.speakers(1)[0]
        self._facts = {stream: _sample_fact(instance, stream, speaker.id) for stream in streams}
        self._samples = {stream: self._sample_row(stream) for stream in streams}
        self._turns = cycle(streams)
        self._seqs = dict.fromkeys(streams, FIRST_SEQ)
        columns = self._samples[streams[0]]
        self._insert = f"INSERT INTO stream_event VALUES ({', '.join('?' * len(columns))})"  # noqa: S608

    def publish(self, count: int) -> None:
        """Commit the rows, then send their facts."""
        facts = []
        for _ in range(count):
            stream, at = next(self._turns), stamp()
            self._seqs[stream] += 1
            seq = b"%d" % self._seqs[stream]
            row = [_filled(value, seq, at) for value in self._samples[stream]]
            self._rows.execute(self._insert, row)
            self._rows.execute("UPDATE stream SET head = ? WHERE name = ?", (int(seq), stream))
            facts.append(self._facts[stream].replace(_SEQ, seq).replace(_STAMP, at))
        self._rows.commit()
        self._redis.publish(FACTS_CHANNEL, b"[%s]" % b",".join(facts))

    def close(self) -> None:
        """Give back what was opened."""
        self._rows.close()
        self._redis.close()

    def _sample_row(self, stream: str) -> tuple[object, ...]:
        """The sample's row, moved to where the stream shall begin."""
        where = "WHERE stream = ? AND seq = 1"
        change = f"UPDATE stream_event SET seq = {FIRST_SEQ}, client_id = '{FIRST_SEQ:032d}' {where}"  # noqa: S608
        self._rows.execute(change, (stream,))
        self._rows.execute("UPDATE stream SET head = ? WHERE name = ?", (FIRST_SEQ, stream))
        self._rows.commit()
        found = "SELECT * FROM stream_event WHERE stream = ? AND seq = ?"
        row: tuple[object, ...] = self._rows.execute(found, (stream, FIRST_SEQ)).fetchone()
        return row


def _filled(value: object, seq: bytes, at: bytes) -> object:
    """A column of a copied row with its own number and stamp."""
    if value == FIRST_SEQ:
        return int(seq)
    if isinstance(value, str):
        return value.replace(_SEQ.decode(), seq.decode()).replace(STAMP, at.decode())
    return value


def _sample_fact(instance: Instance, stream: str, person_id: PersonId) -> bytes:
    """A fact as the relay sends it, with `FIRST_SEQ` and `STAMP` to be filled in."""
    database, room_id = instance.database, room_of(stream)
    assert room_id is not None
    sender = Sender(id=person_id, name="Анна Петрова", side="citizen")
    post = Post(room_id=room_id, sender=sender, client_id=new_id(), text=STAMP)
    database.run(post_message, post)
    waiting = database.read(waiting_facts, limit=1000)
    facts = [encode_fact(fact.recorded) for fact in waiting]
    (fact,) = [fact for fact in facts if fact["payload"].get("stream") == stream]
    database.run(mark_sent, rows=[each.row for each in waiting])
    fact["id"] = f"{FIRST_SEQ:032d}"
    fact["payload"] |= {"seq": FIRST_SEQ, "client_id": f"{FIRST_SEQ:032d}"}
    return json.dumps(fact, ensure_ascii=False).encode()


class SocketPublisher:
    """Sends the same bytes to a peer on one connection, in the form that its protocol wants."""

    def __init__(self, opened: socket.socket, *, before: bytes, after: bytes) -> None:
        self._socket, self._before, self._after = opened, before, after

    def publish(self, count: int) -> None:
        """Send all of them in one write."""
        self._socket.sendall(b"".join(self._before + stamp() + self._after for _ in range(count)))

    def close(self) -> None:
        """Give back what was opened."""
        self._socket.close()
