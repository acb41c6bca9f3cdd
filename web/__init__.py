"""Pages, forms and the HTTP API."""

from web.dependencies import WebDependencies
from web.door import build_web

__all__ = ["WebDependencies", "build_web"]
