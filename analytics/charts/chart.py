"""What a fan chart shows, free of any drawing library: the web, the messenger and the words share it."""

from dataclasses import dataclass
from typing import Literal

from core.indicators import Forecast
from core.shared.language import Language

Layout = Literal["wide", "phone"]
"""`wide` is 1200×700; `phone` is simpler and square, to be read at a width of 320 px."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """A level that must not be passed, with the words above its line; `bad` is the side to stay off."""

    value: float
    label: str
    bad: Literal["above", "below"] = "above"

    def is_crossed(self, value: float) -> bool:
        """Whether a value is on the bad side."""
        return value > self.value if self.bad == "above" else value < self.value


@dataclass(frozen=True, slots=True)
class Target:
    """A value to reach by a period; `probability` (0..1) is None if the forecast does not reach it."""

    period: str
    value: float
    label: str
    probability: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FanChart:
    """One indicator of one territory: facts in order of time, and what is ahead.

    Texts come translated; `decimals` is the precision of figures in labels.
    """

    title: str
    subtitle: str
    source: str
    unit: str
    history: tuple[tuple[str, float], ...]
    language: Language = "ru"
    decimals: int = 1
    forecast: Forecast | None = None
    threshold: Threshold | None = None
    target: Target | None = None
