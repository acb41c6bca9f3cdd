"""Effects of the API, each under the caller's Idempotency-Key."""

from collections.abc import Callable
from typing import Annotated, Any, TypeVar
from uuid import uuid4

from ninja import Header

from core.store import run_once
from web.api.callers import ApiRequest, person_of
from web.dependencies import dependencies

R = TypeVar("R")

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        max_length=64,
        description="A name of your own for this request. The same key again gives the first answer and "
        "changes nothing; the same key with another body is refused with 409. Kept for seven days.",
    ),
]


def key_or_fresh(key: str | None) -> str:
    """The caller's key; a caller without one asks for no protection against repetition."""
    return key or uuid4().hex


async def once(
    request: ApiRequest, key: str, *, command: Callable[..., R], returns: type[R], **arguments: Any
) -> R:
    """Run a command unless this person's key has run it before; then give the answer it gave."""
    return await dependencies().database.run_async(
        run_once,
        key=f"api:{person_of(request)}:{key}",
        command=command,
        arguments=arguments,
        returns=returns,
    )
