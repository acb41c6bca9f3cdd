"""Identifiers."""

import time

import pytest

from core.shared.ids import new_id


def test_ids_sort_by_when_they_were_made_also_within_a_millisecond_and_after_a_clock_set_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = [new_id() for _ in range(5_000)]
    monkeypatch.setattr(time, "time_ns", lambda: 0)
    made += [new_id() for _ in range(5_000)]

    assert made == sorted(set(made))
    assert {(one[12], one[16] in "89ab") for one in made} == {("7", True)}
