"""Tables of persons, of the ways they come in and of what they may do."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.store import Base, Id, UtcDateTime


class PersonRow(Base):
    """A human being, once, whatever doors they use."""

    __tablename__ = "person"
    # A mailing walks the residents of a territory in the order of their ids.
    __table_args__ = (Index("ix_person_home_id", "home_id", "id"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    display_name: Mapped[str] = mapped_column(String(100))
    position: Mapped[str] = mapped_column(String(200))
    assurance: Mapped[str] = mapped_column(String(16))
    language: Mapped[str] = mapped_column(String(2))
    home_id: Mapped[str | None] = mapped_column(ForeignKey("territory.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class IdentityRow(Base):
    """A way in: an account of a messenger or of an identity provider. The key decides whose it is."""

    __tablename__ = "identity"

    provider: Mapped[str] = mapped_column(String(16), primary_key=True)
    subject: Mapped[str] = mapped_column(String(128), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    linked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    # Set when the messenger says for good that it cannot reach the person (blocked, deactivated).
    unreachable_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)


class RoleGrantRow(Base):
    """A right to act for an authority, in one territory and below, for one service or for all."""

    __tablename__ = "role_grant"
    __table_args__ = (Index("ix_role_grant_person_id", "person_id"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    role: Mapped[str] = mapped_column(String(16))
    territory_id: Mapped[str] = mapped_column(ForeignKey("territory.id"))
    service: Mapped[str | None] = mapped_column(String(32))
    granted_by: Mapped[str | None] = mapped_column(Id)
    granted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)


class ConsentDocumentRow(Base):
    """The text that people agree to, a document of its own (152-ФЗ as changed by 156-ФЗ)."""

    __tablename__ = "consent_document"

    kind: Mapped[str] = mapped_column(String(32), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    text_ru: Mapped[str] = mapped_column(Text)
    text_en: Mapped[str] = mapped_column(Text)
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ConsentRow(Base):
    """That a person agreed to one version of a document, until withdrawn."""

    __tablename__ = "consent"
    __table_args__ = (Index("ix_consent_person_id", "person_id"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(String(32))
    version: Mapped[int]
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)


class OneTimeTokenRow(Base):
    """A link or a code that works once. Only the hash is kept."""

    __tablename__ = "one_time_token"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(16))
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)


class SessionRow(Base):
    """A signed-in browser or program. ``id`` is the hash of the token that it shows."""

    __tablename__ = "session"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    label: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
