"""What identity tells the others."""

from dataclasses import dataclass

from core.shared.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRevoked(Fact):
    """A session ended; sockets opened with it must close."""

    session_id: str
    person_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RolesChanged(Fact):
    """A person's roles changed; what they see must be looked at anew."""

    person_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityLinked(Fact):
    """A messenger now leads to this person."""

    person_id: str
    provider: str
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityUnlinked(Fact):
    """A messenger no longer leads to this person."""

    person_id: str
    provider: str
