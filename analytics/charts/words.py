"""Words on and beside a chart."""

from analytics.charts.chart import FanChart, Layout, Target
from core.indicators import format_number, period_words, probability_words, with_unit
from core.shared.language import N_, Language, translate

FORECAST = N_("forecast")
SOURCE = N_("Source: {source}")
_BANDS = N_("bands: 50, 80 and 95 % probability")
_BAND_80 = N_("band: 80 % probability")
_UP_TO = N_("to {value}")
_FROM = N_("from {value}")
_PROBABILITY = N_("{target}, probability {percent}")
_ALT = N_("{title}, {period}: {value}.")
_ALT_AHEAD = N_("Forecast for {period}: {value}.")
_ALT_BAND = N_("With a probability of 80 % between {low} and {high}.")
_ALT_THRESHOLD = N_("Threshold {value}: {side}.")
_ABOVE = N_("the last fact is above it")
_BELOW = N_("the last fact is below it")
_AT = N_("the last fact is exactly on it")


def figure_words(chart: FanChart, value: float) -> str:
    """A value as it stands on the chart: with its unit only if that is a sign of per cent."""
    if chart.unit == "%":
        return with_unit(chart.language, value, "%", decimals=chart.decimals)
    return format_number(chart.language, value, decimals=chart.decimals)


def end_words(chart: FanChart) -> list[tuple[str, str, float]]:
    """What stands at the right edge: (kind, text, value) of the median and of the 80 % band."""
    if chart.forecast is None or not chart.forecast.points:
        return []
    end = chart.forecast.points[-1]
    words = [("median", figure_words(chart, end.median), end.median)]
    if band := end.band(80):
        low, high = (figure_words(chart, bound) for bound in band)
        words.append(("high", translate(chart.language, _UP_TO, value=high), band[1]))
        words.append(("low", translate(chart.language, _FROM, value=low), band[0]))
    return words


def notes_words(chart: FanChart, layout: Layout, *, bands: bool) -> tuple[str, ...]:
    """Grey lines below the title; on the phone the target is told here instead of in a box."""
    if layout == "wide":
        notes = [chart.subtitle, translate(chart.language, _BANDS)] if bands else [chart.subtitle]
        return (" · ".join(notes),) if len(" · ".join(notes)) <= _WIDE_NOTE_LETTERS else tuple(notes)
    notes = [chart.subtitle]
    if chart.target is not None:
        notes.append(f"★ {target_words(chart.language, chart.target)}")
    elif bands:
        notes.append(translate(chart.language, _BAND_80))
    return tuple(notes)


_WIDE_NOTE_LETTERS = 68


def target_words(language: Language, target: Target) -> str:
    """The target and, where the forecast reaches it, how probable it is."""
    if target.probability is None:
        return target.label
    return translate(
        language, _PROBABILITY, target=target.label, percent=probability_words(language, target.probability)
    )


def alt_text(chart: FanChart) -> str:
    """The chart in two or three sentences for those who do not see it."""
    period, value = chart.history[-1]
    said = period_words(chart.language, period)
    words = [translate(chart.language, _ALT, title=chart.title, period=said, value=_whole(chart, value))]
    if chart.threshold is not None:
        limit = chart.threshold.value
        side = _ABOVE if value > limit else _BELOW if value < limit else _AT
        side = translate(chart.language, side)
        words.append(translate(chart.language, _ALT_THRESHOLD, value=_whole(chart, limit), side=side))
    return " ".join([*words, *_ahead_words(chart)])


def _ahead_words(chart: FanChart) -> list[str]:
    if chart.forecast is None or not chart.forecast.points:
        return []
    end = chart.forecast.points[-1]
    period = period_words(chart.language, end.period)
    words = [translate(chart.language, _ALT_AHEAD, period=period, value=_whole(chart, end.median))]
    if band := end.band(80):
        low, high = (_whole(chart, bound) for bound in band)
        words.append(translate(chart.language, _ALT_BAND, low=low, high=high))
    return words


def _whole(chart: FanChart, value: float) -> str:
    return with_unit(chart.language, value, chart.unit, decimals=chart.decimals)
