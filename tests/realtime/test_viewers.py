"""How many watch a room: over two hubs, with a clock turned by hand."""

from typing import Any

from realtime.presence import ONLINE_TTL_S
from realtime.viewers import COUNTS_PER_S, Viewers

ROOM = "room:" + "a" * 32


class TwoHubs:
    """Two hubs that hear each other unless Redis is away, and what each has shown."""

    def __init__(self) -> None:
        self.now = 0.0
        self.deaf = False
        self.shown: dict[str, list[int]] = {"one": [], "two": []}
        self.one = self._hub("one")
        self.two = self._hub("two")

    def _hub(self, name: str) -> Viewers:
        return Viewers(
            hub_id=name,
            show=lambda _stream, state: self.shown[name].append(state["viewers"]),
            tell=self._tell,
        )

    def _tell(self, message: dict[str, Any]) -> None:
        for hub in (self.one, self.two):
            if not self.deaf:
                hub.heard(message, now=self.now)

    def second(self, seconds: float = 1.0) -> None:
        """So much time passes."""
        self.now += seconds
        self.one.tick(now=self.now)
        self.two.tick(now=self.now)


def test_those_on_both_hubs_are_counted_and_shown_on_both() -> None:
    hubs = TwoHubs()

    hubs.one.arrives(ROOM, "anna")
    hubs.two.arrives(ROOM, "boris")
    hubs.second()
    hubs.second()

    assert (hubs.shown["one"][-1], hubs.shown["two"][-1]) == (2, 2)


def test_two_pages_of_one_person_are_one_viewer_who_leaves_with_the_last() -> None:
    hubs = TwoHubs()

    hubs.one.arrives(ROOM, "anna")
    hubs.one.arrives(ROOM, "anna")
    hubs.one.leaves(ROOM, "anna")
    with_one_page = hubs.one.count(ROOM)
    hubs.one.leaves(ROOM, "anna")

    assert (with_one_page, hubs.one.count(ROOM)) == (1, 0)


def test_a_rush_of_comings_and_goings_is_shown_once_a_second() -> None:
    hubs = TwoHubs()

    for number in range(50):
        hubs.one.arrives(ROOM, str(number))
    hubs.second()

    assert hubs.shown["one"] == [50]


def test_the_count_of_a_huge_audience_is_shown_more_rarely() -> None:
    hubs = TwoHubs()
    for number in range(5 * COUNTS_PER_S):
        hubs.one.arrives(ROOM, str(number))
    hubs.second()

    hubs.one.arrives(ROOM, "late")
    for _ in range(4):
        hubs.second()
    early = list(hubs.shown["one"])
    hubs.second(2.0)

    assert (early, hubs.shown["one"][-1]) == ([5 * COUNTS_PER_S], 5 * COUNTS_PER_S + 1)


def test_the_viewers_of_a_hub_that_died_are_forgotten_within_a_minute() -> None:
    hubs = TwoHubs()
    hubs.one.arrives(ROOM, "anna")
    hubs.two.arrives(ROOM, "boris")
    hubs.second()

    hubs.deaf = True
    for _ in range(60):
        hubs.second()

    assert hubs.two.count(ROOM) == 1
    assert hubs.shown["two"][-1] == 1


def test_a_hub_that_lives_is_not_forgotten() -> None:
    hubs = TwoHubs()
    hubs.one.arrives(ROOM, "anna")
    hubs.second()

    for _ in range(6):
        hubs.second(ONLINE_TTL_S / 3)
        hubs.one.repeat()

    assert hubs.two.count(ROOM) == 1


def test_what_redis_lost_is_made_good_by_the_next_repetition() -> None:
    hubs = TwoHubs()
    hubs.deaf = True
    hubs.one.arrives(ROOM, "anna")
    hubs.second()
    hubs.deaf = False

    hubs.one.repeat()

    assert hubs.two.count(ROOM) == 1
