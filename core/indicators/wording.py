"""Figures and periods as people read them, and the forecast in a sentence."""

from collections.abc import Mapping

from core.indicators.forecasts import Forecast
from core.indicators.periods import Period
from core.indicators.rules import Indicator
from core.shared.language import N_, Language, translate

_NARROW_BLANK = "\u202f"
_BLANK = "\u00a0"

_MONTHS = (
    N_("January {year}"),
    N_("February {year}"),
    N_("March {year}"),
    N_("April {year}"),
    N_("May {year}"),
    N_("June {year}"),
    N_("July {year}"),
    N_("August {year}"),
    N_("September {year}"),
    N_("October {year}"),
    N_("November {year}"),
    N_("December {year}"),
)
_QUARTER = N_("quarter {number} of {year}")


def format_number(language: Language, value: float, *, decimals: int) -> str:
    """A figure with the marks of the language: 1 234,5 or 1,234.5; a real minus.

    >>> format_number("ru", -1234.56, decimals=1)
    '−1\\u202f234,6'
    >>> format_number("en", 1234.56, decimals=1)
    '1,234.6'
    """
    text = f"{abs(value):,.{decimals}f}"
    sign = "−" if value < 0 and float(text.replace(",", "")) else ""
    if language == "ru":
        text = text.replace(",", _NARROW_BLANK).replace(".", ",")
    return sign + text


def with_unit(language: Language, value: float, unit: str, *, decimals: int) -> str:
    """A figure and its unit, kept on one line.

    >>> with_unit("ru", 6.1, "%", decimals=1)
    '6,1\\xa0%'
    """
    return f"{format_number(language, value, decimals=decimals)}{_BLANK}{unit}"


def with_sign(language: Language, value: float, *, decimals: int) -> str:
    """A change as a figure with its sign.

    >>> with_sign("en", 0.94, decimals=1), with_sign("en", 0.04, decimals=1)
    ('+0.9', '0.0')
    """
    text = format_number(language, value, decimals=decimals)
    return f"+{text}" if round(value, decimals) > 0 else text


def change_words(language: Language, value: float, shown: Indicator) -> str:
    """A change of an indicator with its sign and unit: «+0,9 п. п.»."""
    # A difference of shares is in percentage points, not in per cent of anything.
    unit = translate(language, _POINTS) if shown.unit == "%" else shown.unit_words(language)
    return f"{with_sign(language, value, decimals=shown.decimals)}{_BLANK}{unit}"


def period_words(language: Language, period: str) -> str:
    """A period as it stands in a sentence: «2024», «I квартал 2024», «март 2024»."""
    parsed = Period.parse(period)
    if parsed.frequency == "A":
        return str(parsed.year)
    if parsed.frequency == "Q":
        number = ("I", "II", "III", "IV")[parsed.number - 1]
        return translate(language, _QUARTER, number=number, year=parsed.year)
    return translate(language, _MONTHS[parsed.number - 1], year=parsed.year)


_LESS_THAN = N_("less than {percent} %")
_MORE_THAN = N_("more than {percent} %")
# A forecast carries quantiles from 2.5 % to 97.5 % and knows nothing beyond them.
_LEAST, _MOST = 0.03, 0.97


def probability_words(language: Language, probability: float) -> str:
    """A probability (0..1) in whole per cent, and only as exact as a forecast knows it.

    >>> probability_words("en", 0.284), probability_words("en", 0.025)
    ('28 %', 'less than 3 %')
    """
    if probability < _LEAST:
        return translate(language, _LESS_THAN, percent=round(_LEAST * 100))
    if probability > _MOST:
        return translate(language, _MORE_THAN, percent=round(_MOST * 100))
    return f"{probability * 100:.0f} %"


_AHEAD = N_("Forecast for {period}: {value}, with a probability of 80 % between {low} and {high}.")
_AHEAD_BARE = N_("Forecast for {period}: {value}. The history is too short to know the spread.")
_ONE_VALUE = N_("There is only one value: the forecast repeats it, and its spread is unknown.")
_SHORT = N_("There are only {count} values: the forecast repeats the last one.")
_POINTS = N_("pp")
_SINCE = N_("“{title}” since {year}")
_REDEFINED = N_("Redefined in {period}: values before that are of another definition.")
_ERROR = N_("On the past data the same method was off by {error} on average ({origins} checks).")


def forecast_sentence(
    language: Language, forecast: Forecast, *, unit: str, decimals: int, redefined_in: str = ""
) -> str:
    """What is expected at the end of the horizon, how far the method was off, and what its history mixes."""
    said = _expected(language, forecast, unit=unit, decimals=decimals)
    return " ".join(filter(None, (said, redefinition_words(language, redefined_in))))


def definitions_words(language: Language, since: Mapping[str, int]) -> str:
    """``“Population” since 2019``: the first years of new definitions by title."""
    return ", ".join(translate(language, _SINCE, title=title, year=year) for title, year in since.items())


def redefinition_words(language: Language, redefined_in: str) -> str:
    """That the values before a period are of another definition; empty if they are not."""
    if not redefined_in:
        return ""
    return translate(language, _REDEFINED, period=period_words(language, redefined_in))


def _expected(language: Language, forecast: Forecast, *, unit: str, decimals: int) -> str:
    end = forecast.points[-1]
    period = period_words(language, end.period)
    value = with_unit(language, end.median, unit, decimals=decimals)
    band = end.band(80)
    if forecast.history_length == 1:
        return " ".join(
            [translate(language, _AHEAD_BARE, period=period, value=value), translate(language, _ONE_VALUE)]
        )
    if band is None:
        return translate(language, _AHEAD_BARE, period=period, value=value)
    low, high = (format_number(language, bound, decimals=decimals) for bound in band)
    words = [translate(language, _AHEAD, period=period, value=value, low=low, high=high)]
    return " ".join([*words, *_error_words(language, forecast, unit=unit, decimals=decimals)])


def _error_words(language: Language, forecast: Forecast, *, unit: str, decimals: int) -> list[str]:
    backtest = forecast.backtest
    if backtest.mae is None:
        return [translate(language, _SHORT, count=forecast.history_length)]
    # A difference of shares is in percentage points, not in per cent of anything.
    measure = translate(language, _POINTS) if unit == "%" else unit
    error = with_unit(language, backtest.mae, measure, decimals=decimals + (decimals > 0))
    return [translate(language, _ERROR, error=error, origins=backtest.origins)]
