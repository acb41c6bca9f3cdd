"""Peers that the benchmark installs by itself, all below `.venv-bench`; apt packages when it may."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final

from app.settings import PROJECT
from bench.hub.machine import Trouble

_ENVIRONMENT: Final = PROJECT / ".venv-bench"
_LOCK: Final = PROJECT / "requirements" / "bench.txt"
_NODE_PACKAGES: Final = ("ws@8.23.0", "socket.io@4.8.4")
_LIMIT_S: Final = 600.0
# The way of ./run and ./test, for a third environment.
_MAKE: Final = 'root=$1; . "$root/tools/environment.sh"; make_environment "$2" "$3"'


@cache
def peer_python() -> Path:
    """The Python that has the peers' packages. Raises: Trouble."""
    _install(["/bin/sh", "-euc", _MAKE, "sh", str(PROJECT), str(_ENVIRONMENT), str(_LOCK)])
    return _ENVIRONMENT / "bin" / "python"


def node_program(script: Path) -> Sequence[str]:
    """The command line of a node script whose packages are there. Raises: Trouble."""
    node = shutil.which("node")
    if node is None:
        raise Trouble("node is not here")
    # node looks for packages beside the script, so it runs as a copy beside them.
    copy = _node_packages() / script.name
    shutil.copyfile(script, copy)
    return [node, str(copy)]


@cache
def _node_packages() -> Path:
    folder = _ENVIRONMENT / "node"
    installed = folder / "installed"
    if not installed.exists() or installed.read_text() != " ".join(_NODE_PACKAGES):
        if shutil.which("npm") is None:
            raise Trouble("npm is not here")
        folder.mkdir(parents=True, exist_ok=True)
        _install(["npm", "install", "--prefix", str(folder), "--no-audit", "--no-fund", *_NODE_PACKAGES])
        installed.write_text(" ".join(_NODE_PACKAGES))
    return folder


def system_program(package: str) -> str:
    """The server of a Debian package of the same name. Raises: Trouble."""
    # Debian keeps servers where only root's PATH leads.
    places = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"
    if shutil.which(package, path=places) is None and os.getuid() == 0 and shutil.which("apt-get"):
        _apt_install(package)
    found = shutil.which(package, path=places)
    if found is None:
        raise Trouble(f"{package} is not here and could not be installed")
    return found


@cache
def _apt_install(package: str) -> None:
    # RUNLEVEL=1 keeps the package from starting a service of its own.
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    _install(["apt-get", "update", "-qq"], environment=quiet)
    _install(["apt-get", "install", "-qq", "-y", "--no-install-recommends", package], environment=quiet)


def _install(command: Sequence[str], *, environment: dict[str, str] | None = None) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=_LIMIT_S, env=environment)
    except (OSError, subprocess.SubprocessError) as error:
        words = (getattr(error, "stderr", None) or b"").decode(errors="replace").strip()
        raise Trouble(f"{command[0]} could not install: {words[-300:] or error}") from error
