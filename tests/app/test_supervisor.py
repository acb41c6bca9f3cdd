"""The supervisor over tiny real processes: nothing stays dead, and nothing stays behind."""

import os
import signal
import socket
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.embedded_redis import socket_path
from tests.app.instances import Instance, free_port, running


@contextmanager
def tiny(tmp_path: Path, *children: str, port: int | None = None) -> Iterator[Instance]:
    program = str(Path(__file__).with_name("tiny_instance.py"))
    taken = str(port or free_port())
    with running(
        [program, *children], var=tmp_path / "var", STRATEGY24_PORT=taken, STRATEGY24_DEMO="no"
    ) as it:
        yield it


def test_it_ends_with_everything_it_started_and_leaves_no_stale_file(tmp_path: Path) -> None:
    with tiny(tmp_path, "redis", "web", "steady") as instance:
        instance.wait_for("is ready")
        assert (instance.var / "address").exists()

        code = instance.terminate()

        assert code == 0
        assert instance.nothing_left(seconds=0)
        assert not (instance.var / "address").exists()
        assert not (instance.var / "redis" / "redis.sock").exists()


def test_the_socket_of_a_deep_folder_leaves_nothing_in_the_temporary_folder(tmp_path: Path) -> None:
    deep = tmp_path / ("a" * 60) / ("b" * 60)
    deep.mkdir(parents=True)
    with tiny(deep, "redis", "web") as instance:
        instance.wait_for("is ready")
        elsewhere = socket_path(instance.var / "redis")
        assert elsewhere.exists()
        assert not elsewhere.is_relative_to(tmp_path)

        instance.terminate()

        assert not elsewhere.parent.exists()


def test_a_killed_child_is_started_again_and_its_grandchildren_are_gone(tmp_path: Path) -> None:
    with tiny(tmp_path, "steady") as instance:
        first = int(instance.wait_for(r"grandchild=(\d+)")[1])
        instance.wait_for("is ready")

        for pid in instance.pids("steady"):
            if pid != first:
                os.kill(pid, signal.SIGKILL)
        second = int(instance.wait_for(r"grandchild=(\d+)", times=2)[1])

        assert second in instance.pids()
        assert first not in instance.pids()


def test_a_killed_supervisor_leaves_no_orphan(tmp_path: Path) -> None:
    with tiny(tmp_path, "redis", "web", "steady") as instance:
        instance.wait_for("is ready")
        assert len(instance.pids()) >= 4

        instance.process.kill()

        assert instance.nothing_left()


def test_a_folder_heals_after_everything_was_killed_at_once(tmp_path: Path) -> None:
    with tiny(tmp_path, "redis", "web", "steady") as instance:
        instance.wait_for("is ready")
        for pid in (instance.process.pid, *instance.pids()):
            os.kill(pid, signal.SIGKILL)

        with tiny(tmp_path, "redis", "web", "steady") as second:
            second.wait_for("is ready")

            assert second.terminate() == 0


def test_what_outlived_a_supervisor_is_ended_by_the_next_start(tmp_path: Path) -> None:
    with tiny(tmp_path, "steady") as instance:
        grandchild = int(instance.wait_for(r"grandchild=(\d+)")[1])
        instance.wait_for("is ready")
        # The grandchild has a session of its own and no lifeline. A stopped supervisor cannot end it either.
        instance.process.send_signal(signal.SIGSTOP)
        for pid in instance.pids():
            if pid != grandchild:
                os.kill(pid, signal.SIGKILL)
        instance.process.kill()
        assert instance.nothing_left(but=[grandchild])

        with tiny(tmp_path, "steady") as second:
            second.wait_for("leftovers_killed")
            second.wait_for("is ready")

            assert grandchild not in second.pids()


def test_a_second_supervisor_on_the_same_folder_says_where_the_first_is(tmp_path: Path) -> None:
    with tiny(tmp_path, "steady") as first:
        first.wait_for("is ready")
        address = (first.var / "address").read_text().strip()

        with tiny(tmp_path, "steady") as second:
            code = second.process.wait(timeout=20)

            assert code == 1
            assert f"already runs on {first.var} at {address}" in second.output()
            assert "Traceback" not in second.output()


def test_a_taken_port_means_the_next_one(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = int(taken.getsockname()[1])

        with tiny(tmp_path, "web", port=port) as instance:
            instance.wait_for("is ready")

            address = (instance.var / "address").read_text().strip()
            with urllib.request.urlopen(address, timeout=5) as response:
                status = response.status

    assert address != f"http://127.0.0.1:{port}"
    assert status == 200


def test_requests_wait_while_web_is_restarted(tmp_path: Path) -> None:
    with tiny(tmp_path, "web") as instance:
        instance.wait_for("is ready")
        address = (instance.var / "address").read_text().strip()

        for pid in instance.pids("web"):
            os.kill(pid, signal.SIGKILL)
        with urllib.request.urlopen(address, timeout=10) as response:
            status = response.status

    assert status == 200


def test_a_child_that_cannot_start_is_named_with_its_last_words(tmp_path: Path) -> None:
    with tiny(tmp_path, "steady", "failing") as instance:
        said = instance.wait_for(r"failing ended with code 3 3 times in a row\. What it said last:\n +(.*)")
        instance.wait_for(r"failing does not start \(see above\)")

        assert said[1] == "the key of the gate is missing"
        assert instance.pids("steady")


def test_one_request_that_comes_as_two_signals_is_no_hurry(tmp_path: Path) -> None:
    with tiny(tmp_path, "redis", "steady") as instance:
        instance.wait_for("is ready")

        instance.process.send_signal(signal.SIGTERM)
        code = instance.terminate()

        assert code == 0
        assert "ready to exit, bye bye" in instance.output()


def test_a_child_deaf_to_sigterm_is_ended_all_the_same(tmp_path: Path) -> None:
    with tiny(tmp_path, "deaf") as instance:
        instance.wait_for("is ready")
        instance.process.send_signal(signal.SIGTERM)
        instance.wait_for("Stopping")
        time.sleep(1.2)

        # The second signal does not wait for the grace time.
        code = instance.terminate()

        assert code == 0
        assert instance.nothing_left(seconds=1)


@pytest.mark.long
def test_an_idle_supervisor_costs_next_to_nothing(tmp_path: Path) -> None:
    with tiny(tmp_path, "redis", "steady") as instance:
        instance.wait_for("is ready")
        before = _cpu_s(instance.process.pid)
        time.sleep(10)

        spent = _cpu_s(instance.process.pid) - before

    assert spent <= 0.02


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
