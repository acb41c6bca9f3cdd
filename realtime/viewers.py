"""How many people watch a room, over all hubs: a count that lags a little and always heals.

Each hub counts its own and tells the others through Redis. What is not repeated lapses, so the viewers of a
hub that died are forgotten within a minute, and a lost message is made good by the next repetition.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

from realtime.frames import state_frame
from realtime.places import Outlet
from realtime.presence import ONLINE_TTL_S, Show, Tell
from realtime.wire import Frame

# A new count goes to everybody who watches. So many deliveries a second may go into that, in each room.
COUNTS_PER_S: Final = 1_000


@dataclass(slots=True)
class Viewers:
    """Who watches which room in this process, and how many do elsewhere.

    ``show`` sends a state to the followers of a stream, ``tell`` sends a message to the other hubs. Times
    are the event loop's, in seconds.
    """

    hub_id: str
    show: Show
    tell: Tell
    _here: dict[str, Counter[str]] = field(default_factory=dict)
    _elsewhere: dict[str, dict[str, tuple[int, float]]] = field(default_factory=dict)
    _shown: dict[str, tuple[int, float]] = field(default_factory=dict)
    _moved: set[str] = field(default_factory=set)

    def arrives(self, stream: str, who: str) -> None:
        """Somebody of this process begins to watch; two pages of one person are one viewer."""
        self._here.setdefault(stream, Counter())[who] += 1
        self._moved.add(stream)

    def leaves(self, stream: str, who: str) -> None:
        """One page of theirs is gone."""
        here = self._here.get(stream)
        if here is None:
            return
        here[who] -= 1
        if here[who] <= 0:
            del here[who]
        if not here:
            del self._here[stream]
            self._shown.pop(stream, None)
        self._moved.add(stream)

    def greet(self, stream: str, outlet: Outlet) -> None:
        """Tell one who has just come."""
        outlet.offer(Frame.of(state_frame(stream, {"viewers": self.count(stream)})))

    def count(self, stream: str) -> int:
        """How many watch, as far as is known."""
        elsewhere = self._elsewhere.get(stream, {})
        return len(self._here.get(stream, ())) + sum(count for count, _ in elsewhere.values())

    def heard(self, message: dict[str, Any], *, now: float) -> None:
        """Another hub told how many watch there."""
        if message["hub"] == self.hub_id:
            return
        for stream, count in message.get("viewers", {}).items():
            if count > 0:
                self._elsewhere.setdefault(stream, {})[message["hub"]] = (int(count), now + ONLINE_TTL_S)
            else:
                self._forget(stream, message["hub"])

    def tick(self, *, now: float) -> None:
        """Forget what was not repeated, tell and show what has moved; called about once a second."""
        for stream, hubs in list(self._elsewhere.items()):
            for hub in [hub for hub, (_, until) in hubs.items() if until <= now]:
                self._forget(stream, hub)
        if self._moved:
            self.tell(
                {
                    "hub": self.hub_id,
                    "viewers": {stream: len(self._here.get(stream, ())) for stream in self._moved},
                }
            )
            self._moved.clear()
        for stream in self._here:
            self._show(stream, now)

    def repeat(self) -> None:
        """Tell the other hubs again; called every third of ``ONLINE_TTL_S``."""
        if self._here:
            counts = {stream: len(here) for stream, here in self._here.items()}
            self.tell({"hub": self.hub_id, "viewers": counts})

    def _show(self, stream: str, now: float) -> None:
        count = self.count(stream)
        shown, at = self._shown.get(stream, (None, float("-inf")))
        if count == shown or now - at < len(self._here[stream]) / COUNTS_PER_S:
            return
        self._shown[stream] = (count, now)
        self.show(stream, {"viewers": count})

    def _forget(self, stream: str, hub: str) -> None:
        hubs = self._elsewhere.get(stream, {})
        hubs.pop(hub, None)
        if not hubs:
            self._elsewhere.pop(stream, None)
