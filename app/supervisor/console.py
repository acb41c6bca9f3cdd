"""What the person at the terminal sees: lines of the children with a name in front, and blocks of text."""

from __future__ import annotations

import os
import sys
from typing import TextIO

_COLOURS = (36, 32, 33, 35, 34, 96, 92, 93, 95, 94)


class Console:
    """Writes to one stream; a stream that is gone (a closed pipe) silences it and stops nothing."""

    def __init__(self, names: list[str], stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stdout
        self._width = max(map(len, names))
        self._colours = dict(zip(names, _COLOURS * 3, strict=False)) if self._stream.isatty() else {}

    def line(self, name: str, text: str) -> None:
        """Print one line of a child."""
        label = f"{name:{self._width}} |"
        if name in self._colours:
            label = f"\x1b[{self._colours[name]}m{label}\x1b[0m"
        self._write(f"{label} {text}\n")

    def block(self, text: str) -> None:
        """Print a text of its own, set off by empty lines."""
        self._write(f"\n{text}\n\n")

    def _write(self, text: str) -> None:
        try:
            self._stream.write(text)
            self._stream.flush()
        except BrokenPipeError:
            # Whoever read us is gone. The instance goes on working without a listener.
            self._stream = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123  # until the end
