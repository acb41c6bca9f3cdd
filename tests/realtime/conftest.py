"""A hub behind a real server, with a relay, a Redis and a town."""

from collections.abc import AsyncIterator

import pytest

from tests.realtime.live_town import LiveTown, live_town
from tests.town import Town


@pytest.fixture(params=["wire", pytest.param("asgi", marks=pytest.mark.long)])
async def live(request: pytest.FixtureRequest, town: Town, redis_url: str) -> AsyncIterator[LiveTown]:
    """The hub on its own protocol class, and (long) on a server that offers nothing but ASGI."""
    async with live_town(town, redis_url) as opened:
        opened.door.foreign = request.param == "asgi"
        yield opened
        assert opened.complaints_of_the_schema() == []


@pytest.fixture
def without_nets(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hub that never compares itself with the database: what it knows, it was told.

    For tests of the fast path. A limit of a second instead would be a bet on an idle machine.
    """
    monkeypatch.setattr("realtime.hub.COMPARE_EVERY_S", 3600.0)
    monkeypatch.setattr("realtime.hub.REVOCATION_EVERY_S", 3600.0)


@pytest.fixture
def without_wide_net(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hub that hears Redis never looks for revoked sessions: only one that does not finds them so."""
    monkeypatch.setattr("realtime.hub.REVOCATION_LINKED_EVERY_S", 3600.0)
