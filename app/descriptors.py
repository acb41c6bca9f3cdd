"""Open files: each socket is one, and most systems give a process a thousand until it asks for more."""

import resource
from typing import Final

# Where the system sets no bound; memory for what is used only (realtime/places.py holds as many).
MOST_DESCRIPTORS: Final = 1 << 20


def raise_descriptor_limit() -> int:
    """Let this process and its children open as many files as they may; returns how many that are."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    limit = MOST_DESCRIPTORS if hard == resource.RLIM_INFINITY else hard
    if soft == resource.RLIM_INFINITY or soft >= limit:
        return limit
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
    except (ValueError, OSError):
        # macOS says "infinity" and means less.
        return soft
    return limit
