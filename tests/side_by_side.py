"""Which test process takes what next: those that wait beside one that computes."""

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

# Most of the time of these passes in waiting: for a killed process to come back, for a browser to draw.
_WAITING = ("tests/faults/", "tests/web/browser/", "tests/app/")


class SideBySide(LoadScopeScheduling):  # type: ignore[misc]  # the library has no types
    """As ``loadscope``; one process takes the tests that wait last of all, the others take them first.

    ``./test`` runs three processes on two cores. When all wait at once the cores idle; when two wait and one
    computes, both are busy.
    """

    def __init__(self, config: pytest.Config, log: Any) -> None:
        super().__init__(config, log)
        self._computing = f"gw{self.numnodes - 1}"

    def _assign_work_unit(self, node: Any) -> None:
        waits = node.gateway.id != self._computing
        chosen = next((scope for scope in self.workqueue if scope.startswith(_WAITING) is waits), None)
        if chosen is not None:
            self.workqueue.move_to_end(chosen, last=False)
        super()._assign_work_unit(node)
