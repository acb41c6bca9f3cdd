"""What the sender asks of a messenger, and the five ways in which it may end."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from core.delivery import Urgency
from core.shared.ids import DeliveryId
from messengers import Carrier, Screen


@dataclass(frozen=True, slots=True)
class Sent:
    """The messenger took it; ``native_id`` names the message for later edits."""

    native_id: str | None


@dataclass(frozen=True, slots=True)
class Unreachable:
    """For good: the person blocked the bot or left the messenger.

    ``closed_by_us``: the messenger was not asked, it is us who take another way.
    """

    reason: str
    closed_by_us: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """For good: the messenger does not take this message. A mistake of ours or a message that is gone."""

    reason: str


@dataclass(frozen=True, slots=True)
class Later:
    """Not sent; try after ``wait``. ``tried``: False if the messenger was not even asked."""

    reason: str
    wait: timedelta = timedelta(0)
    tried: bool = True


@dataclass(frozen=True, slots=True)
class Uncertain:
    """The answer was lost: it may have arrived."""

    reason: str


Outcome = Sent | Unreachable | Refused | Later | Uncertain


class CarrierSender(Protocol):
    """A messenger as the sender sees it."""

    @property
    def carrier(self) -> Carrier:
        """Which messenger."""
        ...

    async def send(
        self, address: str, screen: Screen, *, delivery_id: DeliveryId, urgency: Urgency
    ) -> Outcome:
        """Send a new message in its lane. ``delivery_id`` is the same in a repetition."""
        ...

    async def edit(
        self, address: str, native_id: str, screen: Screen, *, delivery_id: DeliveryId, urgency: Urgency
    ) -> Outcome:
        """Change a message that was sent before."""
        ...

    async def close(self) -> None:
        """Give connections back."""
        ...
