"""Rules about files that no linter of the others knows.

Lock files hold no address of a package index, versions are not below the safe minimum, templates never switch
escaping off, and no module is named after nothing (`utils`, `helpers`, ...).
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

# No advisory service is asked; these are the versions below which a known hole is open.
MINIMUM_VERSIONS = {"aiohttp": (3, 14, 4), "django": (5, 2, 15), "daphne": (4, 2, 2)}

_EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers", "stuff"}
_ADDRESS = re.compile(r"https?://|git\+|file:|--(extra-)?index-url|--find-links|\bregistry\b", re.IGNORECASE)
_UNESCAPED = re.compile(r"\|\s*(safe|safeseq)\b|{%-?\s*autoescape\s+off", re.IGNORECASE)


def tree_files(root: Path) -> list[Path]:
    """Return the files of the project: known to git, or new and not ignored; in a bare copy all."""
    command = ["git", "-C", str(root), "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, capture_output=True, check=False)
    if listed.returncode == 0:
        names = [name for name in listed.stdout.decode().split("\0") if name]
        return [root / name for name in names if (root / name).is_file()]
    return [path for path in root.rglob("*") if path.is_file()]


def problems(root: Path) -> Iterator[str]:
    """Yield a line for each broken rule in the tree under `root`."""
    files = tree_files(root)
    yield from _addresses_in_locks(root, files)
    yield from _old_versions(root)
    yield from _unescaped_templates(root, files)
    for path in files:
        if path.stem in _EMPTY_NAMES and path.suffix == ".py":
            yield f"{path.relative_to(root)}: a module is named by what it does"


def _addresses_in_locks(root: Path, files: Iterable[Path]) -> Iterator[str]:
    for path in files:
        if not _is_lock(path):
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if _ADDRESS.search(line):
                yield f"{path.relative_to(root)}:{number}: a lock file holds no address: {line.strip()[:80]}"


def _is_lock(path: Path) -> bool:
    if path.name in {
        "package-lock.json",
        "yarn.lock",
        "pnpm-lock.yaml",
        "uv.lock",
        "poetry.lock",
        "Pipfile.lock",
    }:
        return True
    return path.parent.name == "requirements" and path.suffix == ".txt"


def _old_versions(root: Path) -> Iterator[str]:
    for lock in sorted((root / "requirements").glob("*.txt")):
        for name, version in locked_versions(lock).items():
            minimum = MINIMUM_VERSIONS.get(name)
            if minimum and _numbers(version) < minimum:
                wanted = ".".join(map(str, minimum))
                yield f"{lock.relative_to(root)}: {name} {version} is below {wanted}"


def locked_versions(lock: Path) -> dict[str, str]:
    """Return the version of each package in a lock file."""
    pins = re.findall(
        r"^([\w.-]+)(?:\[[\w,]+\])?==([^\s;\\]+)", lock.read_text(encoding="utf-8"), re.MULTILINE
    )
    return {name.lower().replace("_", "-"): version for name, version in pins}


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version))


def _unescaped_templates(root: Path, files: Iterable[Path]) -> Iterator[str]:
    for path in files:
        if path.suffix not in {".html", ".txt"} or "templates" not in path.parts:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if _UNESCAPED.search(line):
                yield f"{path.relative_to(root)}:{number}: a template never switches escaping off"


def main() -> int:
    """Print the problems of the tree in the current folder; returns 1 when there are any."""
    found = sorted(problems(Path.cwd()))
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
