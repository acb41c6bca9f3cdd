"""Structured logs of every process: one line an event, key=value or JSON, on standard output.

Libraries that use the standard `logging` come out in the same form. Lines carry ids, never personal data and
never the text of a message.
"""

from __future__ import annotations

import logging
import sys
from typing import Literal

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

LogFormat = Literal["text", "json"]

# These report each request or each reconnection at level info, which is noise of their own.
_QUIETER = (
    "aiogram.event",
    "alembic",
    "asyncio",
    "choreographer",
    "httpcore",
    "httpx",
    "kaleido",
    "rq",
    "uvicorn",
)


def configure_logging(*, process: str, level: str = "info", format: LogFormat = "text") -> None:  # noqa: A002
    """Send all logs of this process to standard output; `process` names it in every line."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        _named(process),
        structlog.processors.format_exc_info,
    ]
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_rendering(format)],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in _QUIETER:
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def _named(process: str) -> Processor:
    def add(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        event["process"] = process
        return event

    return add


def _rendering(log_format: LogFormat) -> list[Processor]:
    if log_format == "json":
        return [structlog.processors.JSONRenderer(ensure_ascii=False)]
    return [
        _exception_last,
        structlog.processors.LogfmtRenderer(key_order=["at", "level", "process", "event"]),
    ]


def _exception_last(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    # One line an event holds for tracebacks too: logfmt escapes their line ends.
    if "exception" in event:
        event["exception"] = event.pop("exception")
    return event
