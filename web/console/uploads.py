"""Data at the console: a file is chosen, checked, looked at, loaded."""

from django.http import HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from core.indicators import HeldState, held_values
from core.shared.errors import DomainError
from core.shared.ids import TerritoryId
from core.store import Reading
from core.territories import Territory, UnknownTerritory, territory
from core.uploads import (
    MOST_BYTES,
    Upload,
    UploadState,
    UploadTooLarge,
    begin_upload,
    cancel_upload,
    load_upload,
    upload_of,
    upload_template,
)
from web.console.desk import Desk
from web.console.frame import nothing, open_desk, show_desk
from web.console.queue import upload_state_words
from web.dependencies import dependencies
from web.page_request import PageRequest
from web.sessions import go

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def own_places(reading: Reading, desk: Desk) -> list[Territory]:
    """The territories whose data the desk loads."""
    return [territory(reading, territory_id=place) for place in desk.places["data"]]


def own_upload(reading: Reading, desk: Desk, upload_id: str) -> tuple[Upload, int]:
    """One's own upload, and how many of its values still wait. Raises: UnknownUpload."""
    person_id = desk.person_id
    upload = upload_of(reading, upload_id=upload_id, person_id=person_id)
    if upload.vintage is None:
        return upload, 0
    waiting = held_values(
        reading,
        person_id=person_id,
        territory_ids=desk.places["data"],
        state=HeldState.PENDING,
        vintage=upload.vintage,
    )
    return upload, len(waiting)


def own_template(reading: Reading, desk: Desk, place_id: str) -> tuple[str, bytes]:
    """The slug of a territory and its workbook to fill in. Raises: UnknownTerritory."""
    if place_id not in desk.places["data"]:
        raise UnknownTerritory
    place = territory(reading, territory_id=TerritoryId(place_id))
    return place.slug, upload_template(reading, viewer=desk.viewer, place=place)


async def upload_queue(request: PageRequest) -> HttpResponse:
    """The queue with nothing open."""
    opened = await open_desk(request, "data", nothing)
    return show_desk(request, opened, "console/nothing_open.html", title=gettext("Data"))


async def _new_upload(request: PageRequest) -> HttpResponse:
    """The form of a new file."""
    if request.method != "POST":
        return await _form(request)
    file = request.FILES.get("file")
    try:
        upload_id = await dependencies().database.run_async(
            begin_upload,
            person_id=request.visit.person().id,
            file_name=str(getattr(file, "name", "")) or "table",
            content=_content(file),
            language=request.language,
        )
    except (UploadTooLarge, UnknownTerritory) as refusal:
        return await _form(request, refusal)
    return go(f"/console/data/uploads/{upload_id}")


async def template_file(request: PageRequest) -> HttpResponse:
    """The workbook of one territory, its next figures begun."""
    place_id = str(request.GET.get("territory", ""))
    opened = await open_desk(request, "data", lambda reading, desk: own_template(reading, desk, place_id))
    slug, content = opened.item
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{slug}.xlsx"'
    return response


async def upload_item(request: PageRequest, upload_id: str) -> HttpResponse:
    """One file: how far its check is, its report, what became of it."""
    return await _shown(request, upload_id)


async def _load(request: PageRequest, upload_id: str) -> HttpResponse:
    """Load what was checked; values that look wrong are held unless a reason is given."""
    publish = request.POST.get("doubtful") == "publish"
    try:
        await dependencies().database.run_async(
            load_upload,
            upload_id=upload_id,
            person_id=request.visit.person().id,
            accept_reason=str(request.POST.get("reason", "")) if publish else None,
        )
    except DomainError as refusal:
        return await _shown(request, upload_id, refusal)
    return go(f"/console/data/uploads/{upload_id}")


async def _cancel(request: PageRequest, upload_id: str) -> HttpResponse:
    """Let the file go; nothing is loaded."""
    person_id = request.visit.person().id
    await dependencies().database.run_async(cancel_upload, upload_id=upload_id, person_id=person_id)
    return go(f"/console/data/uploads/{upload_id}")


async def _form(request: PageRequest, refusal: DomainError | None = None) -> HttpResponse:
    opened = await open_desk(request, "data", own_places)
    return show_desk(
        request,
        opened,
        "data/new_upload.html",
        title=gettext("Load data"),
        current="new",
        places=[(place.id, place.name(request.language)) for place in opened.item],
        limit_mb=MOST_BYTES // 1024 // 1024,
        error="" if refusal is None else refusal.sentence(request.language),
        status=200 if refusal is None else 400,
    )


async def _shown(request: PageRequest, upload_id: str, refusal: DomainError | None = None) -> HttpResponse:
    opened = await open_desk(request, "data", lambda reading, desk: own_upload(reading, desk, upload_id))
    upload, waiting = opened.item
    report = upload.report
    return show_desk(
        request,
        opened,
        "data/upload.html",
        title=upload.file_name,
        current=upload_id,
        upload=upload,
        report=report,
        state_words=upload_state_words(upload.state),
        under_way=upload.state.is_under_way,
        checked=upload.state is UploadState.CHECKED,
        loaded=upload.state is UploadState.LOADED,
        waiting=waiting,
        doubtful=0 if report is None else report.held,
        sent=request.POST,
        error="" if refusal is None else refusal.sentence(request.language),
        status=200 if refusal is None else 409,
    )


def _content(file: object) -> bytes:
    """The bytes, never more than one over the limit: what is larger is refused."""
    read = getattr(file, "read", None)
    content: bytes = b"" if read is None else read(MOST_BYTES + 1)
    return content


new_upload = require_http_methods(["GET", "HEAD", "POST"])(_new_upload)
load = require_POST(_load)
cancel = require_POST(_cancel)
