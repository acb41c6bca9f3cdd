"""A photo from the browser into the chat: from there on it is what a photo from a messenger is."""

import asyncio
from http import HTTPStatus
from uuid import uuid4

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from core.chats import UnknownChat, chat, write_in_web_chat
from core.files import KeptContent, keep_content, picture_type
from core.shared.errors import DomainError, Empty, Invalid
from core.shared.ids import ChatId, PersonId
from core.shared.language import N_
from core.store import Reading
from web.chat.pages import addressed, wake_bots
from web.dependencies import dependencies
from web.page_request import PageRequest
from web.photo_limits import PHOTO_LIMIT_BYTES, PHOTO_LIMIT_MB
from web.sessions import go
from web.statuses import STATUSES


class PhotoTooLarge(Invalid):
    """More bytes than we keep. Field: ``limit``, in megabytes."""

    code = "photo_too_large"
    message = N_("The photo is larger than {limit} MB. Choose a smaller one.")


class NotAPhoto(Invalid):
    """The bytes do not begin as those of a picture that everybody can be shown."""

    code = "not_a_photo"
    message = N_("This is not a photo. Choose a JPEG or PNG file.")


def demand_own_chat(reading: Reading, *, chat_id: ChatId, person_id: PersonId) -> None:
    """Asked before anything is written to the disk. Raises: UnknownChat, also for another's chat."""
    if chat(reading, chat_id=chat_id).person_id != person_id:
        raise UnknownChat


async def _send(request: PageRequest) -> HttpResponse:
    """A message with a photo: a script is answered in JSON, a plain form with the chat."""
    by_script = request.headers.get("Accept") == "application/json"
    try:
        await _say(request)
    except DomainError as refusal:
        if by_script:
            problem = {"code": refusal.code, "message": refusal.sentence(request.language)}
            return JsonResponse(problem, status=STATUSES[refusal.kind])
        # Nothing chosen and nothing written: there is nothing to tell about, as in the form of words.
        if not isinstance(refusal, Empty):
            raise
    return HttpResponse(status=HTTPStatus.NO_CONTENT) if by_script else go("/chat#end")


async def _say(request: PageRequest) -> None:
    chat_id, person_id = addressed(request)
    database = dependencies().database
    await database.read_async(demand_own_chat, chat_id=chat_id, person_id=person_id)
    file = request.FILES.get("file")
    await database.run_async(
        write_in_web_chat,
        chat_id=chat_id,
        person_id=person_id,
        client_id=str(request.POST.get("client_id") or uuid4()),
        text=str(request.POST.get("text", "")),
        photo=await asyncio.to_thread(_kept, file) if isinstance(file, UploadedFile) else None,
    )
    await wake_bots()


def _kept(file: UploadedFile) -> KeptContent:
    if (file.size or 0) > PHOTO_LIMIT_BYTES:
        raise PhotoTooLarge(limit=PHOTO_LIMIT_MB)
    content = file.read()
    media_type = picture_type(content)
    if media_type is None:
        raise NotAPhoto
    key = keep_content(dependencies().files_dir, content)
    return KeptContent(key=key, media_type=media_type, size_bytes=len(content))


send = require_POST(_send)
