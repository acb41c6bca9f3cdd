"""Who is writing and how many officials are on the line: best effort, forgotten by itself.

Nothing here is stored. Each hub tells the others through Redis; what is not repeated lapses, so a hub
that died is forgotten within a minute and a lost message costs one missing hint.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

TYPING_TTL_S: Final = 5.0
# A page sends a keystroke's worth of typing at most this often to the others.
TYPING_PACE_S: Final = 1.0
# A hub that died is forgotten within a minute, its last words, the next look and the showing included.
ONLINE_TTL_S: Final = 50.0

Show = Callable[[str, dict[str, Any]], None]
Tell = Callable[[dict[str, Any]], None]


@dataclass(slots=True)
class Presence:
    """What this process knows about who is there. Times are the event loop's, in seconds.

    ``show`` sends a state to the followers of a stream, ``tell`` sends a message to the other hubs.
    """

    hub_id: str
    show: Show
    tell: Tell
    _typing: dict[str, dict[str, tuple[float, str]]] = field(default_factory=dict)
    _here: dict[str, dict[str, int]] = field(default_factory=dict)
    _elsewhere: dict[str, dict[str, dict[str, float]]] = field(default_factory=dict)

    def types(self, stream: str, *, person_id: str, name: str, now: float) -> None:
        """A person of this process is writing in a stream."""
        until, _ = self._typing.get(stream, {}).get(person_id, (0.0, name))
        if until - now > TYPING_TTL_S - TYPING_PACE_S:
            return
        self._typed(stream, person_id=person_id, name=name, now=now)
        self.tell({"hub": self.hub_id, "typing": [stream, person_id, name]})

    def said(self, stream: str, *, person_id: str | None) -> None:
        """Whoever has sent the message is not writing it any more."""
        if person_id is not None and self._typing.get(stream, {}).pop(person_id, None) is not None:
            self._show_typing(stream)

    def arrives(self, queue: str, *, person_id: str) -> None:
        """An official of this process watches the queue of a territory."""
        people = self._here.setdefault(queue, {})
        people[person_id] = people.get(person_id, 0) + 1
        if people[person_id] == 1:
            self._show_online(queue)
            self._tell_online(queue)

    def leaves(self, queue: str, *, person_id: str) -> None:
        """One page of the official is gone; the official is, when it was the last."""
        people = self._here.get(queue, {})
        people[person_id] = people.get(person_id, 1) - 1
        if people[person_id] <= 0:
            del people[person_id]
            if not people:
                self._here.pop(queue, None)
            self._show_online(queue)
            self._tell_online(queue)

    def heard(self, message: dict[str, Any], *, now: float) -> None:
        """Another hub told something."""
        if message["hub"] == self.hub_id:
            return
        if "typing" in message:
            stream, person_id, name = message["typing"]
            self._typed(stream, person_id=person_id, name=name, now=now)
        for queue, people in message.get("online", {}).items():
            self._elsewhere.setdefault(queue, {})[message["hub"]] = dict.fromkeys(people, now + ONLINE_TTL_S)
            self._show_online(queue)

    def tick(self, *, now: float) -> None:
        """Forget what was not repeated; called about once a second."""
        for stream, people in list(self._typing.items()):
            lapsed = [person_id for person_id, (until, _) in people.items() if until <= now]
            for person_id in lapsed:
                del people[person_id]
            if lapsed:
                self._show_typing(stream)
        for queue, hubs in list(self._elsewhere.items()):
            for hub, seen in list(hubs.items()):
                if all(until <= now for until in seen.values()):
                    del hubs[hub]
                    self._show_online(queue)
            if not hubs:
                del self._elsewhere[queue]

    def repeat(self) -> None:
        """Tell the other hubs again who is here; called every third of ``ONLINE_TTL_S``."""
        if self._here:
            online = {queue: sorted(people) for queue, people in self._here.items()}
            self.tell({"hub": self.hub_id, "online": online})

    def online(self, queue: str) -> dict[str, Any]:
        """The state that tells how many officials watch a queue."""
        people = set(self._here.get(queue, ()))
        for seen in self._elsewhere.get(queue, {}).values():
            people.update(seen)
        return {"online": len(people)}

    def _typed(self, stream: str, *, person_id: str, name: str, now: float) -> None:
        people = self._typing.setdefault(stream, {})
        fresh = person_id not in people
        people[person_id] = (now + TYPING_TTL_S, name)
        if fresh:
            self._show_typing(stream)

    def _show_typing(self, stream: str) -> None:
        people = self._typing.get(stream, {})
        if not people:
            self._typing.pop(stream, None)
        typing = [{"person": person_id, "name": name} for person_id, (_, name) in people.items()]
        self.show(stream, {"typing": typing})

    def _show_online(self, queue: str) -> None:
        self.show(queue, self.online(queue))

    def _tell_online(self, queue: str) -> None:
        self.tell({"hub": self.hub_id, "online": {queue: sorted(self._here.get(queue, ()))}})
