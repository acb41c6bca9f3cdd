"""A forecast in words: where it leads, how sure it is, which targets are within reach, what moves it."""

from analytics.model.fitted import Fitted
from analytics.model.outlook import Chance, Outlook, ScenarioFan
from analytics.model.questions import Effect, causes
from analytics.model.spec import IndicatorSpec, ModelSpec
from core.indicators import LEVELS, MEDIAN, definitions_words, format_number, probability_words, with_unit
from core.shared.language import N_, Language, translate

_GROWS = N_(
    "{title}: {was} in {start}, {value} in {end} ({scenario} scenario), with a probability of 80 % "
    "between {low} and {high}."
)
_OTHERS = N_("Other scenarios: {values}")
_OTHER = N_("{scenario} — {value}")
_TARGET_UP = N_("Target for {year}: {title} at least {value}: {words}, {chance} in the {scenario} scenario.")
_TARGET_DOWN = N_("Target for {year}: {title} at most {value}: {words}, {chance} in the {scenario} scenario.")
_MOVED = N_("Moved most by: {terms}.")
_MOMENTUM = N_("its own momentum")
_REDEFINED = N_("Now defined otherwise: {names}; the step between two definitions is not taken for growth.")
_EFFECT = N_("{title}, {year}: {value}, with a probability of 80 % between {low} and {high}.")

ALMOST_CERTAIN = N_("almost certain")
LIKELY = N_("likely")
EVEN = N_("about even")
UNLIKELY = N_("unlikely")
ALMOST_EXCLUDED = N_("almost excluded")


def attainability(probability: float) -> str:
    """The word for a probability (0..1), to be translated.

    >>> [attainability(p) for p in (0.97, 0.7, 0.5, 0.2, 0.04)]
    ['almost certain', 'likely', 'about even', 'unlikely', 'almost excluded']
    """
    if probability >= 0.95:
        return ALMOST_CERTAIN
    if probability >= 0.66:
        return LIKELY
    if probability > 0.33:
        return EVEN
    return UNLIKELY if probability > 0.05 else ALMOST_EXCLUDED


def describe(language: Language, outlook: Outlook, fitted: Fitted, *, main: str) -> list[str]:
    """A paragraph for each indicator that the file describes, then one sentence for each target.

    main: the scenario that is told in full; the others are named by their end values.
    """
    spec = fitted.spec
    words = [
        _paragraph(language, outlook, fitted, name, main) for name in spec.indicators if name in outlook.fans
    ]
    return [*words, *(_target(language, spec, chance, main) for chance in outlook.chances)]


def describe_effects(language: Language, spec: ModelSpec, effects: list[Effect], *, year: int) -> list[str]:
    """What a decision changes in a year, a sentence for each outcome."""
    return [
        translate(
            language,
            _EFFECT,
            title=shown.title,
            year=year,
            value=_signed(language, effect.median[place], shown),
            low=_signed(language, effect.low[place], shown, bare=True),
            high=_signed(language, effect.high[place], shown, bare=True),
        )
        for effect in effects
        for shown in [_shown(spec, effect.variable)]
        for place in [year - effect.years.start]
    ]


def _paragraph(language: Language, outlook: Outlook, fitted: Fitted, name: str, main: str) -> str:
    spec, fans = fitted.spec, outlook.fans[name]
    shown, fan = _shown(spec, name), fans[main]
    was = fitted.history.get(name, {}).get(fitted.last_year, fan.quantiles[0][MEDIAN])
    low, high = (
        format_number(language, fan.quantiles[-1][LEVELS.index(level)], decimals=shown.decimals)
        for level in (0.1, 0.9)
    )
    words = [
        translate(
            language,
            _GROWS,
            title=shown.title,
            was=with_unit(language, was, shown.unit, decimals=shown.decimals),
            start=fitted.last_year,
            value=_end(language, fan, shown),
            end=outlook.years[-1],
            scenario=outlook.scenarios[main],
            low=low,
            high=high,
        )
    ]
    others = [
        translate(language, _OTHER, scenario=outlook.scenarios[key], value=_end(language, each, shown))
        for key, each in fans.items()
        if key != main
    ]
    if others:
        # A unit may end with a full stop of its own.
        sentence = translate(language, _OTHERS, values="; ".join(others))
        words.append(sentence if sentence.endswith(".") else f"{sentence}.")
    words += _moved(language, outlook, fitted, name, main)
    words += _redefined(language, fitted, name)
    return " ".join(words)


def _moved(language: Language, outlook: Outlook, fitted: Fitted, name: str, main: str) -> list[str]:
    if name not in fitted.estimates:
        return []
    years = range(outlook.years[0], outlook.years[-1] + 1)
    strongest = causes(fitted, name, years, scenario=main)[:2]
    if not strongest:
        return []
    titles = [
        f"{_cause(language, fitted.spec, names, name)} ({_percent(language, amount)})"
        for names, amount in strongest
    ]
    return [translate(language, _MOVED, terms="; ".join(titles))]


def _redefined(language: Language, fitted: Fitted, name: str) -> list[str]:
    """Which marks of new definitions the figures of an indicator rest on."""
    one = fitted.estimates.get(name)
    if one is None or not one.redefined:
        return []
    since = {_title(fitted.spec, each): year for each, year in one.redefined.items()}
    return [translate(language, _REDEFINED, names=definitions_words(language, since))]


def _cause(language: Language, spec: ModelSpec, names: tuple[str, ...], name: str) -> str:
    """Titles of the variables of a term; the indicator itself is its momentum."""
    return ", ".join(translate(language, _MOMENTUM) if one == name else _title(spec, one) for one in names)


def _target(language: Language, spec: ModelSpec, chance: Chance, main: str) -> str:
    probability = chance.by_scenario[main]
    shown = _shown(spec, chance.indicator)
    return translate(
        language,
        _TARGET_UP if chance.op == ">=" else _TARGET_DOWN,
        year=chance.year,
        title=shown.title,
        value=with_unit(language, chance.value, shown.unit, decimals=shown.decimals),
        words=translate(language, attainability(probability)),
        chance=probability_words(language, probability),
        scenario=spec.scenarios[main].title,
    )


def _end(language: Language, fan: ScenarioFan, shown: IndicatorSpec) -> str:
    return with_unit(language, fan.quantiles[-1][MEDIAN], shown.unit, decimals=shown.decimals)


def _title(spec: ModelSpec, name: str) -> str:
    return (spec.drivers.get(name) or _shown(spec, name)).title


def _shown(spec: ModelSpec, name: str) -> IndicatorSpec:
    return spec.indicators.get(name, IndicatorSpec(title=name))


def _signed(language: Language, value: float, shown: IndicatorSpec, *, bare: bool = False) -> str:
    decimals = shown.decimals + (shown.decimals > 0)
    text = format_number(language, value, decimals=decimals)
    plus = "+" if value > 0 else ""
    return f"{plus}{text}" if bare else f"{plus}{text}\u00a0{shown.unit}"


def _percent(language: Language, amount: float) -> str:
    sign = "+" if amount > 0 else ""
    return f"{sign}{format_number(language, 100 * amount, decimals=1)}\u00a0%"
