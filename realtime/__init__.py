"""The live hub: WebSocket doors and fan-out."""

from realtime.hub import Hub
from realtime.limits import DEFAULT_LIMITS, Limits
from realtime.routing import build_hub
from realtime.transport import UVICORN_OPTIONS

__all__ = ["DEFAULT_LIMITS", "UVICORN_OPTIONS", "Hub", "Limits", "build_hub"]
