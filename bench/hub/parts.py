"""The parts of the benchmark by name; each measures once and reports under the names of report.NAMES."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from bench.hub.fanout import Place, hub_fan_out, peer_fan_out, peer_lone
from bench.hub.peers import PEERS, Peer
from bench.hub.report import Report
from bench.hub.workloads import CROWD_S, crowd, lone, mass_return, stalled, steady, written

Part = Callable[[Place, Report], None]


def _peer(peer: Peer) -> Part:
    def measure(place: Place, report: Report) -> None:
        load = peer_fan_out(place, peer, clients=1_000)
        report.note(f"deliveries_per_cpu_s_{peer.name}", load.per_cpu_s)
        report.load(load)

    return measure


def _rooms(name: str, *, rooms: int, clients: int) -> Part:
    def measure(place: Place, report: Report) -> None:
        load = hub_fan_out(place, rooms=rooms, clients=clients)
        report.note(name, load.per_cpu_s)
        report.load(load)

    return measure


def _lone(place: Place, report: Report) -> None:
    load = lone(place)
    report.note("lone_last_p50_ms", load.arrived.last_p50_ms)
    report.note("lone_last_p99_ms", load.arrived.last_p99_ms)
    report.note("lone_last_p99_ms_plain_loop", peer_lone(place, PEERS[0]).arrived.last_p99_ms)


def _crowd(place: Place, report: Report) -> None:
    with crowd(place) as (filled, idle):
        report.note("idle_connections", idle.connections)
        report.note("idle_kb_per_connection", idle.rss_kb)
        report.note("idle_pss_kb_per_connection", idle.pss_kb)
        report.note("connect_cpu_ms", idle.connect_cpu_ms)
        seconds = max(place.seconds, CROWD_S * place.scale)
        load = steady(filled, seconds=seconds)
        # Of the time in which the messages were sent: what is above one core comes late.
        report.note("viewers_10k_cores", load.server_cpu_s / seconds)
        report.note("viewers_10k_p95_ms", load.arrived.p95_ms)
        report.load(load)


def _stalled(place: Place, report: Report) -> None:
    before, during = stalled(place)
    report.note("stalled_readers_per_cpu_ratio", during.per_cpu_s / before.per_cpu_s)
    report.note("stalled_readers_p99_ms", during.arrived.p99_ms)
    report.load(before)
    report.load(during)


def _resume(place: Place, report: Report) -> None:
    returned = mass_return(place)
    report.note("resume_1000_s", returned.seconds)
    report.note("resume_1000_cpu_s", returned.server_cpu_s)


def _written(where: str, *, postgres: bool, rooms: int, listeners: int) -> Part:
    def measure(place: Place, report: Report) -> None:
        done = written(place, postgres=postgres, rooms=rooms, listeners=listeners)
        report.note(f"acked_per_s_{where}", done.per_s)
        report.note(f"acked_p99_ms_{where}", done.acknowledged.percentile_ms(99))
        report.note(f"cpu_ms_per_acked_{where}", done.cpu_ms)

    return measure


PARTS: Final[dict[str, Part]] = {
    "plain_loop": _peer(PEERS[0]),
    "room": _rooms("deliveries_per_cpu_s", rooms=1, clients=1_000),
    **{peer.name: _peer(peer) for peer in PEERS[1:]},
    "room_5000": _rooms("deliveries_per_cpu_s_5000", rooms=1, clients=5_000),
    "rooms_50": _rooms("deliveries_per_cpu_s_50_rooms", rooms=50, clients=20),
    "lone": _lone,
    "crowd": _crowd,
    "stalled": _stalled,
    "resume": _resume,
    "one_room_pg": _written("one_room_pg", postgres=True, rooms=1, listeners=200),
    "50_rooms_pg": _written("50_rooms_pg", postgres=True, rooms=50, listeners=1_000),
    "sqlite": _written("sqlite", postgres=False, rooms=1, listeners=1_000),
}
