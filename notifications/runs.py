"""A run of a scenario model in a messenger: one message that follows it, then its scenarios."""

import json
from dataclasses import dataclass, replace
from pathlib import Path

from core.charts import PHONE, OverTime, Scene, draw, drawing, drawing_key, in_short, order_drawing
from core.delivery import Delivery, DeliveryState, EventKind, Urgency, deliveries_about, enqueue
from core.identity import Viewer, viewer_of
from core.scenarios import (
    RunEnded,
    RunFollowed,
    RunProgressed,
    RunState,
    UnknownRun,
    first_chart,
    result_of,
    run_for,
    run_lines,
    run_title,
    visible_part,
)
from core.shared.facts import RecordedFact
from core.shared.ids import PersonId
from core.shared.language import N_, Language, translate
from core.store import Reading, UnitOfWork
from core.territories import territory
from messengers import (
    Button,
    CancelRun,
    Link,
    OpenBelow,
    Photo,
    Place,
    Press,
    Screen,
    Site,
    bold,
    plain,
    stacked,
)
from notifications.attachments import content_of
from notifications.copies import edit_of
from notifications.kinds import Kind, kind_of, run_topic
from notifications.notices import Notice
from notifications.obsolete import Obsolete
from notifications.timing import PICTURE_WAIT


@dataclass(frozen=True, slots=True)
class Compared:
    """The scenarios of a run as its reader may see them, laid out for a picture."""

    chart: OverTime
    scene: Scene
    about: frozenset[str]

    @property
    def key(self) -> str:
        """Which picture."""
        return drawing_key(self.scene, about=self.about)


def run_followed(uow: UnitOfWork, fact: RunFollowed) -> list[Notice]:
    """The message that will be kept up to date."""
    return [_notice(uow, Kind.RUN, fact, topic=run_topic(fact.run_id))]


def run_ended(uow: UnitOfWork, fact: RunEnded) -> list[Notice]:
    """The scenarios, with their picture if it comes in time; nothing for a run without an answer."""
    found = _compared(uow, viewer_of(uow, person_id=PersonId(fact.person_id)), fact.run_id)
    if found is None:
        return []
    order_drawing(uow, scene=found.scene, about=found.about)
    known = drawing(uow, key=found.key)
    due_at = uow.now if known is not None and known.settled else uow.now + PICTURE_WAIT
    return [replace(_notice(uow, Kind.RUN_DONE, fact, topic=f"drawing:{found.key}"), due_at=due_at)]


def edit_runs(uow: UnitOfWork, recorded: RecordedFact) -> int:
    """Bring the messages that follow a run up to date."""
    fact = recorded.fact
    if not isinstance(fact, RunProgressed | RunEnded):
        return 0
    about = deliveries_about(uow, topic=run_topic(fact.run_id))
    coming = {one.details.get("edits") for one in about if one.state is DeliveryState.PENDING}
    copies = [
        copy
        for copy in about
        if copy.kind == Kind.RUN and copy.state is not DeliveryState.PENDING and copy.id not in coming
    ]
    details = {"run_id": fact.run_id}
    return enqueue(uow, deliveries=[edit_of(uow, copy, recorded.id, details) for copy in copies])


@dataclass(frozen=True, slots=True)
class RunScreens:
    """Draws runs; ``files`` is the folder of stored files."""

    site: Site
    files: Path

    def draw(self, reading: Reading, delivery: Delivery, language: Language) -> Screen:
        """The message that follows a run, new or edited, or its scenarios. Raises: Obsolete."""
        viewer, run_id = viewer_of(reading, person_id=delivery.person_id), delivery.details["run_id"]
        try:
            if kind_of(delivery.kind) is Kind.RUN_DONE:
                return self._scenarios(reading, viewer, run_id, language)
            return self._progress(reading, viewer, run_id, language)
        except UnknownRun as gone:
            # The right was taken away while the message waited.
            raise Obsolete("gone") from gone

    def _progress(self, reading: Reading, viewer: Viewer, run_id: str, language: Language) -> Screen:
        run = run_for(reading, viewer=viewer, run_id=run_id)
        place = territory(reading, territory_id=run.territory_id).name(language)
        text = stacked(bold(run_title(run, place)), *run_lines(language, run))
        rows: tuple[tuple[Button, ...], ...] = ((self._look(run_id, language),),)
        if not run.state.is_over:
            rows = ((Press(translate(language, N_("Cancel the run")), CancelRun(run_id)),), *rows)
        return Screen(text=text, buttons=rows)

    def _scenarios(self, reading: Reading, viewer: Viewer, run_id: str, language: Language) -> Screen:
        found = _compared(reading, viewer, run_id)
        if found is None:
            raise Obsolete("gone")
        head = found.chart.head
        text = stacked(bold(head.title), head.subtitle, plain(in_short(found.chart)), gap="\n\n")
        menu = Press(translate(language, N_("⌂ Menu")), OpenBelow(Place.MENU))
        known = drawing(reading, key=found.key)
        photo: Photo | None = None
        if known is not None and known.picture is not None:
            content = content_of(self.files, known.picture)
            if content is not None:
                photo = Photo(
                    content=content, file_name="scenarios.png", alt=found.scene.alt, key=known.picture
                )
        return Screen(text=text, buttons=((self._look(run_id, language),), (menu,)), file=photo)

    def _look(self, run_id: str, language: Language) -> Link:
        address = self.site.address(f"console/scenarios/{run_id}")
        return Link(translate(language, N_("Look at the run")), address)


def _compared(reading: Reading, viewer: Viewer, run_id: str) -> Compared | None:
    """None without an answer, or if the reader may see nothing of it. Raises: UnknownRun."""
    run = run_for(reading, viewer=viewer, run_id=run_id)
    found = result_of(reading, run_id=run_id)
    if run.state is not RunState.DONE or found is None or viewer.person is None:
        return None
    language = viewer.person.language
    body = visible_part(reading, viewer=viewer, body=json.loads(found[0]))
    place = territory(reading, territory_id=run.territory_id).name(language)
    first = first_chart(body, place=place, language=language)
    if first is None:
        return None
    name, chart = first
    return Compared(chart, draw(chart, PHONE, language=language), frozenset({name}))


def _notice(uow: UnitOfWork, kind: Kind, fact: RunFollowed | RunEnded, *, topic: str) -> Notice:
    return Notice(
        kind=kind,
        event=EventKind.OWN,
        topic=topic,
        people=[PersonId(fact.person_id)],
        # Whoever asked for it is looking at it.
        urgency=Urgency.REPLY,
        due_at=uow.now,
        over=fact.carrier,
        details={"run_id": fact.run_id},
    )
