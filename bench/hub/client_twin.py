"""client.c in Python, for machines without a compiler: same arguments, same commands, same answers.

It takes about ten times the CPU, so it is what limits fast servers; their CPU per delivery stays true.
"""

import fcntl
import json
import os
import re
import resource
import select
import socket
import struct
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

STAMP: Final = re.compile(rb"@sent:([0-9a-f]{16})")
STAMP_BYTES: Final = 22
CHUNK: Final = 256 * 1024
PER_ADDRESS: Final = 400
CONNECTING: Final = 64
BUCKET_NS: Final = 10_000
PING: Final = 9

Step = tuple[bytes, bytes]


def read_script(path: str) -> list[Step]:
    """Pairs of (bytes to send, bytes to expect)."""
    parts: list[bytes] = []
    with open(path, "rb") as file:  # noqa: PTH123 - a child of few imports
        while head := file.read(4):
            parts.append(file.read(struct.unpack("<I", head)[0]))
    return list(zip(parts[::2], parts[1::2], strict=True))


@dataclass(slots=True)
class Follower:
    """One socket of the audience."""

    script: list[Step]
    socket: socket.socket
    step: int = 0
    connected: bool = False
    count: int = 0
    tail: bytes = b""
    frames: bytearray | None = None

    def tell(self, message: bytes) -> None:
        """Send a small message; the peer that does not take it is cut."""
        try:
            self.socket.send(message)
        except OSError:
            self.socket.close()


@dataclass(slots=True)
class Audience:
    """All followers and what has reached them."""

    port: int
    websocket: bool
    size: int
    completions: int
    most_connecting: int
    waiting: list[list[Step]]
    epoll: select.epoll = field(default_factory=select.epoll)
    followers: dict[int, Follower] = field(default_factory=dict)
    ages: Counter[int] = field(default_factory=Counter)
    last_ages: Counter[int] = field(default_factory=Counter)
    began: float = field(default_factory=time.monotonic)
    opened: int = 0
    connecting: int = 0
    ready: int = 0
    failed: int = 0
    ready_told: bool = False
    closed: int = 0
    frames: int = 0
    received: int = 0
    total: int = 0
    since_reset: int = 0
    completed: int = 0

    def run(self) -> None:
        """Connect everybody, then listen until standard input ends."""
        self.epoll.register(0, select.EPOLLIN)
        self.connect_next()
        while True:
            for descriptor, events in self.epoll.poll():
                if descriptor == 0:
                    self.obey(os.read(0, 256))
                else:
                    self.serve(self.followers[descriptor], events)
            self.tell_completed()

    def connect_next(self) -> None:
        """Open sockets as long as there are few under way."""
        while self.connecting < self.most_connecting and self.opened < len(self.waiting):
            opened = socket.socket()
            opened.setblocking(False)
            opened.bind((f"127.0.0.{1 + self.opened // PER_ADDRESS}", 0))
            opened.connect_ex(("127.0.0.1", self.port))
            self.followers[opened.fileno()] = Follower(self.waiting[self.opened], opened)
            self.epoll.register(opened, select.EPOLLOUT)
            self.opened += 1
            self.connecting += 1

    def serve(self, follower: Follower, events: int) -> None:
        """Take what a socket has to say."""
        if not follower.connected and events & select.EPOLLOUT:
            follower.connected = True
            self.epoll.modify(follower.socket, select.EPOLLIN)
            follower.tell(follower.script[0][0])
            return
        try:
            got = follower.socket.recv(CHUNK)
        except BlockingIOError:
            return
        except OSError:
            got = b""
        if got:
            self.take(follower, got)
        else:
            self.end(follower)

    def take(self, follower: Follower, got: bytes) -> None:
        """Look for stamps, and first for what the script expects."""
        now = time.monotonic_ns()
        self.received += len(got)
        if follower.frames is not None:
            self.walk_frames(follower, got)
        area = follower.tail + got
        if follower.step < len(follower.script):
            rest = self.follow_script(follower, area)
            if rest is None:
                return
            area = rest
        end = 0
        for stamp in STAMP.finditer(area):
            self.arrived(follower, now - int(stamp[1], 16))
            end = stamp.end()
        follower.tail = area[max(end, len(area) - STAMP_BYTES + 1) :]

    def follow_script(self, follower: Follower, area: bytes) -> bytes | None:
        """Go on in the script; what is left after its end, None while something is awaited."""
        while follower.step < len(follower.script):
            _, expected = follower.script[follower.step]
            _, found, rest = area.partition(expected)
            if not found:
                follower.tail = area[-len(expected) + 1 :]
                return None
            area = rest
            if self.websocket and follower.frames is None:
                follower.frames = bytearray()
                self.walk_frames(follower, rest)
            follower.step += 1
            if follower.step < len(follower.script):
                follower.tell(follower.script[follower.step][0])
        self.ready += 1
        self.connecting -= 1
        self.connect_next()
        self.tell_if_ready()
        return area

    def walk_frames(self, follower: Follower, got: bytes) -> None:
        """Count frames and answer pings, or the server cuts us."""
        held = follower.frames
        assert held is not None
        held += got
        while len(held) >= 2:
            size, head = held[1] & 127, 2
            if size > 125:
                wide = 2 if size == 126 else 8
                size, head = int.from_bytes(held[2 : 2 + wide], "big"), 2 + wide
            if len(held) < head + size:
                return
            if held[0] & 15 == PING:
                follower.tell(bytes([0x8A, 0x80 | size, 0, 0, 0, 0]) + held[head : head + size])
            else:
                self.frames += 1
            del held[: head + size]

    def arrived(self, follower: Follower, age_ns: int) -> None:
        """One delivery of this age."""
        follower.count += 1
        self.total += 1
        self.since_reset += 1
        self.ages[age_ns // BUCKET_NS] += 1
        if self.since_reset % self.size == 0:
            self.last_ages[age_ns // BUCKET_NS] += 1

    def end(self, follower: Follower) -> None:
        """The server closed it."""
        if follower.step < len(follower.script):
            self.failed += 1
            self.connecting -= 1
        else:
            self.closed += 1
        self.epoll.unregister(follower.socket)
        follower.socket.close()
        self.connect_next()
        self.tell_if_ready()

    def tell_if_ready(self) -> None:
        """Say once how many got through their script."""
        if not self.ready_told and self.ready + self.failed == len(self.waiting):
            self.ready_told = True
            took = time.monotonic() - self.began
            _say({"connected": self.ready, "failed": self.failed, "seconds": round(took, 4)})

    def tell_completed(self) -> None:
        """One byte for each publication that everybody has."""
        more = self.total // self.size - self.completed
        if more > 0:
            try:
                self.completed += os.write(self.completions, bytes(min(more, 4096)))
            except BlockingIOError:
                return

    def obey(self, commands: bytes) -> None:
        """Do what standard input says."""
        if not commands:
            sys.exit(0)
        if b"reset" in commands:
            self.ages.clear()
            self.last_ages.clear()
            self.since_reset = self.frames = self.received = 0
            for follower in self.followers.values():
                follower.count = 0
        if b"stats" in commands:
            _say(self.stats())

    def stats(self) -> dict[str, float]:
        """What has arrived since the last reset."""
        used = resource.getrusage(resource.RUSAGE_SELF)
        return {
            "deliveries": self.since_reset,
            "least": min(follower.count for follower in self.followers.values()),
            "frames": self.frames,
            "bytes": self.received,
            "closed": self.closed,
            "cpu_s": used.ru_utime + used.ru_stime,
            "p50_ms": _percentile_ms(self.ages, 0.5),
            "p95_ms": _percentile_ms(self.ages, 0.95),
            "p99_ms": _percentile_ms(self.ages, 0.99),
            "max_ms": _percentile_ms(self.ages, 1.0),
            "last_p50_ms": _percentile_ms(self.last_ages, 0.5),
            "last_p99_ms": _percentile_ms(self.last_ages, 0.99),
        }


def _percentile_ms(ages: Counter[int], share: float) -> float:
    seen, wanted = 0, share * ages.total()
    for bucket, count in sorted(ages.items()):
        seen += count
        if seen >= wanted:
            return (bucket + 1) * BUCKET_NS / 1e6
    return -1.0


def _say(answer: dict[str, float]) -> None:
    print(json.dumps(answer), flush=True)


def main(arguments: list[str]) -> None:
    """Run with the arguments of client.c."""
    port, kind, size, completions, at_once, *pairs = arguments
    waiting: list[list[Step]] = []
    for path, count in zip(pairs[::2], pairs[1::2], strict=True):
        waiting += [read_script(path)] * int(count)
    fcntl.fcntl(int(completions), fcntl.F_SETFL, os.O_NONBLOCK)
    Audience(
        port=int(port),
        websocket=kind == "ws",
        size=int(size),
        completions=int(completions),
        most_connecting=len(waiting) if int(at_once) else CONNECTING,
        waiting=waiting,
    ).run()


if __name__ == "__main__":
    main(sys.argv[1:])
