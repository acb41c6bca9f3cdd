"""Files in forms: which addresses take them, how much, and how a message with one is answered."""

import asyncio
import re
from collections.abc import Awaitable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, JsonResponse

from core.files import CHOOSABLE, FILE_LIMIT_MB, MEGABYTE, KeptContent, keep_upload, refuse_too_large
from core.shared.errors import DomainError
from web.dependencies import dependencies
from web.page_request import PageRequest
from web.sessions import go
from web.statuses import STATUSES

_TAKE_FILES = re.compile(r"/chat/files|/conversations/\w+/messages|/console/conversations/\w+/answer")
# The file with the words and the token that go in the same form.
_FORM_BYTES: Final = FILE_LIMIT_MB * MEGABYTE + 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Attaching:
    """What the field for a file needs to know (components/attach.html): where its form goes."""

    address: str
    accept: str = CHOOSABLE
    limit_mb: int = FILE_LIMIT_MB
    limit_bytes: int = FILE_LIMIT_MB * MEGABYTE


def form_limit(path: str) -> int | None:
    """How many bytes a form at this address may have, None where no file is taken."""
    return _FORM_BYTES if _TAKE_FILES.fullmatch(path) else None


def by_script(request: PageRequest) -> bool:
    """Whether a script has sent the form and reads the answer."""
    return request.headers.get("Accept") == "application/json"


async def kept_file(request: PageRequest) -> KeptContent | None:
    """The file of the form, on disk; None if none was chosen.

    Call it when it is known that whoever sends it may write here. Raises: what ``keep_upload`` refuses.
    """
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile):
        return None
    refuse_too_large(file.size)
    return await asyncio.to_thread(
        keep_upload, dependencies().files_dir, file.read(), name=str(file.name or "")
    )


async def answered(request: PageRequest, saying: Awaitable[None], *, then: str) -> HttpResponse:
    """Say it: a script is answered in JSON, a plain form with the page to see next.

    Raises: what ``saying`` refuses, where no script waits for it.
    """
    try:
        await saying
    except DomainError as refusal:
        if not by_script(request):
            raise
        problem = {"code": refusal.code, "message": refusal.sentence(request.language)}
        return JsonResponse(problem, status=STATUSES[refusal.kind])
    return HttpResponse(status=HTTPStatus.NO_CONTENT) if by_script(request) else go(then)
