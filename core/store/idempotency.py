"""One request, one effect, one answer, however often it is sent."""

import hashlib
import json
from collections.abc import Callable, Hashable
from datetime import timedelta
from functools import cache
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter
from sqlalchemy import bindparam, delete, select, update

from core.shared.doors import Actor, Door, reached
from core.shared.errors import DomainError, RefusalKind
from core.shared.language import N_
from core.store.model import AnswerRow
from core.store.prepared import PreparedChange, PreparedQuery, insert_new
from core.store.unit_of_work import UnitOfWork

KEEP_ANSWERS = timedelta(days=7)

R = TypeVar("R")


class KeyReused(DomainError):
    """The key has been used for another request."""

    code = "idempotency_key_reused"
    kind = RefusalKind.CONFLICT
    message = N_("This Idempotency-Key belongs to another request. Make a new key for a new request.")


_FIRST = PreparedChange(insert_new(AnswerRow, "key", "fingerprint", "answer", "at", conflict=("key",)))
_ANSWERED = PreparedQuery(
    select(AnswerRow.fingerprint, AnswerRow.answer).where(AnswerRow.key == bindparam("of"))
)
_ANSWER = PreparedChange(
    update(AnswerRow).where(AnswerRow.key == bindparam("of")).values(answer=bindparam("answer"))
)


@reached(Actor.PROGRAM, Door.API, Door.CONSOLE)
def run_once(
    uow: UnitOfWork,
    *,
    key: str,
    command: Callable[..., R],
    arguments: dict[str, Any],
    returns: type[R],
) -> R:
    """Run the command unless this key has run it before; then give the answer it gave.

    key: scope and key in one, e.g. ``api:<person>:<key>`` or ``telegram:<update>:0``; ≤ 200 characters.
    arguments: keyword arguments of the command; a repetition with other ones is refused.
    returns: the command's answer as a type, which pydantic can store as JSON (use NoneType for none).
    A refusal is not stored: the transaction ends with it and a repetition tries again.
    Raises: KeyReused.
    """
    fingerprint = _fingerprint(command, arguments)
    adapter = _adapter(cast("Hashable", returns))
    if not uow.apply(_FIRST, key=key, fingerprint=fingerprint, answer=None, at=uow.now):
        (asked, answered), *_ = uow.rows(_ANSWERED, of=key)
        if asked != fingerprint:
            raise KeyReused
        stored: R = adapter.validate_python(answered)
        return stored
    answer = command(uow, **arguments)
    uow.apply(_ANSWER, of=key, answer=adapter.dump_python(answer, mode="json"))
    return answer


def prune_answers(uow: UnitOfWork) -> int:
    """Forget answers older than a week; how many."""
    return uow.changed(delete(AnswerRow).where(AnswerRow.at < uow.now - KEEP_ANSWERS))


@cache
def _adapter(returns: Hashable) -> TypeAdapter[Any]:
    return TypeAdapter(returns)


def _fingerprint(command: Callable[..., Any], arguments: dict[str, Any]) -> str:
    said = json.dumps([command.__name__, arguments], sort_keys=True, default=str)
    return hashlib.sha256(said.encode()).hexdigest()
