"""Charts as pictures: a scene is ordered by whoever shows it, drawn by a job, and kept under its content.

The worker knows no kind of chart: all that it draws is in the row. Who may see the picture is decided by the
indicators that it tells of, at every look.
"""

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import update

from core.charts.events import DrawingSettled
from core.charts.model import DrawingRow
from core.charts.scene import Scene
from core.files import register_file
from core.identity import Viewer
from core.indicators import hidden_from
from core.jobs import add_job, finish_job
from core.shared.doors import Actor, Door, reached
from core.store import Reading, UnitOfWork

DRAW_SCENE = "draw_scene"
"""Kind of the job that draws a scene."""

TRIED_AGAIN_AFTER = timedelta(minutes=5)
"""A scene that could not be drawn is not tried at every look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A picture that was ordered. `picture`: its key in `core.files`, None if there is none (yet)."""

    ordered_at: datetime
    settled: bool
    picture: str | None


def drawing_key(scene: Scene, *, about: Collection[str]) -> str:
    """The key of a scene: the same scene about the same indicators is the same picture."""
    said = json.dumps([scene.to_json(), sorted(about)], ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def drawing(reading: Reading, *, key: str) -> Drawing | None:
    """The picture, None if it has to be ordered."""
    row = reading.session.get(DrawingRow, key)
    if row is None or _tried_long_ago(row, reading.now):
        return None
    return Drawing(ordered_at=row.ordered_at, settled=row.settled_at is not None, picture=row.picture)


def may_see_drawing(reading: Reading, *, viewer: Viewer, key: str) -> bool:
    """Whether the viewer may see every indicator that the picture tells of."""
    row = reading.session.get(DrawingRow, key)
    return row is not None and hidden_from(reading, viewer=viewer).isdisjoint(row.about)


@reached(Actor.PROGRAM, Door.BOT)
def order_drawing(uow: UnitOfWork, *, scene: Scene, about: Collection[str]) -> None:
    """Have a scene drawn; ordered twice, it is drawn once. One that failed long ago is tried anew.

    about: codes of all indicators that it tells of.
    """
    key = drawing_key(scene, about=about)
    values = {"key": key, "scene": scene.to_json(), "about": sorted(about), "ordered_at": uow.now}
    if not uow.insert_new(DrawingRow, values, conflict=("key",)):
        row = uow.session.get(DrawingRow, key, with_for_update=True)
        if row is None or not _tried_long_ago(row, uow.now):
            return
        row.ordered_at, row.settled_at = uow.now, None
    add_job(uow, key=f"scene:{key}:{uow.now:%Y%m%d%H%M%S}", kind=DRAW_SCENE, arguments={"drawing": key})


def scene_at_work(reading: Reading, *, key: str) -> Scene:
    """What the job draws. Raises: LookupError if nobody has ordered it."""
    row = reading.session.get(DrawingRow, key)
    if row is None:
        raise LookupError(key)
    return Scene.from_json(row.scene)


def settle_drawing(uow: UnitOfWork, *, key: str, job: str, picture: str | None, size_bytes: int = 0) -> None:
    """Note the drawn PNG, None if it could not be drawn; the job is over."""
    if picture is not None:
        parent = f"drawing:{key}"
        register_file(uow, key=picture, media_type="image/png", size_bytes=size_bytes, parent=parent)
    uow.session.execute(
        update(DrawingRow).where(DrawingRow.key == key).values(settled_at=uow.now, picture=picture)
    )
    uow.record(DrawingSettled(drawing=key))
    finish_job(uow, key=job)


def _tried_long_ago(row: DrawingRow, now: datetime) -> bool:
    return row.settled_at is not None and row.picture is None and now - row.settled_at > TRIED_AGAIN_AFTER
