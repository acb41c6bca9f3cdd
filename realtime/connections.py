"""Who is connected to this process, so that a revocation finds its sockets."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, TypeVar

from core.identity import Viewer
from core.shared.ids import PersonId, SessionId
from realtime.outlet import BoundedOutlet
from realtime.protocol import CloseCode

K = TypeVar("K")
REMEMBERED: Final = 1_000


@dataclass(frozen=True, slots=True, eq=False)
class Connection:
    """One open socket and the viewer it was opened by."""

    viewer: Viewer
    outlet: BoundedOutlet


@dataclass(slots=True)
class Connections:
    """All open sockets of this process."""

    open: set[Connection] = field(default_factory=set)
    _by_session: dict[SessionId, set[Connection]] = field(default_factory=dict)
    _by_person: dict[PersonId, set[Connection]] = field(default_factory=dict)
    _newest_changes: deque[tuple[float, str]] = field(default_factory=lambda: deque(maxlen=REMEMBERED))

    def add(self, connection: Connection) -> None:
        """A socket was opened."""
        self.open.add(connection)
        if connection.viewer.session_id is not None:
            self._by_session.setdefault(connection.viewer.session_id, set()).add(connection)
        if connection.viewer.person_id is not None:
            self._by_person.setdefault(connection.viewer.person_id, set()).add(connection)

    def remove(self, connection: Connection) -> None:
        """A socket has ended."""
        self.open.discard(connection)
        _discard(self._by_session, connection.viewer.session_id, connection)
        _discard(self._by_person, connection.viewer.person_id, connection)

    def of_person(self, person_id: PersonId) -> list[Connection]:
        """All sockets of one person, whatever sessions they belong to."""
        return list(self._by_person.get(person_id, ()))

    def sessions(self) -> list[SessionId]:
        """All sessions that have a socket here."""
        return list(self._by_session)

    def officials(self) -> dict[PersonId, Viewer]:
        """Connected persons who hold roles, as they were when they connected."""
        return {
            person_id: viewer
            for person_id, connections in self._by_person.items()
            for viewer in [next(iter(connections)).viewer]
            if viewer.grants
        }

    def end_session(self, session_id: SessionId, *, now: float) -> None:
        """The session was revoked: its sockets close for good. ``now`` is the event loop's time."""
        self._newest_changes.append((now, session_id))
        close_all(self._by_session.get(session_id, ()), CloseCode.SIGNED_OUT)

    def look_anew(self, person_id: PersonId, *, now: float) -> None:
        """The person's rights changed: the sockets come back and every door looks at them again."""
        self._newest_changes.append((now, person_id))
        close_all(self._by_person.get(person_id, ()), CloseCode.RESUME)

    def changed_since(self, viewer: Viewer, *, since: float) -> bool:
        """Whether the viewer, being read from the database since then, may be out of date already."""
        mine = (viewer.session_id, viewer.person_id)
        return any(at >= since and changed in mine for at, changed in self._newest_changes)


def close_all(connections: Iterable[Connection], code: CloseCode) -> None:
    """Close these sockets; the call does not wait for them."""
    closing = tuple(connections)
    for connection in closing:
        connection.outlet.close(code, others=len(closing) - 1)


def _discard(index: dict[K, set[Connection]], key: K | None, connection: Connection) -> None:
    if key is None or key not in index:
        return
    index[key].discard(connection)
    if not index[key]:
        del index[key]
