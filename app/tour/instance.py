"""A fresh instance in a folder of its own, with all its real processes, for the length of the tour."""

import asyncio
import json
import signal
import socket
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from app.lifeline import kill_quietly
from app.settings import PROJECT, Settings, child_environment, variable_names
from app.supervisor.instance import processes_of, read_address
from core.shared.clock import SystemClock

# A Tuesday morning: nobody is written to at night. Fixed, so that the figures of the town are known.
MOMENT = datetime(2026, 11, 24, 11, tzinfo=ZoneInfo("Europe/Moscow"))
# About 15 s on two quiet cores; the rest is for machines that do other things as well.
START_LIMIT_S = 300.0
STOP_LIMIT_S = 60.0
TOOL_LIMIT_S = 120.0

_PYTHON = (sys.executable, "-P", "-m", "app")
_READY = "Stop with Ctrl-C"
_FAILING = "does not start"
_KEPT = frozenset({"browser_path", "log_level"})


class InstanceTrouble(Exception):
    """The instance did not start, or one of its tools failed; the text is what was printed last."""


@dataclass(slots=True, kw_only=True)
class Instance:
    """An instance on ``folder``/var. What its processes print goes to ``log``."""

    folder: Path
    _environment: dict[str, str] = field(default_factory=dict)
    _process: Process | None = None

    @property
    def var(self) -> Path:
        """Where it keeps everything."""
        return self.folder / "var"

    @property
    def log(self) -> Path:
        """What its processes have printed."""
        return self.folder / "instance.log"

    @property
    def address(self) -> str:
        """Where it answers."""
        return read_address(self.var) or ""

    @property
    def settings(self) -> Settings:
        """The settings that lead to its data."""
        return Settings(var=self.var, database_url="", redis_url="", public_url="")

    async def start(self) -> None:
        """Start every process and wait until all of them work. Raises: InstanceTrouble."""
        self._environment = _environment(self.var)
        with self.log.open("wb") as output:
            self._process = await asyncio.create_subprocess_exec(
                *_PYTHON,
                "--until-stdin-closes",
                # Its end reaches the supervisor whatever way the tour ends.
                stdin=PIPE,
                stdout=output,
                stderr=output,
                env=self._environment,
                start_new_session=True,
            )
        try:
            async with asyncio.timeout(START_LIMIT_S):
                while _READY not in self._printed():
                    if self._process.returncode is not None:
                        raise InstanceTrouble(self._last_words())
                    await asyncio.sleep(0.05)
        except TimeoutError as late:
            raise InstanceTrouble(f"> {START_LIMIT_S:.0f} s\n{self._last_words()}") from late
        if _FAILING in self._printed():
            raise InstanceTrouble(self._last_words())

    async def tool(self, *arguments: str) -> dict[str, Any]:
        """Run a command such as ``accounts --json`` beside it; its last line. Raises: InstanceTrouble."""
        process = await asyncio.create_subprocess_exec(
            *_PYTHON, *arguments, stdin=DEVNULL, stdout=PIPE, stderr=PIPE, env=self._environment
        )
        try:
            output, trouble = await asyncio.wait_for(process.communicate(), TOOL_LIMIT_S)
        except TimeoutError as late:
            process.kill()
            raise InstanceTrouble(f"{arguments[0]}: > {TOOL_LIMIT_S:.0f} s") from late
        lines = output.decode().strip().splitlines()
        if process.returncode != 0 or not lines:
            raise InstanceTrouble(f"{arguments[0]}: {(output + trouble).decode(errors='replace').strip()}")
        found: dict[str, Any] = json.loads(lines[-1])
        return found

    async def stop(self) -> int:
        """Ask it to end as Ctrl-C does; its exit code."""
        if self._process is None:
            return 0
        if self._process.returncode is None:
            self._process.send_signal(signal.SIGTERM)
        return await asyncio.wait_for(self._process.wait(), STOP_LIMIT_S)

    def left_over(self) -> list[int]:
        """Its processes that still live."""
        return processes_of(self.var.resolve())

    def kill(self) -> None:
        """Leave nothing of it alive, whatever happened before."""
        if self._process is not None and self._process.returncode is None:
            kill_quietly(self._process.pid, signal.SIGKILL)
        for pid in self.left_over():
            kill_quietly(pid, signal.SIGKILL)

    def _printed(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def _last_words(self) -> str:
        return "\n".join(self._printed().splitlines()[-15:])


def _environment(var: Path) -> dict[str, str]:
    """The environment of a fresh instance: none of the settings of this one but where the browser is."""
    unset: Mapping[str, str] = dict.fromkeys(variable_names().keys() - _KEPT, "")
    offset = MOMENT - SystemClock().now()
    chosen = {
        "var": str(var),
        "port": str(_free_port()),
        "clock_offset_s": str(round(offset.total_seconds())),
    }
    return {**child_environment(**{**unset, **chosen}), "PYTHONPATH": str(PROJECT)}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
