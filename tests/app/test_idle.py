"""A whole instance that nobody uses."""

import os
import time
from pathlib import Path

import pytest

from tests.app.instances import Instance, free_port, running

pytestmark = [pytest.mark.faults, pytest.mark.long, pytest.mark.timeout(600)]

# Alone on its machine it starts within 20 seconds; the limit is for a crowded one.
_START_LIMIT_S = 240.0


def test_an_idle_instance_costs_at_most_one_cpu_second_a_minute(tmp_path: Path) -> None:
    with running(["-P", "-m", "app"], var=tmp_path / "var", STRATEGY24_PORT=str(free_port())) as instance:
        instance.wait_for("Stop with Ctrl-C", seconds=_START_LIMIT_S)
        time.sleep(15)
        before = _cpu_s(instance)
        time.sleep(60)

        assert _cpu_s(instance) - before <= 1.0


def _cpu_s(instance: Instance) -> float:
    ticks = 0
    for pid in (instance.process.pid, *instance.pids()):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")
