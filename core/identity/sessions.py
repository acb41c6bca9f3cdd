"""Use cases of coming in: one-time links and codes, sessions, going out."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, func, select, update

from core.identity.errors import EnoughCodes, LaunchTooOld, LaunchUsed, LinkExpired
from core.identity.events import SessionRevoked
from core.identity.model import OneTimeTokenRow, SessionRow
from core.identity.people import consenting, move_identity, replace_email, welcome
from core.identity.queries import person
from core.identity.rules import Person, checked_address, token_digest
from core.shared.doors import CODE_FROM_THE_SITE, OWN_WAYS, Actor, Door, reached
from core.shared.ids import PersonId, SessionId
from core.shared.language import Language
from core.store import Reading, UnitOfWork

ONE_TIME_TERM = timedelta(minutes=10)
# Enough for a slip of the pen, too few to fill a stranger's mailbox.
MOST_EMAIL_CODES, EMAIL_CODES_WITHIN = 3, timedelta(hours=1)
# An opening of our page in a messenger: as old as it may be, and how far its clock may be ahead of ours.
LAUNCH_TERM, CLOCKS_DIFFER = timedelta(hours=24), timedelta(minutes=5)
SESSION_TERM = timedelta(days=30)
# Longer than anything asks about them: how many codes were asked for within the hour.
KEEP_ENDED = timedelta(days=1)
# Without letters and digits that look alike when read aloud or copied from paper.
_CODE_ALPHABET, _CODE_LENGTH = "ABCDEFGHJKMNPQRSTUVWXYZ23456789", 8
# Whoever copies a code by eye with a Russian keyboard writes these letters, which look like Latin ones.
_LOOKALIKES = str.maketrans("АВЕКМНРСТУХ", "ABEKMHPCTYX")


AT_THE_SITE = "an address is typed and its code is entered on one page"


class Purpose(StrEnum):
    """What a one-time token opens: the site, or the link of a messenger to a person."""

    SIGN_IN = "sign_in"
    LINK = "link"
    EMAIL = "email"
    LAUNCH = "launch"


@dataclass(frozen=True, slots=True)
class EmailCode:
    """A code and the address that it is to be sent to; neither is kept until it is proved."""

    code: str
    address: str


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session just opened; ``token`` is shown to the browser and never kept here."""

    token: str
    session_id: SessionId
    person_id: PersonId
    expires_at: datetime


@reached(
    Actor.CITIZEN, Door.BOT, Door.API, Door.CLI, closed={Door.WEB: "whoever is on the site has signed in"}
)
def issue_sign_in_link(uow: UnitOfWork, *, person_id: PersonId, term: timedelta = ONE_TIME_TERM) -> str:
    """A token for ``/in/<token>``: 128 random bits, good once and for ten minutes."""
    token = secrets.token_urlsafe(16)
    _keep_token(uow, token, Purpose.SIGN_IN, person_id, term)
    return token


@reached(Actor.CITIZEN, Door.BOT, Door.WEB, Door.API)
def issue_link_code(uow: UnitOfWork, *, person_id: PersonId) -> str:
    """A code of 8 signs that links a messenger to the person, good once and for ten minutes."""
    code = _new_code()
    _keep_token(uow, code, Purpose.LINK, person_id, ONE_TIME_TERM)
    return code


@reached(Actor.CITIZEN, Door.WEB, Door.API, closed={Door.BOT: "a messenger knows who writes"})
def sign_in(uow: UnitOfWork, *, token: str, label: str = "") -> NewSession:
    """Open a session with a one-time link. Raises: LinkExpired for all but the first of many uses."""
    return open_session(uow, person_id=_use_token(uow, token, Purpose.SIGN_IN), label=label)


@reached(Actor.CITIZEN, Door.BOT, closed={Door.WEB: CODE_FROM_THE_SITE, Door.API: OWN_WAYS})
def link_messenger(uow: UnitOfWork, *, code: str, provider: str, subject: str) -> PersonId:
    """Let a messenger account lead to the person who asked for the code.

    Raises: LinkExpired; IdentityTaken (the code is then not used up).
    """
    person_id = use_link_code(uow, code=code)
    move_identity(uow, person_id=person_id, provider=provider, subject=subject)
    return person_id


def use_link_code(uow: UnitOfWork, *, code: str) -> PersonId:
    """Whoever asked for the code; it is used up if the transaction commits. Raises: LinkExpired."""
    return _use_token(uow, as_issued(code), Purpose.LINK)


def link_code_owner(reading: Reading, *, code: str) -> Person:
    """Whose code this is, to ask before anything is joined; it stays good. Raises: LinkExpired."""
    row = reading.session.get(OneTimeTokenRow, token_digest(as_issued(code)))
    if row is None or row.purpose != Purpose.LINK or row.used_at is not None or row.expires_at <= reading.now:
        raise LinkExpired
    return person(reading, person_id=PersonId(row.person_id))


@reached(Actor.PROGRAM, Door.WEB, Door.CLI)
def open_session(
    uow: UnitOfWork, *, person_id: PersonId, label: str = "", term: timedelta = SESSION_TERM
) -> NewSession:
    """Open a session. ``label`` says which browser or program it is, for the person's own list."""
    token = secrets.token_urlsafe(32)
    expires_at = uow.now + term
    session_id = SessionId(token_digest(token))
    uow.session.add(
        SessionRow(
            id=session_id,
            person_id=person_id,
            label=label[:200],
            created_at=uow.now,
            expires_at=expires_at,
        )
    )
    uow.audit("signed_in", actor=person_id, subject=f"session:{session_id[:16]}")
    return NewSession(token=token, session_id=session_id, person_id=person_id, expires_at=expires_at)


@reached(
    Actor.CITIZEN,
    Door.WEB,
    Door.API,
    closed={Door.BOT: "browsers are listed on the site, one tap from «Мой кабинет»"},
)
def revoke_session(uow: UnitOfWork, *, session_id: SessionId, person_id: PersonId) -> bool:
    """End one of the person's sessions; its sockets close within two seconds. False if it had ended."""
    ended = uow.changed(
        update(SessionRow)
        .where(
            SessionRow.id == session_id, SessionRow.person_id == person_id, SessionRow.revoked_at.is_(None)
        )
        .values(revoked_at=uow.now)
    )
    if ended:
        uow.record(SessionRevoked(session_id=session_id, person_id=person_id))
        uow.audit("signed_out", actor=person_id, subject=f"session:{session_id[:16]}")
    return bool(ended)


def revoke_all_sessions(uow: UnitOfWork, *, person_id: PersonId) -> int:
    """End all sessions of a person; how many."""
    alive = uow.session.execute(
        select(SessionRow.id).where(SessionRow.person_id == person_id, SessionRow.revoked_at.is_(None))
    ).scalars()
    return sum(
        revoke_session(uow, session_id=SessionId(session_id), person_id=person_id)
        for session_id in list(alive)
    )


@reached(
    Actor.CITIZEN,
    Door.WEB,
    closed={Door.BOT: "a messenger knows who writes", Door.API: "a messenger opens a page, not a program"},
)
def enter_from_messenger(
    uow: UnitOfWork,
    *,
    provider: str,
    subject: str,
    display_name: str,
    language: Language,
    launch: str,
    opened_at: datetime,
    label: str = "",
) -> NewSession:
    """Open a session for whoever opened our page in a messenger, which has been seen to have signed it.

    launch: what the messenger signed, the same only for this opening; it is good once, for a day.
    Raises: LaunchTooOld, LaunchUsed.
    """
    if not uow.now - LAUNCH_TERM <= opened_at <= uow.now + CLOCKS_DIFFER:
        raise LaunchTooOld
    person = welcome(uow, provider=provider, subject=subject, display_name=display_name, language=language)
    values = {
        "digest": token_digest(launch),
        "purpose": Purpose.LAUNCH,
        "person_id": person.id,
        "expires_at": opened_at + LAUNCH_TERM,
        "used_at": uow.now,
    }
    if not uow.insert_new(OneTimeTokenRow, values, conflict=("digest",)):
        raise LaunchUsed
    return open_session(uow, person_id=person.id, label=label)


@reached(Actor.CITIZEN, Door.WEB, closed={Door.BOT: AT_THE_SITE, Door.API: OWN_WAYS})
def issue_email_code(uow: UnitOfWork, *, person_id: PersonId, address: str) -> EmailCode:
    """A code of 8 signs to be sent to an address, good once and for ten minutes, with this address only.

    Raises: Invalid for what is no address; EnoughCodes after three in an hour; ConsentNeeded, because from
    then on an address is kept.
    """
    consenting(person(uow, person_id=person_id))
    address = checked_address(address)
    # As many as were asked for within the hour: their rows end ten minutes after they were made.
    since = uow.now + ONE_TIME_TERM - EMAIL_CODES_WITHIN
    asked = uow.session.execute(
        select(func.count()).where(
            OneTimeTokenRow.person_id == person_id,
            OneTimeTokenRow.purpose == Purpose.EMAIL,
            OneTimeTokenRow.expires_at > since,
        )
    ).scalar_one()
    if asked >= MOST_EMAIL_CODES:
        raise EnoughCodes
    code = _new_code()
    _keep_token(uow, _with_address(code, person_id, address), Purpose.EMAIL, person_id, ONE_TIME_TERM)
    uow.audit("email_code_asked", actor=person_id, subject=f"person:{person_id}")
    return EmailCode(code=code, address=address)


@reached(Actor.CITIZEN, Door.WEB, closed={Door.BOT: AT_THE_SITE, Door.API: OWN_WAYS})
def prove_email(uow: UnitOfWork, *, person_id: PersonId, address: str, code: str) -> None:
    """Whoever has the code reads the mail of this address: from now on it is one of the person's ways.

    It takes the place of an address proved before. Raises: Invalid, LinkExpired; IdentityTaken if it leads
    to another person.
    """
    address = checked_address(address)
    _use_token(uow, _with_address(as_issued(code), person_id, address), Purpose.EMAIL)
    replace_email(uow, person_id=person_id, address=address)


def _with_address(code: str, person_id: PersonId, address: str) -> str:
    # A code proves the address that it was sent to, and to nobody but who asked for it.
    return f"{code} {person_id} {address}"


def is_code(text: str) -> bool:
    """Whether a text is a code and nothing else, however it was typed.

    In small or Cyrillic letters only beside a digit: without one it is a word.

    >>> [is_code(text) for text in ("4F7K ABCD", "4f7kabcd", "4F7K АВСЕ", "password", "Яма на Ленина")]
    [True, True, True, False, False]
    """
    code = as_issued(text)
    if len(code) != _CODE_LENGTH or not set(code) <= set(_CODE_ALPHABET):
        return False
    return any(sign.isdigit() for sign in code) or code == "".join(text.split())


def as_issued(code: str) -> str:
    """A code in the letters in which it was issued, without the space that helps to read it."""
    return "".join(code.split()).upper().translate(_LOOKALIKES)


def _new_code() -> str:
    return "".join(secrets.choice(_CODE_ALPHABET) for _ in range(_CODE_LENGTH))


def _keep_token(uow: UnitOfWork, token: str, purpose: Purpose, person_id: PersonId, term: timedelta) -> None:
    uow.session.add(
        OneTimeTokenRow(
            digest=token_digest(token), purpose=purpose, person_id=person_id, expires_at=uow.now + term
        )
    )


def prune_tokens(uow: UnitOfWork) -> int:
    """Forget one-time tokens and sessions that ended more than a day ago; how many."""
    ended = uow.now - KEEP_ENDED
    tokens = uow.changed(delete(OneTimeTokenRow).where(OneTimeTokenRow.expires_at < ended))
    return tokens + uow.changed(delete(SessionRow).where(SessionRow.expires_at < ended))


def _use_token(uow: UnitOfWork, token: str, purpose: Purpose) -> PersonId:
    # One conditional update: of ten parallel uses the database lets exactly one through.
    person_id = uow.session.execute(
        update(OneTimeTokenRow)
        .where(
            OneTimeTokenRow.digest == token_digest(token),
            OneTimeTokenRow.purpose == purpose,
            OneTimeTokenRow.used_at.is_(None),
            OneTimeTokenRow.expires_at > uow.now,
        )
        .values(used_at=uow.now)
        .returning(OneTimeTokenRow.person_id)
    ).scalar_one_or_none()
    if person_id is None:
        raise LinkExpired
    return PersonId(person_id)
