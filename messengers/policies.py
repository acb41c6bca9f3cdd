"""What each messenger may carry at this moment, as the administrator has chosen, without a restart."""

import logging
import time
from collections.abc import Iterator, Mapping

from core.channels import ChannelPolicy, channel_policies
from core.shared.errors import DomainError
from core.store import Database
from messengers.capabilities import Carrier

log = logging.getLogger(__name__)

Policies = Mapping[Carrier, ChannelPolicy]
LOOK_EVERY_S = 1.0


class LivePolicies(Policies):
    """A mapping that looks into the database when it is asked, at most once a second.

    initial: the carriers that this deployment has, each with what holds until somebody chooses.
    """

    def __init__(self, database: Database, initial: Policies) -> None:
        self._database = database
        self._initial = dict(initial)
        self._known = self._initial
        self._next_look = 0.0

    def __getitem__(self, carrier: Carrier) -> ChannelPolicy:
        self._look()
        return self._known[carrier]

    def __iter__(self) -> Iterator[Carrier]:
        return iter(self._initial)

    def __len__(self) -> int:
        return len(self._initial)

    def _look(self) -> None:
        """One row a messenger by its key: shorter than handing it to another thread would take."""
        if time.monotonic() < self._next_look:
            return
        self._next_look = time.monotonic() + LOOK_EVERY_S
        try:
            chosen = self._database.read(channel_policies)
        except DomainError:
            # The store is away: what was chosen last holds on, and we look again in a second.
            log.warning("channel_policies_not_read")
            return
        self._known = {carrier: chosen.get(carrier, policy) for carrier, policy in self._initial.items()}
