"""Who is who and who may do what: pure decisions."""

import hashlib
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.identity.errors import NotAnAddress
from core.shared.ids import PersonId, SessionId, TerritoryId
from core.shared.language import Language


class Assurance(StrEnum):
    """How sure we are of who a person is, weakest first."""

    VISITOR = "visitor"
    REGISTERED = "registered"
    VERIFIED = "verified"
    OFFICIAL = "official"


ADDRESS_LIMIT = 128
_ADDRESS = re.compile(
    r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}"
)

_RANK = {level: rank for rank, level in enumerate(Assurance)}


class Role(StrEnum):
    """A part that the administration of a territory gives to a person."""

    # Whoever answers for a territory as a whole: a governor, a mayor, the head of a settlement.
    HEAD = "head"
    OFFICIAL = "official"
    MODERATOR = "moderator"
    ANALYST = "analyst"
    ADMINISTRATOR = "administrator"


class Action(StrEnum):
    """What a role lets one do."""

    ANSWER_CITIZENS = "answer_citizens"
    RUN_POLLS = "run_polls"
    MODERATE_ROOMS = "moderate_rooms"
    HANDLE_ALERTS = "handle_alerts"
    LOAD_DATA = "load_data"
    RUN_MODELS = "run_models"
    BROADCAST = "broadcast"
    GRANT_ROLES = "grant_roles"
    CHOOSE_CHANNELS = "choose_channels"
    SEE_CONSOLE = "see_console"
    READ_BRIEF = "read_brief"


# The service that an action belongs to: a role given for one service acts in that service only.
SERVICE_OF: dict[Action, str | None] = {
    Action.ANSWER_CITIZENS: "direct_line",
    Action.RUN_POLLS: "active_citizen",
    Action.MODERATE_ROOMS: None,
    Action.HANDLE_ALERTS: "indicator_monitoring",
    Action.LOAD_DATA: "indicator_monitoring",
    Action.RUN_MODELS: "strategic_management",
    Action.BROADCAST: None,
    Action.GRANT_ROLES: None,
    Action.CHOOSE_CHANNELS: None,
    Action.SEE_CONSOLE: None,
    Action.READ_BRIEF: None,
}

# Deny by default: what is not written here is not allowed.
POLICY: dict[Role, frozenset[Action]] = {
    Role.HEAD: frozenset(
        {
            Action.ANSWER_CITIZENS,
            Action.HANDLE_ALERTS,
            Action.BROADCAST,
            Action.SEE_CONSOLE,
            Action.READ_BRIEF,
        }
    ),
    Role.OFFICIAL: frozenset(
        {Action.ANSWER_CITIZENS, Action.HANDLE_ALERTS, Action.BROADCAST, Action.SEE_CONSOLE}
    ),
    Role.MODERATOR: frozenset(
        {Action.RUN_POLLS, Action.MODERATE_ROOMS, Action.BROADCAST, Action.SEE_CONSOLE}
    ),
    Role.ANALYST: frozenset({Action.LOAD_DATA, Action.RUN_MODELS, Action.SEE_CONSOLE}),
    Role.ADMINISTRATOR: frozenset(
        {
            Action.GRANT_ROLES,
            Action.CHOOSE_CHANNELS,
            Action.LOAD_DATA,
            Action.RUN_MODELS,
            Action.BROADCAST,
            Action.SEE_CONSOLE,
        }
    ),
}


@dataclass(frozen=True, slots=True)
class Grant:
    """A role in a territory (and below it), for one service or, with None, for all."""

    role: Role
    territory_id: TerritoryId
    service: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person as other folders see one. ``position`` is an official's post, empty for citizens."""

    id: PersonId
    display_name: str
    position: str
    assurance: Assurance
    language: Language
    home_id: TerritoryId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """One of a person's ways in."""

    provider: str
    subject: str
    linked_at: datetime
    reachable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSession:
    """A signed-in browser, as its owner sees it in the cabinet."""

    id: SessionId
    label: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Whoever looks: a person with their roles, or nobody in particular."""

    person: Person | None
    grants: tuple[Grant, ...] = ()
    session_id: SessionId | None = None

    @property
    def person_id(self) -> PersonId | None:
        """The person's id, None for an anonymous viewer."""
        return None if self.person is None else self.person.id

    def is_at_least(self, level: Assurance) -> bool:
        """Whether the viewer's assurance reaches ``level``."""
        return self.person is not None and _RANK[self.person.assurance] >= _RANK[level]


ANONYMOUS = Viewer(person=None)


def may(viewer: Viewer, action: Action, *, within: Collection[TerritoryId]) -> bool:
    """Whether the viewer may do this in a place. ``within`` is the place and everything above it."""
    service = SERVICE_OF[action]
    return any(
        action in POLICY[grant.role]
        and grant.territory_id in within
        and (grant.service is None or service is None or grant.service == service)
        for grant in viewer.grants
    )


def giving(viewer: Viewer) -> set[str | None]:
    """The services for which the viewer gives roles anywhere; None among them: for all at once."""
    return {grant.service for grant in viewer.grants if Action.GRANT_ROLES in POLICY[grant.role]}


def may_give(viewer: Viewer, *, service: str | None, within: Collection[TerritoryId]) -> bool:
    """Whether the viewer may give and take a role in a place, for one service or, with None, for all.

    Nobody gives more than they have: neither above their own territory nor beyond their own service.
    """
    return any(
        Action.GRANT_ROLES in POLICY[grant.role]
        and grant.territory_id in within
        and grant.service in {None, service}
        for grant in viewer.grants
    )


def serves(role: Role, service: str) -> bool:
    """Whether a role given for one service lets one do anything in it. Roles are given for any service.

    >>> serves(Role.ANALYST, "strategic_management"), serves(Role.ANALYST, "direct_line")
    (True, False)
    """
    allowed = POLICY[role]
    return Action.GRANT_ROLES in allowed or any(SERVICE_OF[action] == service for action in allowed)


def allowed_by(role: Role, *, service: str | None = None) -> list[Action]:
    """What a role lets one do, given for one service or for all, in the order of ``Action``.

    >>> [action.value for action in allowed_by(Role.ANALYST, service="strategic_management")]
    ['run_models', 'see_console']
    """
    return [
        action
        for action in Action
        if action in POLICY[role] and (service is None or SERVICE_OF[action] in {None, service})
    ]


def checked_address(text: str) -> str:
    """An address of electronic mail in the form in which it is kept. Raises: Invalid.

    Whether it is somebody's, a mail to it shows; here only what no server would take is refused (RFC 5321,
    section 4.5.3.1: 64 octets, @, 255 octets; ours: 128 in all). Names are compared without case.

    >>> checked_address(" Anna@Example.org ")
    'anna@example.org'
    """
    address = text.strip().lower()
    if len(address) > ADDRESS_LIMIT or not _ADDRESS.fullmatch(address):
        raise NotAnAddress
    return address


def token_digest(token: str) -> str:
    """What is kept of a token. A random token of 128 bits needs no salt and no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()
