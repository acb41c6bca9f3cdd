"""Quiet hours by the clock of the place."""

from datetime import UTC, datetime

import pytest

from notifications.timing import next_working_moment

MOSCOW, KAMCHATKA = "Europe/Moscow", "Asia/Kamchatka"


@pytest.mark.parametrize(
    ("now", "zone", "moment"),
    [
        pytest.param("2027-03-09T09:00", MOSCOW, "2027-03-09T09:00", id="noon on a Tuesday: now"),
        pytest.param("2027-03-09T03:00", MOSCOW, "2027-03-09T06:00", id="six in the morning: at nine"),
        pytest.param(
            "2027-03-09T15:00", MOSCOW, "2027-03-10T06:00", id="exactly six in the evening: tomorrow"
        ),
        pytest.param("2027-03-12T16:00", MOSCOW, "2027-03-15T06:00", id="Friday evening: on Monday"),
        pytest.param("2027-03-14T09:00", MOSCOW, "2027-03-15T06:00", id="Sunday: on Monday"),
        pytest.param("2027-03-09T09:00", KAMCHATKA, "2027-03-09T21:00", id="nine in the evening far east"),
    ],
)
def test_a_message_that_can_wait_goes_in_working_hours(now: str, zone: str, moment: str) -> None:
    found = next_working_moment(datetime.fromisoformat(now).replace(tzinfo=UTC), zone)

    assert found == datetime.fromisoformat(moment).replace(tzinfo=UTC)
