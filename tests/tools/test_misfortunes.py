"""docs/misfortunes.md names a test for each misfortune; the tests are there."""

import re

from app.settings import PROJECT


def test_every_misfortune_has_the_test_that_is_named() -> None:
    words = (PROJECT / "docs/misfortunes.md").read_text(encoding="utf-8")
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", words)

    missing = [
        (path, name)
        for path, name in named
        if not re.search(rf"def {name}\(", (PROJECT / path).read_text(encoding="utf-8"))
    ]

    assert missing == []
    assert len(named) == sum(line.startswith("| ") for line in words.splitlines()) - 1
