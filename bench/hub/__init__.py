"""`./run bench hub [--json]`: the live hub beside its peers, in one run on one machine.

How it measures and what the figures mean: docs/performance.md.
"""

from bench.hub.run import main

__all__ = ["main"]
