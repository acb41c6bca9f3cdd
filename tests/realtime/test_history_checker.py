"""The judge is judged first: each broken promise is found, and a whole history is not blamed."""

import pytest

from tests.realtime.history_checker import Seen, View, Written, complaints

A, B, C = Seen(1, "a", "раз"), Seen(2, "b", "два"), Seen(3, "c", "три")
WRITTEN = [Written("a", "раз", 1), Written("b", "два", 2), Written("c", "три", None)]


def test_a_whole_history_gives_no_complaint() -> None:
    views = {"anna": View(0, [A, B, C]), "boris": View(1, [B, C]), "late": View(3, [])}

    assert complaints(WRITTEN, [A, B, C], views) == []


def test_an_unacknowledged_message_may_be_missing() -> None:
    assert complaints(WRITTEN, [A, B], {"anna": View(0, [A, B])}) == []


@pytest.mark.parametrize(
    ("stored", "view", "complaint"),
    [
        pytest.param([A], [A], "b was acknowledged and is lost", id="lost"),
        pytest.param([A, B, Seen(3, "b", "два")], [], "b is stored 2 times", id="stored twice"),
        pytest.param([A, Seen(2, "b", "ДВА")], [], "b is stored with other words", id="other words"),
        pytest.param([B, A], [], "the stored order has 1 where 3 belongs", id="stored out of order"),
        pytest.param([A, C], [A, C], "the stored order has 3 where 2 belongs", id="hole in the store"),
        pytest.param([A, B, Seen(3, "x", "?")], [], "3 is stored and nobody wrote it", id="phantom"),
        pytest.param([A, B], [A], "anna: 2 was never seen", id="not seen"),
        pytest.param([A, B], [A, B, B], "anna: 2 was seen 2 times", id="seen twice"),
        pytest.param([A, B], [B, A], "anna: messages were seen out of order", id="seen out of order"),
        pytest.param([A, B], [A, B, C], "anna: 3 was seen and is not what is stored", id="seen phantom"),
    ],
)
def test_a_broken_promise_is_found(stored: list[Seen], view: list[Seen], complaint: str) -> None:
    assert complaint in complaints(WRITTEN, stored, {"anna": View(0, view)})
