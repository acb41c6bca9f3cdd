"""Every word of the web has its Russian, and no Russian is left over."""

from pathlib import Path

from babel.messages.catalog import Message
from babel.messages.pofile import read_po

from app.catalogue import LOCALE_FOLDER
from tests.web.messages import used_messages

PART = LOCALE_FOLDER / "ru" / "parts" / "web.po"


def _translated() -> dict[str, tuple[str, ...]]:
    """The Russian forms of every message: one, or three for a counted phrase."""
    with PART.open("rb") as source:
        messages = [message for message in read_po(source, locale="ru", abort_invalid=True) if message.id]
    return {_one(message.id): _forms(message) for message in messages}


def _one(message_id: str | tuple[str, ...] | list[str]) -> str:
    return message_id if isinstance(message_id, str) else message_id[0]


def _forms(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ())


def test_no_message_lacks_its_russian() -> None:
    translated = _translated()

    lacking = [one for one in used_messages() if not all(translated.get(one, ("",)))]

    assert lacking == []


def test_no_russian_message_is_unused() -> None:
    assert sorted(_translated().keys() - used_messages().keys()) == []


def test_a_counted_phrase_has_three_forms() -> None:
    translated = _translated()

    counted = [one for one, many in used_messages().items() if many is not None]

    assert [one for one in counted if len(translated[one]) != 3] == []


def test_no_translation_exclaims_or_blames() -> None:
    texts = " ".join(form for forms in _translated().values() for form in forms).lower()

    assert not [word for word in ("!", "вы ввели", "неверно", "осуществля", "данный") if word in texts]


def test_no_template_marks_text_as_safe() -> None:
    web = Path(__file__).resolve().parents[2] / "web"
    templates = "".join(path.read_text(encoding="utf-8") for path in web.rglob("*.html"))

    assert "|safe" not in templates
    assert "autoescape" not in templates
    assert "style=" not in templates
    assert "onclick" not in templates
