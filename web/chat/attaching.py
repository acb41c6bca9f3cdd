"""A file from the browser into the chat: from there on it is what a file from a messenger is."""

from contextlib import suppress
from uuid import uuid4

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from core.chats import UnknownChat, chat, write_in_web_chat
from core.shared.errors import Empty
from core.shared.ids import ChatId, PersonId
from core.store import Reading
from web.attaching import answered, kept_file
from web.chat.pages import addressed, wake_bots
from web.dependencies import dependencies
from web.page_request import PageRequest


def demand_own_chat(reading: Reading, *, chat_id: ChatId, person_id: PersonId) -> None:
    """Asked before anything is written to the disk. Raises: UnknownChat, also for another's chat."""
    if chat(reading, chat_id=chat_id).person_id != person_id:
        raise UnknownChat


async def _send(request: PageRequest) -> HttpResponse:
    """A message with a file."""
    return await answered(request, _say(request), then="/chat#end")


async def _say(request: PageRequest) -> None:
    chat_id, person_id = addressed(request)
    database = dependencies().database
    await database.read_async(demand_own_chat, chat_id=chat_id, person_id=person_id)
    # Nothing chosen and nothing written: there is nothing to tell about.
    with suppress(Empty):
        await database.run_async(
            write_in_web_chat,
            chat_id=chat_id,
            person_id=person_id,
            client_id=str(request.POST.get("client_id") or uuid4()),
            text=str(request.POST.get("text", "")),
            file=await kept_file(request),
        )
        await wake_bots()


send = require_POST(_send)
