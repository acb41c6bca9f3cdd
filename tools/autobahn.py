"""Judges the WebSocket protocol class by Autobahn|Testsuite: ``python -m tools.autobahn PATH_OF_WSTEST``.

wstest is ``pip install autobahntestsuite`` in a virtual environment of Python 2.7. Groups 1 to 7 and 10
of its cases are run against an echo application on realtime.transport; exit code 1 if one fails.
"""

import asyncio
import collections
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import uvicorn

from realtime import UVICORN_OPTIONS

CASES = ["1.*", "2.*", "3.*", "4.*", "5.*", "6.*", "7.*", "10.*"]
FINE = {"OK", "NON-STRICT", "INFORMATIONAL"}


async def echo(_scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Say back whatever is said."""
    await receive()
    await send({"type": "websocket.accept"})
    while (event := await receive())["type"] == "websocket.receive":
        await send({**event, "type": "websocket.send"})


async def main(wstest: str) -> int:
    """Run the cases; 0 if none failed."""
    config = uvicorn.Config(
        echo, port=0, loop="uvloop", lifespan="off", log_level="warning", **UVICORN_OPTIONS
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        verdicts = await judge(wstest, f"ws://127.0.0.1:{port}", Path(folder))
    server.should_exit = True
    await serving
    return report(verdicts)


async def judge(wstest: str, url: str, folder: Path) -> dict[str, dict[str, str]]:
    """The verdict of each case."""
    spec = {
        "outdir": str(folder),
        "servers": [{"agent": "strategy24", "url": url}],
        "cases": CASES,
        "exclude-cases": [],
        "exclude-agent-cases": {},
    }
    (folder / "spec.json").write_text(json.dumps(spec))
    process = await asyncio.create_subprocess_exec(
        wstest,
        *("-m", "fuzzingclient", "-s", str(folder / "spec.json")),
        cwd=folder,
        stdout=asyncio.subprocess.DEVNULL,
    )
    await process.wait()
    index: dict[str, dict[str, dict[str, str]]] = json.loads((folder / "index.json").read_text())
    return index["strategy24"]


def report(verdicts: dict[str, dict[str, str]]) -> int:
    """Print the sums and each failure."""
    for what in ("behavior", "behaviorClose"):
        print(what, dict(collections.Counter(verdict[what] for verdict in verdicts.values())))
    failed = [
        name
        for name, verdict in verdicts.items()
        if not {verdict["behavior"], verdict["behaviorClose"]} <= FINE
    ]
    for name in failed:
        print("FAILED", name, verdicts[name]["behavior"], verdicts[name]["behaviorClose"])
    print(f"{len(verdicts)} cases, {len(failed)} failed")
    return 1 if failed or not verdicts else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1])))
