"""Texts are cut where a reader would cut them, and their marks stay over the same words."""

from hypothesis import given
from hypothesis import strategies as st

from messengers import RichText, bold, plain, rich, shortened, split_text, stacked, utf16_length


def marked_words(text: RichText) -> list[str]:
    raw = text.text.encode("utf-16-le")
    return [raw[e.offset * 2 : e.end * 2].decode("utf-16-le") for e in text.entities]


def test_a_mark_stays_over_its_word_after_joining() -> None:
    text = stacked("🗳 Голоса", bold("214"), plain("из ") + bold("1 000"))

    assert text.text == "🗳 Голоса\n214\nиз 1 000"
    assert marked_words(text) == ["214", "1 000"]


def test_a_translated_sentence_keeps_its_marked_field() -> None:
    text = rich("en", "Accepted: {number}. Answer by {time}.", number=bold("МС-🗳-1"), time="18:00")

    assert text.text == "Accepted: МС-🗳-1. Answer by 18:00."
    assert marked_words(text) == ["МС-🗳-1"]


def test_a_long_text_is_cut_between_paragraphs() -> None:
    parts = split_text(plain("а" * 60 + "\n\n" + "б" * 60), limit=100)

    assert [part.text for part in parts] == ["а" * 60, "б" * 60]


def test_a_mark_over_the_cut_goes_on_in_the_next_part() -> None:
    first, second = split_text(bold("слово " * 20), limit=70)

    assert len(first.entities) == len(second.entities) == 1
    assert marked_words(second) == [second.text]


def test_a_shortened_text_ends_with_an_ellipsis_within_the_limit() -> None:
    text = shortened(plain("Безработица выше плана в городе"), limit=20)

    assert text.text == "Безработица выше…"


@given(st.text(alphabet="аб🗳 \n", max_size=400), st.integers(min_value=10, max_value=80))
def test_no_part_is_over_the_limit_and_no_letter_is_lost(text: str, limit: int) -> None:
    parts = split_text(plain(text), limit=limit)

    assert all(0 < len(part) <= limit for part in parts)
    assert "".join("".join(part.text.split()) for part in parts) == "".join(text.split())
    assert sum(utf16_length("".join(p.text.split())) for p in parts) == utf16_length("".join(text.split()))
