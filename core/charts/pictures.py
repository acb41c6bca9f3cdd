"""Charts as pictures: a scene is ordered by whoever shows it, drawn by a job, and kept under its content.

The worker knows no kind of chart: all that it draws is in the row.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update

from core.charts.model import DrawingRow
from core.charts.scene import Scene
from core.files import register_file
from core.jobs import add_job, finish_job
from core.shared.doors import Actor, reached
from core.store import Reading, UnitOfWork

DRAW_SCENE = "draw_scene"
"""Kind of the job that draws a scene."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawingKey:
    """Which picture. `parent`: the thing that it is about; whoever may see that may see the picture."""

    digest: str
    parent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A picture that was ordered. `picture`: its key in `core.files`, None if there is none (yet)."""

    ordered_at: datetime
    settled: bool
    picture: str | None


def drawing_key(scene: Scene, *, parent: str) -> DrawingKey:
    """The key of a scene: the same scene is the same picture."""
    said = json.dumps(scene.to_json(), sort_keys=True, ensure_ascii=False)
    return DrawingKey(digest=hashlib.sha256(said.encode()).hexdigest(), parent=parent)


def drawing_of(reading: Reading, *, key: DrawingKey) -> Drawing | None:
    """The picture, None if nobody has ordered it yet."""
    row = reading.session.get(DrawingRow, (key.digest, key.parent))
    if row is None:
        return None
    return Drawing(ordered_at=row.ordered_at, settled=row.settled_at is not None, picture=row.picture)


@reached(Actor.PROGRAM)
def order_drawing(uow: UnitOfWork, *, scene: Scene, parent: str) -> DrawingKey:
    """Have a scene drawn; ordered twice, it is drawn once. One that failed is tried anew."""
    key = drawing_key(scene, parent=parent)
    values = {
        "digest": key.digest,
        "parent": parent,
        "scene": scene.to_json(),
        "ordered_at": uow.now,
    }
    failed = (
        DrawingRow.digest == key.digest,
        DrawingRow.parent == parent,
        DrawingRow.settled_at.is_not(None),
        DrawingRow.picture.is_(None),
    )
    if not uow.insert_new(DrawingRow, values, conflict=("digest", "parent")) and not uow.changed(
        update(DrawingRow).where(*failed).values(ordered_at=uow.now, settled_at=None)
    ):
        return key
    job = f"scene:{key.digest[:32]}:{parent}:{uow.now.timestamp():.0f}"
    add_job(uow, key=job, kind=DRAW_SCENE, arguments={"digest": key.digest, "parent": parent})
    return key


def scene_at_work(reading: Reading, *, key: DrawingKey) -> Scene:
    """What the job draws. Raises: LookupError if nobody has ordered it."""
    row = reading.session.get(DrawingRow, (key.digest, key.parent))
    if row is None:
        raise LookupError(key.digest)
    return Scene.from_json(row.scene)


def settle_drawing(
    uow: UnitOfWork, *, key: DrawingKey, job: str, picture: str | None, size_bytes: int = 0
) -> None:
    """Note the drawn PNG, None if it could not be drawn; the job is over."""
    if picture is not None:
        register_file(uow, key=picture, media_type="image/png", size_bytes=size_bytes, parent=key.parent)
    uow.session.execute(
        update(DrawingRow)
        .where(DrawingRow.digest == key.digest, DrawingRow.parent == key.parent)
        .values(settled_at=uow.now, picture=picture)
    )
    finish_job(uow, key=job)
