"""Stored files, for those who may see the thing that they belong to."""

import asyncio
from urllib.parse import quote

from django.http import HttpResponse

from core.alerts import UnknownAlert, alert_card_for
from core.charts import may_see_drawing
from core.chats import UnknownChat, chat, chat_of_stream
from core.files import PICTURES, StoredFile, UnknownFile, file_parents, read_content, stored_file
from core.identity import Viewer
from core.indicators import UnknownIndicator, indicator
from core.rooms import UnknownRoom, room_for, room_of
from core.shared.ids import AlertId
from core.store import Reading
from web.dependencies import dependencies
from web.page_request import PageRequest


def file_for(reading: Reading, *, viewer: Viewer, key: str) -> tuple[StoredFile, str]:
    """The file and its name, if the viewer may see one of its parents.

    Raises: UnknownFile, also for a hidden one.
    """
    found = stored_file(reading, key=key)
    for parent, name in file_parents(reading, key=key).items():
        if _may_see(reading, viewer, parent):
            return found, name
    raise UnknownFile


async def file(request: PageRequest, key: str) -> HttpResponse:
    """The bytes; their address is their hash, so the viewer's own browser may keep them."""
    found, name = await dependencies().database.read_async(file_for, viewer=request.visit.viewer, key=key)
    content = await asyncio.to_thread(read_content, dependencies().files_dir, found.key)
    # Pictures are shown in the page; anything else is offered as a download and never run.
    shown = found.media_type in PICTURES
    response = HttpResponse(content, content_type=found.media_type if shown else "application/octet-stream")
    # The name in the form that takes any letters (RFC 6266).
    download = f"attachment; filename*=UTF-8''{quote(name or key, safe='')}"
    response["Content-Disposition"] = "inline" if shown else download
    response["Cache-Control"] = "private, max-age=86400, immutable"
    return response


def _may_see(reading: Reading, viewer: Viewer, parent: str) -> bool:
    kind, _, thing = parent.partition(":")
    try:
        if kind == "alert":
            alert_card_for(reading, viewer=viewer, alert_id=AlertId(thing))
            return True
        if kind == "drawing":
            return may_see_drawing(reading, viewer=viewer, key=thing)
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
