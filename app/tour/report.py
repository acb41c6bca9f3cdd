"""What the tour says as it goes: each step with its time, and the first promise that was not kept."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from app.tour.instance import InstanceTrouble
from app.tour.live_client import Closed, Refused
from app.tour.site import Denied
from core.shared.language import N_, Language, translate

_TOOK = N_("{seconds} s")
_TOO_LATE = N_("it did not happen in time. {seen}")
_REFUSED = N_("the live channel refused it: {reason}")
_DENIED = N_("a request was refused: {reason}")
_NO_CONNECTION = N_("the connection failed: {reason}")


class BrokenPromise(Exception):
    """Something is not as promised. The text says what, in the reader's language."""


_FAILURES = (BrokenPromise, InstanceTrouble, Denied, Refused, Closed, TimeoutError, OSError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step that went as promised; ``name`` is stable, for programs."""

    name: str
    ms: float


@dataclass(slots=True, kw_only=True)
class Report:
    """The tour so far. ``tell`` puts a line before the reader's eyes."""

    language: Language
    tell: Callable[[str], None]
    steps: list[Step] = field(default_factory=list)
    figures: dict[str, float] = field(default_factory=dict)
    alert_photo: Path | None = None
    _remarks: list[str] = field(default_factory=list)

    @contextmanager
    def step(self, name: str, title: str) -> Iterator[None]:
        """Do a step and say how long it took. Raises: BrokenPromise, with the step's title in it."""
        begun = time.perf_counter()
        words = self.say(title)
        try:
            yield
        except _FAILURES as failure:
            raise BrokenPromise(f"{words}: {self._reason(failure)}") from failure
        took = time.perf_counter() - begun
        self.steps.append(Step(name=name, ms=round(took * 1000, 1)))
        self.tell(f"✓ {self.say(_TOOK, seconds=self.number(took)):>8}  {words}")
        while self._remarks:
            self.tell(" " * 11 + self._remarks.pop(0))

    def _reason(self, failure: Exception) -> str:
        match failure:
            case TimeoutError():
                return self.say(_TOO_LATE, seen=failure)
            case Refused():
                return self.say(_REFUSED, reason=failure)
            case Denied():
                return self.say(_DENIED, reason=failure)
            case Closed() | OSError():
                return self.say(_NO_CONNECTION, reason=failure)
        return str(failure)

    def remark(self, message: str, **fields: object) -> None:
        """Add a line that is shown below the step under way."""
        self._remarks.append(self.say(message, **fields))

    def expect(self, kept: object, message: str, **fields: object) -> None:
        """Go on if ``kept``. Raises: BrokenPromise, in the words of ``message``."""
        if not kept:
            raise BrokenPromise(self.say(message, **fields))

    def say(self, message: str, **fields: object) -> str:
        """The sentence in the reader's language."""
        return translate(self.language, message, **fields)

    def number(self, value: float) -> str:
        """A number with one decimal, as it is written in the reader's language.

        >>> Report(language="ru", tell=print).number(2.345)
        '2,3'
        """
        written = f"{value:.1f}"
        return written.replace(".", ",") if self.language == "ru" else written
