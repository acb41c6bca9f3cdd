"""How a forecast was made, in words: for the page and for the bot."""

from core.indicators.forecasts import Backtest, Forecast
from core.indicators.periods import Period
from core.indicators.wording import period_words
from core.shared.language import N_, Language, translate, translate_plural

_NAMES = {
    "naive": N_("it stays as it is"),
    "damped_drift": N_("the trend goes on and fades"),
    "damped_holt": N_("the trend of the last years, smoothed, goes on and fades"),
    "dynamic_theta": N_("half of the trend with smoothing"),
    "theta": N_("half of the trend with smoothing"),
    "panel_drift": N_("as comparable territories: their trend goes on and fades"),
    "panel_holt": N_("as comparable territories: their trend, smoothed, goes on and fades"),
}
_CHECKED = N_("Checked on the past {count} time: {share} % of the facts fell into the 80 % band.")
_CHECKED_MANY = N_("Checked on the past {count} times: {share} % of the facts fell into the 80 % band.")

_NEW_ALONE = N_(
    "The level comes from values of the new definition alone (the first is of {period}); the older ones only "
    "tell how fast the indicator changes and how far forecasts miss."
)
_STILL_OLD = N_(
    "No value of the new definition is known yet (the first will be of {period}): the forecast is of the "
    "older one."
)
_MIXED = N_(
    "This forecast was made before the new definition was marked, so it mixes values of both; the next one "
    "will not."
)


def method_shares(language: Language, forecast: Forecast) -> list[tuple[str, int]]:
    """(name, share in per cent) of each method at the end of the horizon, the largest first."""
    totals: dict[str, float] = {}
    for one in forecast.weights:
        # A method that runs both in units and in per cent is one method for a reader.
        method = one.method.removesuffix("_plain")
        totals[method] = totals.get(method, 0.0) + one.by_horizon[-1]
    shares = [
        (translate(language, _NAMES.get(method, method)), round(100 * total))
        for method, total in totals.items()
    ]
    return sorted((one for one in shares if one[1]), key=lambda one: -one[1])


def checks_words(language: Language, backtest: Backtest) -> str:
    """How the procedure was checked on the past, empty if it could not be."""
    if backtest.coverage80 is None:
        return ""
    share = round(100 * backtest.coverage80)
    return translate_plural(language, _CHECKED, _CHECKED_MANY, backtest.origins, share=share)


def definition_words(language: Language, forecast: Forecast, redefined_in: str) -> str:
    """Which definition a forecast is of; empty if all the values that it was made of are of one.

    redefined_in: the first period of the definition that holds now, as the passport has it today.
    """
    if not redefined_in:
        return ""
    last, new = Period.parse(forecast.last_period), Period.parse(redefined_in)
    if new <= last.next(1 - forecast.history_length):
        return ""
    sentence = _NEW_ALONE if forecast.redefined_in == redefined_in else _MIXED
    if new > last:
        sentence = _STILL_OLD
    return translate(language, sentence, period=period_words(language, redefined_in))
