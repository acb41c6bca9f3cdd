"""The command line: `./run` alone starts everything, `./run NAME` one process or one tool.

Libraries are imported by the command that needs them (aiogram alone costs three CPU-seconds and 165 MB): this
is why commands are named here by module and found at run time.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import importlib.util
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app import lifeline
from app.logging import configure_logging
from app.settings import Settings, SettingsError, read_settings

__all__ = ["COMMANDS", "Command", "main"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A subcommand: the module whose `main` runs it, and what --help says."""

    module: str
    summary: str
    is_process: bool = False
    """A process runs until it is stopped; its main takes (settings, arguments) and it logs under its name."""

    def exists(self) -> bool:
        """Tell whether the module is there."""
        return importlib.util.find_spec(self.module) is not None


COMMANDS = {
    "web": Command(module="app.processes.web", summary="pages, API and live sockets", is_process=True),
    "bots": Command(module="app.processes.bots", summary="conversations of every messenger", is_process=True),
    "relay": Command(
        module="app.processes.relay", summary="carries facts out of the outbox", is_process=True
    ),
    "sender": Command(
        module="app.processes.sender",
        summary="one more sender of messages beside the relay's",
        is_process=True,
    ),
    "worker": Command(
        module="app.processes.worker", summary="background work: default, charts", is_process=True
    ),
    "cron": Command(module="app.processes.cron", summary="what is done by the clock", is_process=True),
    "migrate": Command(
        module="app.processes.migrate", summary="bring the database to this version", is_process=True
    ),
    "doctor": Command(module="app.cli.doctor", summary="say what is wrong and how to mend it"),
    "tour": Command(
        module="app.cli.tour", summary="walk a message, a vote and an alert through a fresh instance"
    ),
    "import": Command(module="app.cli.import_", summary="load observations from a CSV file"),
    "forecast": Command(module="app.cli.forecast", summary="forecast a territory by a scenario model"),
    "territories": Command(
        module="app.cli.territories_", summary="show the territories, or load them from a CSV file"
    ),
    "calendar": Command(module="app.cli.calendar_", summary="load days that are worked or not this year"),
    "accounts": Command(
        module="app.cli.accounts", summary="make accounts of given roles, print their tokens"
    ),
    "roles": Command(module="app.cli.roles", summary="show who has which role where; give one, take one"),
    "channels": Command(
        module="app.cli.channels", summary="show what each messenger may carry; --owner answers the set-up"
    ),
    "backup": Command(module="app.cli.backup", summary="write the whole instance into one file"),
    "restore": Command(module="app.cli.restore", summary="read such a file into an empty instance"),
    "bench": Command(module="app.cli.bench", summary="measure"),
}


def main(arguments: Sequence[str]) -> int:
    """Run one command line; returns the exit code."""
    options = _parse(arguments)
    if options.until_stdin_closes:
        lifeline.end_with_parent()
    lifeline.use_ready_descriptor(options.ready_fd)
    try:
        return _run(options.command, options.arguments)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2


def _run(name: str | None, arguments: list[str]) -> int:
    if name == "doctor":
        # The doctor reads the settings itself: what is wrong with them belongs into its list.
        return int(importlib.import_module(COMMANDS[name].module).main(arguments))
    settings = read_settings()
    if name is None:
        _configure("supervisor", settings)
        return int(importlib.import_module("app.supervisor").run_instance(settings))
    command = COMMANDS[name]
    if not command.is_process:
        _configure(name, settings, level="warning")
        return int(importlib.import_module(command.module).main(settings, arguments))
    _configure("-".join([name, *filter(str.isalpha, arguments)]), settings)
    importlib.import_module("app.catalogue").compile_catalogues()
    _imported_for_good(command.module).main(settings, *arguments)
    return 0


def _imported_for_good(module: str) -> Any:
    """Import what a process needs for its whole life, with the garbage collector at rest.

    What is imported stays, so looking for garbage in it is in vain: 6 to 14 % of the CPU of a start, and
    again in every later full collection. Frozen pages also stay shared with the forks of a worker.
    """
    gc.disable()
    try:
        return importlib.import_module(module)
    finally:
        gc.freeze()
        gc.enable()


def _configure(process: str, settings: Settings, *, level: str | None = None) -> None:
    configure_logging(process=process, level=level or settings.log_level, format=settings.log_format)


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    known = {name: command for name, command in COMMANDS.items() if command.exists()}
    width = max(map(len, known))
    listed = "\n".join(f"  {name:{width}}  {command.summary}" for name, command in known.items())
    parser = argparse.ArgumentParser(
        prog="./run",
        description="Strategy24. Without a command: starts everything and prints the address.",
        epilog=f"commands:\n{listed}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--until-stdin-closes", action="store_true", help="end when standard input reaches its end"
    )
    parser.add_argument("--ready-fd", type=int, help=argparse.SUPPRESS)
    parser.add_argument("command", nargs="?", choices=[*known], metavar="COMMAND")
    parser.add_argument("arguments", nargs=argparse.REMAINDER, metavar="...", help="of the command")
    return parser.parse_args(arguments)
