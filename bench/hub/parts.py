"""The parts of the benchmark by name; each measures once and reports under the names of report.NAMES."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from bench.hub.halls import Hall, Place, hub_hall, peer_hall
from bench.hub.loads import FEW_OUTSTANDING, OUTSTANDING, Load, one_by_one, paced, saturate
from bench.hub.peers import AIOHTTP, NATS, PEERS, PLAIN_LOOP, UWS, WS, Peer
from bench.hub.report import Report
from bench.hub.workloads import idle, mass_return, with_stalled_readers, written

Part = Callable[[Place, Report], None]

SMALL_ROOM: Final = 20
ROOM: Final = 1_000
LARGE_ROOM: Final = 5_000
LONE_MESSAGES: Final = 150
CROWD: Final = 10_000
CROWD_MESSAGES_PER_S: Final = 50
CROWD_S: Final = 10.0


def _fan_out(report: Report, name: str, hall: Hall, seconds: float) -> Load:
    load = saturate(hall, seconds=seconds)
    report.note(name, load.per_cpu_s)
    report.load(load)
    return load


def _one_room(report: Report, hall: Hall, seconds: float, *, of: str = "") -> Load:
    _saturated(report, hall, f"{of}_8", seconds, outstanding=FEW_OUTSTANDING)
    return _saturated(report, hall, of, seconds, outstanding=OUTSTANDING)


def _saturated(report: Report, hall: Hall, of: str, seconds: float, *, outstanding: int) -> Load:
    load = saturate(hall, seconds=seconds, outstanding=outstanding)
    report.note(f"deliveries_per_cpu_s{of}", load.per_cpu_s)
    report.note(f"p50_ms{of}", load.arrived.p50_ms)
    report.load(load)
    return load


def _peer(peer: Peer) -> Part:
    def measure(place: Place, report: Report) -> None:
        with peer_hall(place, peer, clients=place.scaled(ROOM)) as hall:
            _one_room(report, hall, place.seconds, of=f"_{peer.name}")

    return measure


def _room(place: Place, report: Report) -> None:
    with hub_hall(place, rooms=1, clients=place.scaled(ROOM)) as hall:
        load = _one_room(report, hall, place.seconds)
    report.note("publications_per_frame", load.arrived.per_frame)


def _room_in_python(place: Place, report: Report) -> None:
    with hub_hall(place, rooms=1, clients=place.scaled(ROOM), compiled=False) as hall:
        _one_room(report, hall, place.seconds, of="_in_python")


def _large_room(place: Place, report: Report) -> None:
    clients, name = place.scaled(LARGE_ROOM), "deliveries_per_cpu_s_5000"
    with hub_hall(place, rooms=1, clients=clients) as hall:
        _fan_out(report, name, hall, place.seconds)
    for peer in (PLAIN_LOOP, UWS, NATS):
        with peer_hall(place, peer, clients=clients) as hall:
            _fan_out(report, f"{name}_{peer.name}", hall, place.seconds)


def _many_rooms(place: Place, report: Report) -> None:
    clients, name = place.scaled(SMALL_ROOM), "deliveries_per_cpu_s_50_rooms"
    with hub_hall(place, rooms=50, clients=clients) as hall:
        _fan_out(report, name, hall, place.seconds)
    # To a peer it is the same whether 20 are reached in one room or in another.
    for peer in (PLAIN_LOOP, UWS):
        with peer_hall(place, peer, clients=clients) as hall:
            _fan_out(report, f"{name}_{peer.name}", hall, place.seconds)


def _lone(place: Place, report: Report) -> None:
    clients = place.scaled(ROOM)
    with hub_hall(place, rooms=1, clients=clients) as hall:
        _lone_messages(place, report, hall, "")
    for peer in (PLAIN_LOOP, UWS):
        with peer_hall(place, peer, clients=clients) as hall:
            _lone_messages(place, report, hall, f"_{peer.name}")


def _lone_messages(place: Place, report: Report, hall: Hall, of: str) -> None:
    load = one_by_one(hall, count=place.scaled(LONE_MESSAGES))
    report.note(f"lone_last_p50_ms{of}", load.arrived.last_p50_ms)
    report.note(f"lone_last_p99_ms{of}", load.arrived.last_p99_ms)
    report.note(f"lone_deliveries_per_cpu_s{of}", load.per_cpu_s)
    report.load(load)


def _crowd(place: Place, report: Report) -> None:
    clients = place.scaled(CROWD)
    with hub_hall(place, rooms=1, clients=clients) as hall:
        cost = idle(hall)
        report.note("idle_connections", clients)
        report.note("idle_kb_per_connection", cost.rss_kb)
        report.note("idle_pss_kb_per_connection", cost.pss_kb)
        report.note("connect_cpu_ms", cost.connect_cpu_ms)
        _viewers(place, report, hall)
    for peer in (WS, UWS, AIOHTTP):
        with peer_hall(place, peer, clients=clients) as hall:
            cost = idle(hall)
            report.note(f"idle_kb_per_connection_{peer.name}", cost.rss_kb)
            report.note(f"connect_cpu_ms_{peer.name}", cost.connect_cpu_ms)


def _viewers(place: Place, report: Report, hall: Hall) -> None:
    seconds = max(place.seconds, CROWD_S * place.scale)
    load = paced(hall, per_s=CROWD_MESSAGES_PER_S, seconds=seconds)
    # Of the time in which the messages were sent: what is above one core comes late.
    report.note("viewers_10k_cores", load.server_cpu_s / seconds)
    report.note("viewers_10k_p95_ms", load.arrived.p95_ms)
    report.note("viewers_10k_publications_per_frame", load.arrived.per_frame)
    report.load(load)


def _stalled(place: Place, report: Report) -> None:
    with hub_hall(place, rooms=1, clients=place.scaled(ROOM)) as hall:
        before = saturate(hall, seconds=place.seconds)
        during = with_stalled_readers(hall, seconds=place.seconds)
    report.note("stalled_readers_per_cpu_ratio", during.per_cpu_s / before.per_cpu_s)
    report.note("stalled_readers_p99_ms", during.arrived.p99_ms)
    report.load(before)
    report.load(during)


def _resume(returning: int) -> Part:
    def measure(place: Place, report: Report) -> None:
        returned = mass_return(place, returning=returning)
        report.note(f"resume_{returning}_s", returned.seconds)
        report.note(f"resume_{returning}_cpu_s", returned.server_cpu_s)

    return measure


def _written(where: str, *, postgres: bool, rooms: int, listeners: int) -> Part:
    def measure(place: Place, report: Report) -> None:
        done = written(place, postgres=postgres, rooms=rooms, listeners=listeners)
        report.note(f"acked_per_s_{where}", done.per_s)
        report.note(f"acked_p99_ms_{where}", done.acknowledged.percentile_ms(99))
        report.note(f"cpu_ms_per_acked_{where}", done.cpu_ms)
        report.note(f"publications_per_frame_{where}", done.per_frame)

    return measure


PARTS: Final[dict[str, Part]] = {
    "plain_loop": _peer(PLAIN_LOOP),
    "room": _room,
    "room_in_python": _room_in_python,
    **{peer.name: _peer(peer) for peer in PEERS if peer is not PLAIN_LOOP},
    "room_5000": _large_room,
    "rooms_50": _many_rooms,
    "lone": _lone,
    "crowd": _crowd,
    "stalled": _stalled,
    "resume": _resume(ROOM),
    "resume_10000": _resume(CROWD),
    "one_room_pg": _written("one_room_pg", postgres=True, rooms=1, listeners=200),
    "50_rooms_pg": _written("50_rooms_pg", postgres=True, rooms=50, listeners=1_000),
    "sqlite": _written("sqlite", postgres=False, rooms=1, listeners=1_000),
}
