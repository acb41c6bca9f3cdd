"""The HTTP API under /api/v1: the same use cases as the pages, as JSON."""

from web.api.door import build_api

__all__ = ["build_api"]
