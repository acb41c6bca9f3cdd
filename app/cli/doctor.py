"""Says what is wrong with an instance and how to mend it: `./run doctor [--json]`.

Reads, never changes; works beside a running instance. Ends with code 1 when something keeps it from working.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict

from app.diagnosis import Finding, Level, examine

_SIGNS = {Level.OK: "ok     ", Level.WARNING: "warning", Level.ERROR: "ERROR  "}


def main(arguments: Sequence[str]) -> int:
    """Run `./run doctor`; returns the exit code."""
    parser = argparse.ArgumentParser(prog="./run doctor", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args(arguments)
    findings = list(examine())
    errors = sum(finding.level is Level.ERROR for finding in findings)
    if options.json:
        shown = [asdict(finding) for finding in findings]
        print(json.dumps({"ok": not errors, "findings": shown}, ensure_ascii=False))
    else:
        _print(findings, errors)
    return 1 if errors else 0


def _print(findings: Sequence[Finding], errors: int) -> None:
    width = max(len(finding.subject) for finding in findings)
    for finding in findings:
        print(f"{_SIGNS[finding.level]}  {finding.subject:{width}}  {finding.found}")
        if finding.mend:
            print(f"{'':{width + 9}}  -> {finding.mend}")
    print(f"\n{errors} errors." if errors else "\nNothing keeps it from working.")
