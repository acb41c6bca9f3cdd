"""Makes the figures of the synthetic territory: invented, repeatable to the byte, with believable ties.

One business cycle moves everything through its own loading, so unemployment rises when investment
falls; towns share the cycle and differ in size and luck. Only the standard library is used, and normal
numbers are made here from uniform ones: a new release of some library must not change the town.

Run as a program it writes the files of ``data/`` anew.
"""

import csv
import io
import math
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

HERE = Path(__file__).parent
DATA = HERE / "data"
SOURCE = "синтетические данные"
SEED = 24

FIRST_YEAR = 2001
YEARS = 24
# Growth of the whole country against its trend, in per cent: two boom years, 2009, 2015, 2020, 2022.
CYCLE = (
    0.4, 0.2, 1.0, 1.4, 1.9, 2.6, 3.2, 1.8, -5.2, -2.1, 0.4, 0.9, 0.6, -0.3, -2.4, -1.9, -0.8, 0.1, 0.4, -3.1,
    0.7, -1.2, 0.9, 1.3,
)  # fmt: skip

FIRST_MONTH = (2020, 1)
MONTHS = 81
_REGISTERED = (0.12, 0.16, 0.14, 0.06, -0.02, -0.08, -0.1, -0.1, -0.09, -0.06, -0.02, 0.05)
_PRICES = (0.5, 0.25, 0.1, 0.0, -0.1, -0.25, 0.3, -0.55, -0.3, 0.05, 0.2, 0.3)


@dataclass(frozen=True, slots=True)
class Town:
    """A town: its code, its size against Заречный, how high it stands, whether it has all indicators."""

    oktmo: str
    size: float
    level: float
    whole: bool


TOWNS = (
    Town("99701000", 1.0, 1.0, whole=True),
    Town("99702000", 0.42, 0.93, whole=False),
    Town("99703000", 1.55, 1.06, whole=False),
)

# What the towns are held against: a little worse off. Luck of single places evens out, so it moves by less.
COUNTRY = Town("99999999", 1.0, 0.88, whole=False)
NATIONAL = ("UNEMPL", "POOR", "WAGE", "LIFE", "CPI_DEC", "UNEMPL_REG_M", "CPI_M", "WAGE_M")
_NATIONAL_LUCK = 0.4


MODELLED = {"EMPLOYED", "BUD_OWN"}
"""What the example model needs of every town besides the first indicators of the rubrics."""


@dataclass(frozen=True, slots=True)
class Blueprint:
    """How one indicator came to be: where it starts and ends, its share of the cycle, its own noise."""

    rubric: str
    code: str
    title_ru: str
    title_en: str
    unit: str
    unit_en: str
    good: str
    decimals: int
    low: float | None
    high: float | None
    featured: int
    start: float
    end: float
    cycle: float
    noise: float
    scales_with_size: bool
    frequency: str = "A"


MONTHLY = (
    Blueprint(
        "jobs", "UNEMPL_REG_M", "Зарегистрированная безработица", "Registered unemployment", "%", "%", "down",
        2, 0, 100, 0, 1.2, 1.1, 0, 0.03, scales_with_size=False, frequency="M",
    ),
    Blueprint(
        "inflation", "CPI_M", "Инфляция за месяц", "Monthly inflation", "% к предыдущему месяцу",
        "% of previous month", "down", 1, 0, None, 0, 100.4, 100.6, 0, 0.002, scales_with_size=False,
        frequency="M",
    ),
    Blueprint(
        "incomes", "WAGE_M", "Средняя заработная плата за месяц", "Average monthly wage", "руб.", "RUB", "up",
        0, 0, None, 0, 36800, 68900, 0, 0.012, scales_with_size=False, frequency="M",
    ),
)  # fmt: skip


def blueprints() -> list[Blueprint]:
    """Annual indicators from ``blueprint.csv`` and the monthly ones."""
    with (HERE / "blueprint.csv").open(encoding="utf-8", newline="") as file:
        annual = [
            Blueprint(
                rubric=row["rubric"],
                code=row["code"],
                title_ru=row["title_ru"],
                title_en=row["title_en"],
                unit=row["unit"],
                unit_en=row["unit_en"],
                good=row["good"],
                decimals=int(row["decimals"]),
                low=_optional(row["low"]),
                high=_optional(row["high"]),
                featured=int(row["featured"] or 0),
                start=float(row["start"]),
                end=float(row["end"]),
                cycle=float(row["cycle"]),
                noise=float(row["noise"]),
                scales_with_size=row["size"] == "1",
            )
            for row in csv.DictReader(file, delimiter=";")
        ]
    return [*annual, *MONTHLY]


def observations_csv() -> bytes:
    """The tidy table of all towns, annual and monthly."""
    plans = blueprints()
    first_of_rubric = {plan.rubric: plan.code for plan in reversed(plans) if plan.frequency == "A"}
    core = {
        *first_of_rubric.values(),
        *(p.code for p in plans if p.featured or p.frequency == "M"),
    } | MODELLED
    rows: list[tuple[str, str, str, str, str]] = []
    for town in TOWNS:
        rows += _rows(town, [plan for plan in plans if town.whole or plan.code in core])
    return _tidy(rows)


def country_csv() -> bytes:
    """The tidy table of the country: figures that do not grow with the number of people."""
    plans = [
        replace(plan, noise=plan.noise * _NATIONAL_LUCK) for plan in blueprints() if plan.code in NATIONAL
    ]
    return _tidy(_rows(COUNTRY, plans))


def catalogue_toml() -> bytes:
    """The catalogue in the file format that the importer reads."""
    return "\n".join(["# Made by analytics/synthetic/generator.py", *map(_entry, blueprints())]).encode()


def write(folder: Path = DATA) -> None:
    """Write the files."""
    folder.mkdir(exist_ok=True)
    (folder / "observations.csv").write_bytes(observations_csv())
    (folder / "country.csv").write_bytes(country_csv())
    (folder / "indicators.toml").write_bytes(catalogue_toml())


def _tidy(rows: Iterable[tuple[str, str, str, str, str]]) -> bytes:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(("territory", "indicator", "unit", "period", "value", "source"))
    writer.writerows((*row, SOURCE) for row in rows)
    return buffer.getvalue().encode()


def _rows(town: Town, plans: list[Blueprint]) -> Iterator[tuple[str, str, str, str, str]]:
    figures = {plan.code: _figures(town, plan) for plan in plans}
    years = [str(FIRST_YEAR + year) for year in range(YEARS)]
    for plan in plans:
        values = _by_identity(plan, figures) or figures[plan.code]
        for period, value in zip(years if plan.frequency == "A" else _months(), values, strict=True):
            yield town.oktmo, plan.code, plan.unit, period, f"{value:.{plan.decimals}f}"


def _figures(town: Town, plan: Blueprint) -> list[float]:
    rng = random.Random(f"{SEED}:{town.oktmo}:{plan.code}")  # noqa: S311 - figures, not secrets
    return _monthly(town, plan, rng) if plan.frequency == "M" else _annual(town, plan, rng)


def _by_identity(plan: Blueprint, figures: dict[str, list[float]]) -> list[float] | None:
    """Figures that follow from others do: an index from its level, a per-head figure from its total."""
    needed = {"GMP_IDX": "GMP", "RETAIL_PC": "RETAIL", "INVEST_PC": "INVEST", "WAGE_REAL": "WAGE"}.get(
        plan.code
    )
    if needed is None or needed not in figures:
        return None
    total, people, prices = figures[needed], figures["POP"], figures["CPI_DEC"]
    if plan.code.endswith("_PC"):
        return [value / heads for value, heads in zip(total, people, strict=True)]
    growth = [plan.start, *(100 * after / before for before, after in pairwise(total))]
    if plan.code == "GMP_IDX":
        return growth
    return [plan.start, *(100 * up / price for up, price in zip(growth[1:], prices[1:], strict=True))]


def _annual(town: Town, plan: Blueprint, rng: random.Random) -> list[float]:
    size = town.size if plan.scales_with_size else 1.0
    if plan.low is None:
        return [_between(plan, year) * size + plan.noise * size * _normal(rng) for year in range(YEARS)]
    luck, drift, values = 0.0, 0.0, []
    for year in range(YEARS):
        luck = 0.6 * luck + plan.noise * _normal(rng)
        drift = 0.5 * drift + plan.cycle * CYCLE[year] / 100
        values.append(_moved(plan, _between(plan, year) * _place(town, plan), drift * 2 + luck) * size)
    return values


def _place(town: Town, plan: Blueprint) -> float:
    """How far the town stands from Заречный: a better town has more of the good and less of the bad."""
    return town.level if plan.good != "down" else 2.0 - town.level


def _between(plan: Blueprint, year: int) -> float:
    share = year / (YEARS - 1)
    if plan.start > 0 and plan.end > 0:
        return math.exp(math.log(plan.start) * (1 - share) + math.log(plan.end) * share)
    return plan.start * (1 - share) + plan.end * share


def _moved(plan: Blueprint, level: float, move: float) -> float:
    """Move a level by a relative amount; a share moves on the logit scale and stays below 100 %."""
    if plan.high is None:
        return level * math.exp(move if not plan.unit.startswith("%") else move / 10)
    level = min(level, 99.0)
    odds = level / (100.0 - level) * math.exp(move)
    return 100.0 * odds / (1.0 + odds)


def _monthly(town: Town, plan: Blueprint, rng: random.Random) -> list[float]:
    luck, values = 0.0, []
    for month in range(MONTHS):
        share = month / (MONTHS - 1)
        luck = 0.7 * luck + plan.noise * _normal(rng)
        level = plan.start * (1 - share) + plan.end * share
        season = (FIRST_MONTH[1] - 1 + month) % 12
        if plan.code == "CPI_M":
            values.append(level + _PRICES[season] + 40 * luck)
        elif plan.code == "UNEMPL_REG_M":
            values.append(level * _place(town, plan) * math.exp(_REGISTERED[season] + luck))
        else:
            december = 0.18 if season == 11 else -0.02
            values.append(level * town.level * math.exp(december + luck))
    return values


def _months() -> list[str]:
    first = FIRST_MONTH[0] * 12 + FIRST_MONTH[1] - 1
    return [f"{month // 12:04d}-{month % 12 + 1:02d}" for month in range(first, first + MONTHS)]


def _normal(rng: random.Random) -> float:
    """A standard normal number by Box and Muller (1958): `gauss` may change between Python versions."""
    return math.sqrt(-2.0 * math.log(1.0 - rng.random())) * math.cos(2.0 * math.pi * rng.random())


def _optional(text: str) -> float | None:
    return float(text) if text else None


def _entry(plan: Blueprint) -> str:
    fields: dict[str, str | int | float | None] = {
        "rubric": plan.rubric,
        "title_ru": plan.title_ru,
        "title_en": plan.title_en,
        "unit": plan.unit,
        "unit_en": plan.unit_en,
        "frequency": plan.frequency,
        "good": plan.good,
        "decimals": plan.decimals,
        "low": plan.low,
        "high": plan.high,
        "featured": plan.featured or None,
    }
    lines = [f"{name} = {_toml(value)}" for name, value in fields.items() if value is not None]
    return "\n".join([f"\n[{plan.code}]", *lines])


def _toml(value: str | float) -> str:
    return f'"{value}"' if isinstance(value, str) else f"{value:g}"


if __name__ == "__main__":
    write()
