"""Refusals that a person may cause and must be able to understand.

Core raises them, doors translate them; anything else that is raised is a bug.
"""

from enum import StrEnum
from typing import ClassVar

from core.shared.language import N_, Language, translate


class RefusalKind(StrEnum):
    """What a door makes of a refusal (HTTP status, close code, sentence in a chat)."""

    REFUSED = "refused"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    INVALID = "invalid"
    CONFLICT = "conflict"
    UNAVAILABLE = "unavailable"


class DomainError(Exception):
    """An expected refusal with a stable ``code`` and a sentence that says what to do.

    Subclasses set ``code``, ``kind`` and ``message`` (an English catalogue id with named fields);
    keyword arguments become ``fields`` and fill the sentence.
    """

    code: ClassVar[str] = "refused"
    kind: ClassVar[RefusalKind] = RefusalKind.REFUSED
    message: ClassVar[str] = N_("This cannot be done.")

    def __init__(self, **fields: object) -> None:
        self.fields = fields
        super().__init__(f"{self.code} {fields}" if fields else self.code)

    def sentence(self, language: Language) -> str:
        """The refusal in a person's own language."""
        return translate(language, self.message, **self.fields)


class Forbidden(DomainError):
    """The person is known but has no right to this."""

    code = "forbidden"
    kind = RefusalKind.FORBIDDEN
    message = N_("You have no right to do this. Ask the administration of the territory for the role.")


class NotFound(DomainError):
    """The thing does not exist, or the person must not learn that it does."""

    code = "not_found"
    kind = RefusalKind.NOT_FOUND
    message = N_("There is no such page or object. It may have been removed.")


class Invalid(DomainError):
    """What was sent cannot be understood; subclasses say which part and how to mend it."""

    code = "invalid"
    kind = RefusalKind.INVALID
    message = N_("This could not be read. Check what you sent and try again.")


class TooLong(Invalid):
    """A text is longer than the field allows. Fields: ``limit``, ``length``, both in characters."""

    code = "too_long"
    message = N_(
        "The text is too long: {length} characters, at most {limit}. Shorten it or send it in parts."
    )


class Empty(Invalid):
    """A text that must say something is blank."""

    code = "empty"
    message = N_("The text is empty. Write a few words.")


def checked_text(text: str, *, limit: int) -> str:
    """``text`` without outer blanks and NUL bytes (PostgreSQL refuses them), or a refusal.

    ``limit`` is in characters. Raises: Empty, TooLong.
    """
    cleaned = text.replace("\x00", "").strip()
    if not cleaned:
        raise Empty
    if len(cleaned) > limit:
        raise TooLong(limit=limit, length=len(cleaned))
    return cleaned
