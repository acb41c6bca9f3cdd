"""Allowances of those who write: kept while they are here and for a while after, and bounded in number."""

import pytest

from realtime import limits
from realtime.limits import Limits, Seats

TWO_AT_ONCE = Limits(messages_per_s=0.001, message_burst=2)


def test_an_allowance_outlives_the_connection_that_used_it() -> None:
    seats = Seats()
    seats.take("person:anna", limit=1)
    used = [seats.may_write("person:anna", limits=TWO_AT_ONCE, now=0.0) for _ in range(3)]
    seats.free("person:anna")
    seats.take("person:anna", limit=1)

    assert (used, seats.may_write("person:anna", limits=TWO_AT_ONCE, now=1.0)) == ([True, True, False], False)


def test_when_too_many_are_remembered_those_who_are_here_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "REMEMBERED_HOLDERS", 2)
    seats = Seats()
    seats.take("person:anna", limit=1)
    for who in ("person:anna", "person:anna", "person:boris"):
        seats.may_write(who, limits=TWO_AT_ONCE, now=0.0)

    seats.may_write("person:vera", limits=TWO_AT_ONCE, now=0.0)

    assert set(seats._writing) == {"person:anna", "person:vera"}
    assert not seats.may_write("person:anna", limits=TWO_AT_ONCE, now=0.0)
