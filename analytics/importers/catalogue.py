"""The catalogue of indicators as a file: one TOML table an indicator, its code the name of the table."""

import tomllib
from typing import Any, get_args

from core.indicators import AccessLevel, Frequency, Good, Indicator


class WrongCatalogue(ValueError):
    """The catalogue names an unknown field or a value that is none of the choices; the text says where."""


def read_catalogue(content: bytes) -> list[Indicator]:
    """Read the indicators in the order of the file. Raises: WrongCatalogue."""
    try:
        tables = tomllib.loads(content.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WrongCatalogue(str(error)) from error
    return [_indicator(code, table) for code, table in tables.items()]


def _indicator(code: str, table: Any) -> Indicator:
    try:
        fields = dict(table)
        fields["access_level"] = AccessLevel(fields.get("access_level", "public"))
        found = Indicator(code=code, **fields)
    except (TypeError, ValueError) as error:
        raise WrongCatalogue(f"[{code}]: {error}") from error
    if found.frequency not in get_args(Frequency) or found.good not in get_args(Good):
        raise WrongCatalogue(f"[{code}]: frequency is one of A, Q, M; good is one of up, down, none")
    return found
