"""The messages that code and templates of the web use."""

from io import BytesIO
from pathlib import Path

from babel.messages.extract import extract
from django.utils.translation.template import templatize

WEB = Path(__file__).resolve().parents[2] / "web"
# What templatize turns {% translate %} into, and what our own code calls.
_KEYWORDS = {
    "_": None,
    "N_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "plural_forms": (1, 2),
}


def used_messages() -> dict[str, str | None]:
    """Every message id of web/, with its plural id if it has one."""
    found: dict[str, str | None] = {}
    for path in sorted(WEB.rglob("*.py")):
        found |= _extracted(path.read_text(encoding="utf-8"))
    for path in sorted(WEB.rglob("*.html")):
        found |= _extracted(templatize(path.read_text(encoding="utf-8"), origin=str(path)))
    return found


def _extracted(code: str) -> dict[str, str | None]:
    rows = extract("python", BytesIO(code.encode()), keywords=_KEYWORDS)
    found: dict[str, str | None] = {}
    for _line, message, _comments, _context in rows:
        one, many = message if isinstance(message, tuple) else (message, None)
        found[one] = many
    return found
