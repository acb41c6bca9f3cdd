"""`./run` and `./test` as a bare machine sees them: they find what is there or say what is missing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from app.settings import PROJECT

_TOOLS = ("sh", "dirname", "cat", "cksum", "uname", "awk", "rm", "id", "mktemp")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The two commands and what they read, without any environment."""
    clone = tmp_path / "clone"
    for name in ("run", "test", "tools/environment.sh", "requirements/run.txt", "requirements/dev.txt"):
        (clone / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PROJECT / name, clone / name)
    return clone


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A folder of programs with neither Python nor uv."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in _TOOLS:
        found = shutil.which(name)
        assert found
        (folder / name).symlink_to(found)
    return folder


def _start(script: Path, *arguments: str, path: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": str(path), "HOME": str(path.parent / "home"), **settings}
    return subprocess.run(
        [str(script), *arguments], capture_output=True, text=True, env=environment, cwd="/", timeout=60
    )


@pytest.mark.parametrize("command", ["run", "test"])
def test_a_machine_without_python_is_told_which_to_install(clone: Path, bare: Path, command: str) -> None:
    done = _start(clone / command, path=bare)

    assert done.returncode == 1
    assert "needs Python 3.11, 3.12 or 3.13" in done.stderr
    assert "apt-get install python3 python3-venv" in done.stderr


def test_a_python_that_is_too_old_is_not_taken(clone: Path, bare: Path) -> None:
    _program(bare / "python3", "exit 1")

    done = _start(clone / "run", path=bare)

    assert "needs Python 3.11, 3.12 or 3.13" in done.stderr


def test_a_python_without_ensurepip_is_told_the_package(clone: Path, bare: Path) -> None:
    _program(bare / "python3", f'case "$2" in *ensurepip*) exit 1 ;; *) exec {sys.executable} "$@" ;; esac')

    done = _start(clone / "run", path=bare)

    assert done.returncode == 1
    assert "apt-get install python3-venv" in done.stderr


def test_a_name_on_path_that_starts_nothing_is_passed_over(clone: Path, bare: Path) -> None:
    _program(bare / "uv", "echo 'no version is set' >&2; exit 127")
    _program(bare / "python3", "exit 127")
    _program(bare / "python3.12", "exit 1")

    done = _start(clone / "run", path=bare)

    assert "needs Python" in done.stderr


def test_an_installed_environment_is_used_as_it_is_from_any_folder(clone: Path, bare: Path) -> None:
    _installed(
        clone / ".venv", clone / "requirements" / "run.txt", '[ "$1" = -c ] || echo "started with: $*"'
    )

    done = _start(clone / "run", "doctor", "--json", path=bare)

    assert done.stdout == "started with: -P -m app doctor --json\n"
    assert not done.stderr


def test_compiled_files_are_kept_though_the_image_of_a_container_forbids_it(clone: Path, bare: Path) -> None:
    _installed(clone / ".venv", clone / "requirements" / "run.txt", 'echo "${PYTHONDONTWRITEBYTECODE-kept}"')

    done = _start(clone / "run", path=bare, PYTHONDONTWRITEBYTECODE="1")

    assert done.stdout.splitlines()[-1] == "kept"


@pytest.mark.parametrize(
    ("checks", "tests", "code"),
    [(0, 0, 0), (1, 0, 1), (0, 1, 1), (1, 1, 1)],
    ids=["green", "types", "tests", "both"],
)
def test_a_failed_check_or_a_failed_test_fails_the_whole(
    clone: Path, bare: Path, checks: int, tests: int, code: int
) -> None:
    _installed(clone / ".venv-test", clone / "requirements" / "dev.txt", f'[ "$1" = -c ] || exit {tests}')
    _program(clone / "tools" / "check", f"echo what was checked; exit {checks}")
    _program(bare / "chromium", "exit 0")

    done = _start(clone / "test", path=bare)

    assert done.returncode == code
    assert done.stdout == "what was checked\n"


def test_scripts_speak_plain_sh() -> None:
    for script in ("run", "test", ".ci/run", "tools/check", "tools/environment.sh"):
        subprocess.run(["sh", "-n", str(PROJECT / script)], check=True)
    assert all(os.access(PROJECT / script, os.X_OK) for script in ("run", "test", ".ci/run", "tools/check"))


def _installed(environment: Path, lock: Path, python: str) -> None:
    """An environment of which the scripts believe that it was made from the lock."""
    (environment / "bin").mkdir(parents=True)
    _program(environment / "bin" / "python", f"{python}\nexit 0")
    wanted = subprocess.run(["cksum"], input=lock.read_bytes(), capture_output=True, check=True)
    (environment / "installed").write_bytes(wanted.stdout)


def _program(path: Path, body: str) -> None:
    path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    path.chmod(0o755)
