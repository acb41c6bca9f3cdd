"""The checks behind `tools/check`: each an outside program or a module of ours, all run side by side."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

# The slowest first, so that the short ones fill the other core meanwhile.
CHECKS = {
    "types": ["mypy"],
    "imports": ["lint-imports"],
    "format": ["ruff", "format", "--check", "--quiet", "."],
    "style": ["ruff", "check", "--quiet", "."],
    "dependencies": ["deptry", "."],
    "templates": ["djlint", "web/templates", "--lint", "--quiet"],
    "rules": ["ast-grep", "scan", "--error"],
    "rule-tests": ["ast-grep", "test", "--skip-snapshot-tests"],
    "tree": [sys.executable, "-m", "tools.tree"],
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How one check ended; `output` is shown when it failed."""

    name: str
    passed: bool
    seconds: float
    output: str


def run(name: str) -> Outcome:
    """Run one check."""
    began = time.monotonic()
    environment = {**os.environ, "NO_COLOR": "1", "PYTHONUNBUFFERED": "1"}
    done = subprocess.run(CHECKS[name], check=False, capture_output=True, text=True, env=environment)
    return Outcome(
        name=name,
        passed=done.returncode == 0,
        seconds=time.monotonic() - began,
        output=(done.stdout + done.stderr).strip(),
    )


def main() -> int:
    """Run the checks named on the command line, or all; returns 1 when one failed."""
    parser = argparse.ArgumentParser(prog="tools/check", description=__doc__)
    parser.add_argument("checks", nargs="*", choices=[[], *CHECKS], metavar="CHECK", help=", ".join(CHECKS))
    names = parser.parse_args().checks or list(CHECKS)
    began = time.monotonic()
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 2) as pool:
        outcomes = list(pool.map(run, names))
    for outcome in outcomes:
        if not outcome.passed:
            print(f"\n--- {outcome.name} ---\n{outcome.output}\n")
    shown = ", ".join(f"{each.name} {each.seconds:.1f} s" for each in outcomes if each.passed)
    failed = ", ".join(each.name for each in outcomes if not each.passed)
    print(f"checks: {shown or 'none'} passed in {time.monotonic() - began:.1f} s")
    if failed:
        print(f"checks FAILED: {failed}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
