"""`./run bench hub`: it measures its own child, and both its clients count the same."""

import json
import os
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.settings import PROJECT
from bench.hub import client as client_module
from bench.hub.client import Audience, Group
from bench.hub.instance import Instance
from bench.hub.machine import Cores
from bench.hub.wire import stamp, upgrade

# What whoever reads the last line may rely on.
PROMISED = """
    deliveries_per_cpu_s ratio_stock_channels ratio_socketio ratio_ws ratio_nats ratio_mosquitto ratio_picows
    ratio_uws ratio_plain_loop ratio_aiohttp ratio_websockets lone_last_p99_ms idle_kb_per_connection
    viewers_10k_cores viewers_10k_p95_ms acked_per_s_one_room_pg acked_per_s_50_rooms_pg acked_per_s_sqlite
    cpu_ms_per_acked_one_room_pg cpu_ms_per_acked_50_rooms_pg cpu_ms_per_acked_sqlite resume_1000_s
    resume_10000_s resume_10000_cpu_s
    deliveries_per_cpu_s_stock_channels deliveries_per_cpu_s_nats deliveries_per_cpu_s_plain_loop
    deliveries_per_cpu_s_8 ratio_nats_8 ratio_uws_8 p50_ms p50_ms_uws p50_ms_8
    publications_per_frame_one_room_pg
""".split()  # noqa: SIM905 - a list of 30 lines says no more

PING = b"\x89\x02hi"
PONG = b"\x8a\x82\x00\x00\x00\x00hi"


def frame(payload: bytes) -> bytes:
    return struct.pack("!BBH", 0x81, 126, len(payload)) + payload


@pytest.fixture(params=["c", "python"])
def clients(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    client_module.client_command.cache_clear()
    if request.param == "python":
        monkeypatch.setattr(client_module, "compiled", lambda _source, _folder: None)
    yield request.param
    client_module.client_command.cache_clear()


def test_a_client_counts_stamps_in_pieces_and_answers_pings(clients: str, tmp_path: Path) -> None:
    listening = socket.create_server(("127.0.0.1", 0))
    messages = frame(b"x" * 200 + stamp()) + PING + frame(stamp() + b"y" * 130 + stamp())

    with (
        listening,
        Audience(
            [Group([upgrade("/")], 1)], port=listening.getsockname()[1], core=0, folder=tmp_path
        ) as audience,
    ):
        peer, _ = listening.accept()
        with peer:
            peer.recv(4096)
            peer.sendall(b"HTTP/1.1 101 Switching Protocols\r\n\r\n" + messages[:1])
            opened = audience.opened()
            audience.reset()
            for at in range(1, len(messages), 7):
                peer.sendall(messages[at : at + 7])
                # Else many pieces are read as one.
                time.sleep(0.002)
            answered = peer.recv(4096)
            completed = 0
            while completed < 3:
                completed += audience.completed(timeout_s=5)
            arrived = audience.arrived()

    assert (opened.connected, answered) == (1, PONG)
    assert (completed, arrived.deliveries, arrived.least, arrived.frames) == (3, 3, 3, 2)
    assert 0 < arrived.p50_ms <= arrived.max_ms < 20_000


def test_the_measured_town_can_be_founded_and_its_speakers_may_write(tmp_path: Path) -> None:
    with Instance.founded(tmp_path, Cores.choose()) as instance:
        assert len({speaker.token for speaker in instance.speakers(2)}) == 2
        assert len(instance.rooms(2)) == 2


@pytest.mark.long
def test_a_quick_run_of_our_own_part_measures_something(tmp_path: Path) -> None:
    command = [sys.executable, "-P", "-m", "app", "bench", "hub", "--quick", "--json"]
    environment = {**os.environ, "PYTHONPATH": str(PROJECT), "STRATEGY24_VAR": str(tmp_path)}

    done = subprocess.run(
        [*command, "--only", "plain_loop,room,resume"], capture_output=True, text=True, env=environment
    )

    assert done.returncode == 0, done.stdout + done.stderr
    figures = json.loads(done.stdout.splitlines()[-1])
    assert figures["deliveries_per_cpu_s"] > 0
    assert figures["deliveries_per_cpu_s_plain_loop"] > 0
    assert figures["ratio_plain_loop"] == pytest.approx(
        figures["deliveries_per_cpu_s"] / figures["deliveries_per_cpu_s_plain_loop"], abs=0.01
    )
    # Few publications under way, and many.
    assert 0 < figures["deliveries_per_cpu_s_8"] != figures["deliveries_per_cpu_s"]
    assert figures["resume_1000_s"] > 0
    assert {name for name in PROMISED if name not in figures} == set()
    assert figures["ratio_nats"] is None
