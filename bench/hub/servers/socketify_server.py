"""A room on socketify, which is uWebSockets: topics in C++, publish() coalesces by event loop turn."""

import sys
from typing import Any

from socketify import App, AppListenOptions, CompressOptions, OpCode

application = App()


def _say(_socket: Any, message: str | bytes, _opcode: OpCode) -> None:
    application.publish("room", message, OpCode.TEXT)


_OPTIONS = {"compression": CompressOptions.DISABLED, "idle_timeout": 0, "max_backpressure": 64 * 1024 * 1024}
application.ws("/publish", {**_OPTIONS, "message": _say})
application.ws("/", {**_OPTIONS, "open": lambda socket: socket.subscribe("room")})
application.listen(AppListenOptions(port=int(sys.argv[1]), host="127.0.0.1"), lambda _config: None)
application.run()
