"""Units by ОКЕИ, the all-Russian classifier of units (OK 015-94): the code by the usual spelling."""

from collections.abc import Mapping

# Only units that the classifier has; "на 1000 чел." and other ratios are none, and get no code.
_CODES: Mapping[str, str] = {
    "%": "744",
    "м²": "055",
    "тыс. м²": "058",
    "тыс. т": "169",
    "дней": "359",
    "лет": "366",
    "руб.": "383",
    "тыс. руб.": "384",
    "млн руб.": "385",
    "млрд руб.": "386",
    "чел.": "792",
    "тыс. чел.": "793",
    "млн чел.": "794",
    "шт.": "796",
}


def okei_code(unit: str) -> str:
    """The code of a unit as it is written here, empty if the classifier has none.

    >>> okei_code("%"), okei_code("млн руб."), okei_code("на 1000 чел.")
    ('744', '385', '')
    """
    return _CODES.get(unit.strip(), "")
