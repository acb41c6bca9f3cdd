"""Words for people: marking, translating and counting in Russian and English.

Message ids are English sentences; the complete Russian catalogue is compiled at start into
``locale/ru/LC_MESSAGES/django.mo``, the same file that templates read.
"""

import gettext
from functools import cache
from pathlib import Path
from typing import Literal

Language = Literal["ru", "en"]
LANGUAGES: tuple[Language, ...] = ("ru", "en")
DEFAULT_LANGUAGE: Language = "ru"

_LOCALE_DIR = Path(__file__).resolve().parents[2] / "locale"


def N_(message: str) -> str:  # noqa: N802 - the gettext convention that extraction tools look for
    """Mark a sentence for the catalogue and leave it as it is."""
    return message


@cache
def _catalogue(language: Language) -> gettext.NullTranslations:
    return gettext.translation("django", _LOCALE_DIR, languages=[language], fallback=True)


def as_language(value: str | None) -> Language:
    """The language of a browser's or a messenger's code: ``"en-GB"`` is English, the unknown is Russian.

    >>> as_language("en-GB"), as_language("tt"), as_language(None)
    ('en', 'ru', 'ru')
    """
    return "en" if value is not None and value.lower().startswith("en") else DEFAULT_LANGUAGE


def translate(language: Language, message: str, **fields: object) -> str:
    """The sentence in a person's language, its named ``{fields}`` filled in."""
    return _catalogue(language).gettext(message).format(**fields)


def translate_plural(language: Language, one: str, many: str, count: int, **fields: object) -> str:
    """The form that goes with ``count`` (three forms in Russian); ``{count}`` is always filled in."""
    return _catalogue(language).ngettext(one, many, count).format(count=count, **fields)
