"""Who is writing and who is on the line, with a clock turned by hand."""

from typing import Any

from realtime.presence import TYPING_TTL_S, Presence

ROOM = "room:" + "a" * 32
QUEUE = "queue:" + "b" * 32


class TwoHubs:
    """Two hubs that hear each other, and what each has shown."""

    def __init__(self) -> None:
        self.now = 0.0
        self.shown: dict[str, list[tuple[str, dict[str, Any]]]] = {"one": [], "two": []}
        self.told = 0
        self.one = self._hub("one")
        self.two = self._hub("two")

    def _hub(self, name: str) -> Presence:
        return Presence(
            hub_id=name,
            show=lambda stream, state: self.shown[name].append((stream, state)),
            tell=self._tell,
        )

    def _tell(self, message: dict[str, Any]) -> None:
        self.told += 1
        for hub in (self.one, self.two):
            hub.heard(message, now=self.now)


def test_typing_shows_in_every_hub_and_lapses_by_itself() -> None:
    hubs = TwoHubs()

    hubs.one.types(ROOM, person_id="anna", name="Анна", now=hubs.now)
    hubs.two.tick(now=TYPING_TTL_S + 1)

    assert hubs.shown["two"] == [
        (ROOM, {"typing": [{"person": "anna", "name": "Анна"}]}),
        (ROOM, {"typing": []}),
    ]


def test_somebody_who_keeps_typing_is_told_to_others_at_most_once_a_second() -> None:
    hubs = TwoHubs()

    for step in range(20):
        hubs.one.types(ROOM, person_id="anna", name="Анна", now=step / 10)

    assert hubs.told == 2


def test_whoever_has_sent_the_message_types_no_more() -> None:
    hubs = TwoHubs()
    hubs.one.types(ROOM, person_id="anna", name="Анна", now=0.0)

    hubs.one.said(ROOM, person_id="anna")

    assert hubs.shown["one"][-1] == (ROOM, {"typing": []})


def test_an_official_with_two_pages_is_one_official_and_leaves_with_the_last() -> None:
    hubs = TwoHubs()

    hubs.one.arrives(QUEUE, person_id="ivan")
    hubs.one.arrives(QUEUE, person_id="ivan")
    hubs.one.leaves(QUEUE, person_id="ivan")
    with_one_page = hubs.two.online(QUEUE)
    hubs.one.leaves(QUEUE, person_id="ivan")

    assert (with_one_page, hubs.two.online(QUEUE)) == ({"online": 1}, {"online": 0})


def test_the_same_official_in_two_hubs_counts_once() -> None:
    hubs = TwoHubs()

    hubs.one.arrives(QUEUE, person_id="ivan")
    hubs.two.arrives(QUEUE, person_id="ivan")

    assert hubs.one.online(QUEUE) == {"online": 1}


def test_a_hub_that_died_is_forgotten_within_a_minute() -> None:
    hubs = TwoHubs()
    hubs.one.arrives(QUEUE, person_id="ivan")

    hubs.two.tick(now=59.0)

    assert hubs.two.online(QUEUE) == {"online": 0}
