"""Real processes of an instance over the databases of a test, to be killed and started again."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from app.settings import PROJECT


@dataclass(slots=True)
class Processes:
    """Real processes of one instance; several of one subcommand have names of their own."""

    environment: dict[str, str]
    folder: Path
    alive: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str, *, command: str = "") -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.alive[name] = subprocess.Popen(
                [sys.executable, "-P", "-m", "app", *(command or name).split()],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=PROJECT,
                env=self.environment,
                start_new_session=True,
            )

    def kill(self, name: str) -> int:
        """End it at once; returns the process id that it had."""
        killed = self.alive.pop(name)
        killed.kill()
        killed.wait()
        return killed.pid

    def logs(self) -> str:
        return "\n".join(path.read_text(errors="replace")[-3000:] for path in self.folder.glob("*.log"))
