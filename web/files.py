"""Stored files, for those who may see the thing that they belong to."""

import asyncio

from django.http import HttpResponse

from core.alerts import UnknownAlert, alert_card_for
from core.chats import UnknownChat, chat, chat_of_stream
from core.files import StoredFile, UnknownFile, file_parents, read_content, stored_file
from core.identity import Viewer
from core.indicators import UnknownIndicator, indicator
from core.rooms import UnknownRoom, room_for, room_of
from core.shared.ids import AlertId
from core.store import Reading
from web.dependencies import dependencies
from web.page_request import PageRequest

# Shown in the page; anything else is offered as a download and never run.
_SHOWN = ("image/png", "image/jpeg", "image/webp")


def file_for(reading: Reading, *, viewer: Viewer, key: str) -> StoredFile:
    """The file, if the viewer may see one of its parents. Raises: UnknownFile, also for a hidden one."""
    found = stored_file(reading, key=key)
    if not any(_may_see(reading, viewer, parent) for parent in file_parents(reading, key=key)):
        raise UnknownFile
    return found


async def file(request: PageRequest, key: str) -> HttpResponse:
    """The bytes; their address is their hash, so the viewer's own browser may keep them."""
    found = await dependencies().database.read_async(file_for, viewer=request.visit.viewer, key=key)
    content = await asyncio.to_thread(read_content, dependencies().files_dir, found.key)
    shown = found.media_type in _SHOWN
    response = HttpResponse(content, content_type=found.media_type if shown else "application/octet-stream")
    response["Content-Disposition"] = "inline" if shown else "attachment"
    response["Cache-Control"] = "private, max-age=86400, immutable"
    return response


def _may_see(reading: Reading, viewer: Viewer, parent: str) -> bool:
    kind, _, thing = parent.partition(":")
    try:
        if kind == "alert":
            alert_card_for(reading, viewer=viewer, alert_id=AlertId(thing))
            return True
        if kind == "figure":
            indicator(reading, code=thing, viewer=viewer)
            return True
        stream = thing.rpartition(":")[0] if kind == "message" else ""
        room_id = room_of(stream)
        if room_id is not None:
            room_for(reading, viewer=viewer, room_id=room_id)
            return True
        chat_id = chat_of_stream(stream)
        return chat_id is not None and chat(reading, chat_id=chat_id).person_id == viewer.person_id
    except (UnknownAlert, UnknownChat, UnknownIndicator, UnknownRoom):
        return False
