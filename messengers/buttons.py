"""Buttons: typed actions in at most 64 bytes, signed, so that a made-up one is told from ours.

The signature says only "this installation drew it": whether the person may do it is decided by core at
every tap. Form: ``<letter>.<field>.<field>.<signature>``, ids as 22 characters of base64.
"""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass, fields
from enum import StrEnum
from functools import lru_cache
from typing import get_type_hints

from core.shared.errors import DomainError, RefusalKind
from core.shared.language import N_
from messengers.capabilities import CAPABILITIES

# A button drawn once goes over every carrier.
MAX_BYTES = min(limits.callback_bytes for limits in CAPABILITIES.values())
_SIGNATURE_BYTES = 6
_KEPT = 4096


class BadButton(DomainError):
    """A button that this installation did not draw, or drew in a form it no longer knows."""

    code = "bad_button"
    kind = RefusalKind.INVALID
    message = N_("This button was not made here or is out of date. Nothing was changed.")


class Place(StrEnum):
    """Screens that a button may open; the values are on the wire, so they stay."""

    MENU = "m"
    DIRECT_LINE = "d"
    POLLS = "ps"
    POLL = "p"
    INDICATORS = "is"
    INDICATOR = "i"
    RUNS = "rs"
    RUN = "r"
    ACCOUNT = "a"
    LANGUAGES = "l"
    CONSENT = "c"
    CONSENT_TEXT = "ct"
    TERRITORIES = "ts"
    WEB_LINK = "w"
    WITHDRAWAL = "wd"
    ALERT_SNOOZE = "as"
    ALERT_MEASURE = "am"
    ALERT_WHY = "aw"
    ALERT_ASSIGN = "ag"
    ALERT_RETURN = "ar"
    ALERT_NOTE = "an"
    ALERT_SILENCE = "al"
    COMMITMENT_RESULT = "cr"
    NOTICES = "n"
    NOTICE_MATRIX = "nm"
    MESSENGERS = "ms"
    LINK_CODE = "lc"
    UNLINK = "u"
    MY_DATA = "md"
    NAME = "nn"
    FORGET = "f"


class Snooze(StrEnum):
    """For how long an alert is put off."""

    HOUR = "h"
    MORNING = "m"
    MONDAY = "w"


@dataclass(frozen=True, slots=True)
class Open:
    """Go to a screen; ``subject`` is the id of the thing shown there."""

    place: Place
    subject: str = ""


@dataclass(frozen=True, slots=True)
class OpenBelow:
    """Go to a screen in a new message: the tapped one says something that must stay."""

    place: Place
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """Another page of the buttons of a screen; pages count from 0."""

    place: Place
    subject: str
    page: int


@dataclass(frozen=True, slots=True)
class AcceptConsent:
    """Agree to the processing of personal data, in this version of the text."""

    version: int


@dataclass(frozen=True, slots=True)
class WithdrawConsent:
    """Take the consent back."""


@dataclass(frozen=True, slots=True)
class ForgetMe:
    """Erase what is kept of me."""


@dataclass(frozen=True, slots=True)
class ChooseTerritory:
    """I live here."""

    territory_id: str


@dataclass(frozen=True, slots=True)
class ChooseLanguage:
    """Speak this language to me."""

    language: str


@dataclass(frozen=True, slots=True)
class ShowFigure:
    """This indicator of this territory, which need not be where the person lives."""

    indicator: str
    territory_id: str


@dataclass(frozen=True, slots=True)
class CompareScenarios(ShowFigure):
    """Where this indicator goes by each scenario that is published."""


@dataclass(frozen=True, slots=True)
class RankPlaces(ShowFigure):
    """Where this territory stands among its neighbours by this indicator."""


@dataclass(frozen=True, slots=True)
class ShowContributions(ShowFigure):
    """What the growth of this indicator is made of."""


@dataclass(frozen=True, slots=True)
class ExplainFigure(ShowFigure):
    """How the forecast and the scenarios of this indicator were made."""


@dataclass(frozen=True, slots=True)
class UnlinkMessenger:
    """This messenger shall no longer lead to me."""

    provider: str


@dataclass(frozen=True, slots=True)
class MergeAccounts:
    """Join the account of this messenger with the one that the code is of."""

    code: str


@dataclass(frozen=True, slots=True)
class Vote:
    """My vote in this poll."""

    poll_id: str
    option_id: str


@dataclass(frozen=True, slots=True)
class AcceptAlert:
    """I take care of this alert."""

    alert_id: str


@dataclass(frozen=True, slots=True)
class SnoozeAlert:
    """Remind me of this alert later."""

    alert_id: str
    until: Snooze


@dataclass(frozen=True, slots=True)
class ChooseAssignee:
    """This person shall take care of this alert; the term is asked for next."""

    alert_id: str
    person_id: str


@dataclass(frozen=True, slots=True)
class AssignAlert:
    """Whom I chose shall take care of this alert within so many days; 0 is today."""

    alert_id: str
    days: int


@dataclass(frozen=True, slots=True)
class SilenceAlert:
    """This alert shall disturb nobody for so many days; why is asked for next."""

    alert_id: str
    days: int


@dataclass(frozen=True, slots=True)
class Commit:
    """What I wrote is what I will do about this alert, within so many days."""

    alert_id: str
    days: int


@dataclass(frozen=True, slots=True)
class FollowRun:
    """Tell me here how this run of a scenario model goes."""

    run_id: str


@dataclass(frozen=True, slots=True)
class CancelRun:
    """Stop this run of a scenario model."""

    run_id: str


@dataclass(frozen=True, slots=True)
class ChoosePreset:
    """When to tell me of everything: one of the presets."""

    preset: str


@dataclass(frozen=True, slots=True)
class ChooseNotice:
    """When to tell me of this kind of event over this messenger."""

    event: str
    channel: str
    choice: str


@dataclass(frozen=True, slots=True)
class Unsubscribe:
    """Tell me nothing more of this kind, over whatever messenger."""

    event: str


Action = (
    Open
    | OpenBelow
    | Turn
    | AcceptConsent
    | WithdrawConsent
    | ForgetMe
    | ChooseTerritory
    | ChooseLanguage
    | ShowFigure
    | CompareScenarios
    | RankPlaces
    | ShowContributions
    | ExplainFigure
    | UnlinkMessenger
    | MergeAccounts
    | Vote
    | AcceptAlert
    | SnoozeAlert
    | SilenceAlert
    | ChooseAssignee
    | AssignAlert
    | Commit
    | FollowRun
    | CancelRun
    | ChoosePreset
    | ChooseNotice
    | Unsubscribe
)

# Letters are on the wire in old messages: add, never reuse.
_LETTERS: dict[str, type[Action]] = {
    "o": Open,
    "b": OpenBelow,
    "g": Turn,
    "c": AcceptConsent,
    "w": WithdrawConsent,
    "e": ForgetMe,
    "t": ChooseTerritory,
    "l": ChooseLanguage,
    "f": ShowFigure,
    "y": CompareScenarios,
    "r": RankPlaces,
    "z": ShowContributions,
    "H": ExplainFigure,
    "x": UnlinkMessenger,
    "m": MergeAccounts,
    "v": Vote,
    "a": AcceptAlert,
    "s": SnoozeAlert,
    "q": SilenceAlert,
    "h": ChooseAssignee,
    "d": AssignAlert,
    "k": Commit,
    "i": FollowRun,
    "j": CancelRun,
    "p": ChoosePreset,
    "n": ChooseNotice,
    "u": Unsubscribe,
}
_BY_TYPE = {kind: letter for letter, kind in _LETTERS.items()}


@dataclass(frozen=True, slots=True)
class ButtonCodec:
    """Actions to callback data and back.

    >>> codec = ButtonCodec("secret")
    >>> codec.decode(codec.encode(ChooseLanguage("en")))
    ChooseLanguage(language='en')
    """

    secret_key: str

    def encode(self, action: Action) -> str:
        """Callback data for a button. Raises: ValueError if it would not fit in 64 bytes."""
        return _encoded(self.secret_key, action)

    def decode(self, data: str) -> Action:
        """The action of a tapped button. Raises: BadButton for anything not made by ``encode``."""
        return _decoded(self.secret_key, data)


# The same buttons are drawn and tapped again and again: a signature costs 5 µs, a button twice that.
@lru_cache(maxsize=_KEPT)
def _encoded(secret_key: str, action: Action) -> str:
    values = [_packed(str(getattr(action, field.name))) for field in fields(action)]
    body = ".".join([_BY_TYPE[type(action)], *values])
    data = f"{body}.{_signature(secret_key, body)}"
    if len(data.encode()) > MAX_BYTES:
        raise ValueError(
            f"{type(action).__name__} needs {len(data.encode())} bytes, a button has {MAX_BYTES}"
        )
    return data


@lru_cache(maxsize=_KEPT)
def _decoded(secret_key: str, data: str) -> Action:
    body, _, signature = data.rpartition(".")
    if not body or not hmac.compare_digest(signature.encode(), _signature(secret_key, body).encode()):
        raise BadButton
    letter, *values = body.split(".")
    kind = _LETTERS.get(letter)
    if kind is None or len(values) != len(fields(kind)):
        raise BadButton
    try:
        return _built(kind, [_unpacked(value) for value in values])
    except ValueError as error:
        raise BadButton from error


def _signature(secret_key: str, body: str) -> str:
    digest = hmac.digest(secret_key.encode(), b"button:" + body.encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest[:_SIGNATURE_BYTES]).decode()


def _built(kind: type[Action], values: list[str]) -> Action:
    types = get_type_hints(kind)
    arguments = {
        field.name: types[field.name](value) for field, value in zip(fields(kind), values, strict=True)
    }
    return kind(**arguments)


def _packed(value: str) -> str:
    if len(value) == 32 and value == value.lower():
        try:
            return "~" + base64.urlsafe_b64encode(bytes.fromhex(value)).decode().rstrip("=")
        except ValueError:
            pass
    if "." in value or value.startswith("~"):
        raise ValueError(f"a button cannot carry {value!r}")
    return value


def _unpacked(value: str) -> str:
    if not value.startswith("~"):
        return value
    try:
        return base64.urlsafe_b64decode(value[1:] + "==").hex()
    except binascii.Error as error:
        raise ValueError("not an id") from error
