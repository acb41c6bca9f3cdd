"""One request, one effect, one answer, however often it is sent."""

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

from pydantic import TypeAdapter
from sqlalchemy import delete, select, update

from core.shared.errors import DomainError, RefusalKind
from core.shared.language import N_
from core.store.model import AnswerRow
from core.store.unit_of_work import UnitOfWork

KEEP_ANSWERS = timedelta(days=7)

R = TypeVar("R")


class KeyReused(DomainError):
    """The key has been used for another request."""

    code = "idempotency_key_reused"
    kind = RefusalKind.CONFLICT
    message = N_("This Idempotency-Key belongs to another request. Make a new key for a new request.")


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
    first = uow.insert_new(
        AnswerRow,
        {"key": key, "fingerprint": fingerprint, "answer": None, "at": uow.now},
        conflict=("key",),
    )
    adapter: TypeAdapter[R] = TypeAdapter(returns)
    if not first:
        stored = uow.session.execute(select(AnswerRow).where(AnswerRow.key == key)).scalar_one()
        if stored.fingerprint != fingerprint:
            raise KeyReused
        return adapter.validate_python(stored.answer)
    answer = command(uow, **arguments)
    uow.session.execute(
        update(AnswerRow).where(AnswerRow.key == key).values(answer=adapter.dump_python(answer, mode="json"))
    )
    return answer


def prune_answers(uow: UnitOfWork) -> int:
    """Forget answers older than a week; how many."""
    return uow.changed(delete(AnswerRow).where(AnswerRow.at < uow.now - KEEP_ANSWERS))


def _fingerprint(command: Callable[..., Any], arguments: dict[str, Any]) -> str:
    said = json.dumps([command.__name__, arguments], sort_keys=True, default=str)
    return hashlib.sha256(said.encode()).hexdigest()
