"""What a forecast is: quantiles for each period ahead, and the proof of how far to trust it."""

from dataclasses import asdict, dataclass
from typing import Any, Literal, Self

Scale = Literal["plain", "log", "logit"]
"""On which scale the errors were added up: as they are, in per cent of the value, or as a share."""

LEVELS = (0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975)
"""Probabilities whose quantiles a forecast carries."""

MEDIAN = LEVELS.index(0.5)
_LOWER = {50: LEVELS.index(0.25), 80: LEVELS.index(0.1), 95: LEVELS.index(0.025)}

Band = Literal[50, 80, 95]


@dataclass(frozen=True, slots=True)
class ForecastPoint:
    """One period ahead: the median and, if the spread is known, quantiles at `LEVELS`.

    `quantiles` is empty when the history is too short to know any spread.
    """

    period: str
    median: float
    quantiles: tuple[float, ...] = ()

    def band(self, percent: Band) -> tuple[float, float] | None:
        """Bounds between which the value falls with this probability, or None if unknown."""
        if not self.quantiles:
            return None
        lower = _LOWER[percent]
        return self.quantiles[lower], self.quantiles[len(LEVELS) - 1 - lower]

    def probability_below(self, value: float) -> float | None:
        """Probability that the fact is below the value, or None if the spread is unknown.

        Linear between the quantiles; outside of them only the bound itself is known,
        so the answer is never below 2.5 % nor above 97.5 %.
        """
        if not self.quantiles:
            return None
        if value <= self.quantiles[0]:
            return LEVELS[0]
        for left in range(len(LEVELS) - 1):
            low, high = self.quantiles[left], self.quantiles[left + 1]
            if value <= high:
                share = (value - low) / (high - low) if high > low else 1.0
                return LEVELS[left] + share * (LEVELS[left + 1] - LEVELS[left])
        return LEVELS[-1]


@dataclass(frozen=True, slots=True)
class MethodWeight:
    """Share of one method in the blend, for each period ahead (0..1)."""

    method: str
    by_horizon: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Backtest:
    """How the same procedure would have done in the past, each time knowing only its past.

    `mae` is in units of the indicator and averaged over the periods ahead; `mase` divides it by the mean
    absolute change of the series; `relative_mae` divides it by the error of “it stays as it is” over the
    same checks (below 1 is better). Coverages are shares of facts that fell into the 80 % and 95 % bands.
    None: nothing could be checked.
    """

    origins: int
    mae: float | None
    mase: float | None
    relative_mae: float | None
    coverage80: float | None
    coverage95: float | None
    mae_by_horizon: tuple[float | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Forecast:
    """A forecast of one series with its weights, its own past error and its seed.

    redefined_in: the first period of another definition that the procedure was told of, empty if of none.
    """

    points: tuple[ForecastPoint, ...]
    weights: tuple[MethodWeight, ...]
    backtest: Backtest
    scale: Scale
    seed: int
    last_period: str
    history_length: int
    procedure: str
    redefined_in: str = ""

    def chance_of(self, period: str, value: float, op: Literal[">=", "<="]) -> float | None:
        """Probability (0..1) of a target by its period, None if the forecast does not know it."""
        point = next((point for point in self.points if point.period == period), None)
        below = None if point is None else point.probability_below(value)
        if below is None:
            return None
        return below if op == "<=" else 1.0 - below

    def to_json(self) -> dict[str, Any]:
        """Plain values for the database; `from_json` gives an equal forecast back."""
        return asdict(self)

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> Self:
        """Rebuild from `to_json`, also after the values went through JSON text."""
        backtest = body["backtest"]
        return cls(
            points=tuple(
                ForecastPoint(p["period"], p["median"], tuple(p["quantiles"])) for p in body["points"]
            ),
            weights=tuple(MethodWeight(w["method"], tuple(w["by_horizon"])) for w in body["weights"]),
            backtest=Backtest(**{**backtest, "mae_by_horizon": tuple(backtest["mae_by_horizon"])}),
            **{name: body[name] for name in ("scale", "seed", "last_period", "history_length", "procedure")},
            # Forecasts of older procedures knew of none.
            redefined_in=body.get("redefined_in", ""),
        )
