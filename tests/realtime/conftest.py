"""A hub behind a real server, with a relay, a Redis and a town."""

from collections.abc import AsyncIterator

import pytest

from tests.realtime.live_town import LiveTown, live_town
from tests.town import Town


@pytest.fixture
async def live(town: Town, redis_url: str) -> AsyncIterator[LiveTown]:
    async with live_town(town, redis_url) as opened:
        yield opened
        assert opened.complaints_of_the_schema() == []
