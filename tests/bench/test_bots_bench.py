"""The benchmark's judge of grants sees a limit that is broken and a gap that is missing."""

from bench.bots.grants import judge

SECOND = 1_000_000
EVENLY = [(number * 34_000, str(number % 40)) for number in range(300)]


def test_an_even_line_breaks_nothing() -> None:
    kept = judge(EVENLY, ends_us=10 * SECOND, seconds=10)

    assert (kept.limit_exceeded_seconds, kept.smallest_chat_gap_s) == (0, 1.36)
    assert kept.limit_used > 0.97


def test_a_burst_over_the_turn_of_a_second_is_seen() -> None:
    burst = [(int(0.9 * SECOND) + number, f"burst {number}") for number in range(20)]
    burst += [(int(1.1 * SECOND) + number, f"burst {number + 20}") for number in range(20)]

    assert judge(EVENLY + burst, ends_us=10 * SECOND, seconds=10).limit_exceeded_seconds > 0


def test_two_messages_in_one_chat_within_a_second_are_seen() -> None:
    twice = [*EVENLY, (EVENLY[50][0] + 500_000, EVENLY[50][1])]

    assert judge(twice, ends_us=10 * SECOND, seconds=10).smallest_chat_gap_s == 0.5
