"""A supervisor over tiny children, run as a program by test_supervisor.py with their names.

`steady` works and keeps a grandchild in a session of its own, as Chrome does; `failing` dies at once; `deaf`
ignores SIGTERM; `web` answers on the socket it inherits.
"""

import sys

from app.embedded_redis import find_redis_server, redis_command
from app.lifeline import guarded
from app.settings import PROJECT, Settings, child_environment, read_settings
from app.supervisor import run_instance
from app.supervisor.children import ChildSpec

_STEADY = """
import subprocess, sys, time
from app import lifeline
lifeline.end_with_parent()
lifeline.use_ready_descriptor(int(sys.argv[1]))
helper = subprocess.Popen(["sleep", "600"], start_new_session=True)
print(f"grandchild={helper.pid}", flush=True)
lifeline.report_ready()
time.sleep(600)
"""
_FAILING = "import sys; print('the key of the gate is missing'); sys.exit(3)"
_DEAF = _STEADY.replace(
    "lifeline.report_ready()", "import signal; signal.signal(15, signal.SIG_IGN)\nlifeline.report_ready()"
)
_WEB = """
import http.server, socket, sys
from app import lifeline
lifeline.end_with_parent()
lifeline.use_ready_descriptor(int(sys.argv[1]))
handler = http.server.SimpleHTTPRequestHandler
server = http.server.HTTPServer(("127.0.0.1", 0), handler, bind_and_activate=False)
server.socket = socket.socket(fileno=int(sys.argv[2]))
lifeline.report_ready()
server.serve_forever()
"""


def tiny_plan(settings: Settings, *, port: int, listening: int) -> list[ChildSpec]:
    """Return the children named on the command line."""
    return [_spec(name, settings, listening) for name in sys.argv[1:]]


def _spec(name: str, settings: Settings, listening: int) -> ChildSpec:
    if name == "redis":
        command = guarded(redis_command(find_redis_server().path, directory=settings.redis_folder))
    else:
        code = {"steady": _STEADY, "failing": _FAILING, "deaf": _DEAF, "web": _WEB}[name]
        command = [sys.executable, "-c", code, "{ready_fd}", str(listening)]
    return ChildSpec(
        name=name,
        instance=str(settings.var),
        command=command,
        environment=child_environment() | {"PYTHONPATH": str(PROJECT), "PYTHONUNBUFFERED": "1"},
        probe=_at_once if name == "redis" else None,
        descriptors=(listening,),
    )


async def _at_once() -> bool:
    return True


if __name__ == "__main__":
    sys.exit(run_instance(read_settings(), planner=tiny_plan))
