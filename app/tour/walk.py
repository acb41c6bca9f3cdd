"""The whole tour: a fresh instance, its people, the three paths, and nothing left afterwards."""

import asyncio
import time
from dataclasses import dataclass, field
from pathlib import Path

from app.tour.alert_path import AlertPath
from app.tour.instance import MOMENT, Instance
from app.tour.message_path import MessagePath
from app.tour.report import Report
from app.tour.seam_path import SeamPath
from app.tour.site import Site
from app.tour.visitor import Visitor
from app.tour.vote_path import VotePath
from app.wiring import open_database
from core.shared.language import N_
from core.store import Reading, outbox_backlog, unchained, verify_chain

TOWN = "zarechny"
SETTLE_LIMIT_S = 15.0
_ROLES = ("citizen", "citizen", "official", "official", "moderator", "analyst")


@dataclass(slots=True, kw_only=True)
class Tour:
    """One tour in ``folder``, which must be empty; the chart stays there."""

    report: Report
    folder: Path
    people: list[Visitor] = field(default_factory=list)
    _instance: Instance = field(init=False)

    async def walk(self) -> None:
        """Walk it. Raises: BrokenPromise at the first thing that is not as promised."""
        self._instance = Instance(folder=self.folder)
        try:
            await self._begin()
            await self._paths()
            await self._end()
        finally:
            for person in self.people:
                await person.leave()
            self._instance.kill()

    async def _begin(self) -> None:
        with self.report.step("instance", N_("a fresh instance runs, all its processes work")):
            await self._instance.start()
            ready = await Site(self._instance.address).page("/readyz")
            self.report.expect(ready.status == 200, N_("it is not ready: {reason}"), reason=ready.text)
        with self.report.step(
            "people", N_("two citizens, two officials, a moderator and an analyst are there")
        ):
            made = await self._instance.tool("accounts", "--json", *_ROLES)
            for account in made["accounts"]:
                site = Site(self._instance.address, account["token"])
                person = Visitor(id=account["id"], name=account["name"], site=site)
                await person.connect()
                self.people.append(person)
        with self.report.step("pages", N_("the first page, the town's home and the console answer")):
            await self._pages()

    async def _pages(self) -> None:
        citizen, _, official, *_ = self.people
        stranger = Site(self._instance.address)
        for site, path, wanted in (
            (stranger, "/", {200, 302, 303}),
            (stranger, f"/t/{TOWN}", {200}),
            (citizen.site, f"/t/{TOWN}", {200}),
            (official.site, "/console", {200, 302, 303}),
            (official.site, "/console/conversations", {200}),
            (citizen.site, "/console/conversations", {403, 404}),
        ):
            status = (await site.page(path)).status
            self.report.expect(status in wanted, N_("{path} answers {status}"), path=path, status=status)

    async def _paths(self) -> None:
        citizen, neighbour, official, deputy, moderator, analyst = self.people
        territory_id = await self._town()
        await MessagePath(
            report=self.report, territory_id=territory_id, citizen=citizen, official=official
        ).walk()
        await VotePath(
            report=self.report,
            territory_id=territory_id,
            moderator=moderator,
            by_buttons=citizen,
            by_api=neighbour,
            onlooker=deputy,
        ).walk()
        seam = SeamPath(
            report=self.report,
            territory_id=territory_id,
            citizen=citizen,
            analyst=analyst,
            official=official,
        )
        await seam.reckon()
        await AlertPath(
            report=self.report,
            instance=self._instance,
            territory_id=territory_id,
            official=official,
            deputy=deputy,
            citizen=citizen,
        ).walk()
        await seam.promise()

    async def _town(self) -> str:
        places = (await Site(self._instance.address).get("territories")).json
        town = next(place for place in places if place["slug"] == TOWN)
        self.report.expect(
            town["time_zone"] == str(MOMENT.tzinfo), N_("the town is not where the clock of the tour is")
        )
        return str(town["id"])

    async def _end(self) -> None:
        with self.report.step("audit", N_("the audit chain holds, the outbox is empty")):
            await asyncio.to_thread(self._settled)
        with self.report.step("stopped", N_("the instance ends and leaves no process")):
            code = await self._instance.stop()
            self.report.expect(code == 0, N_("it ended with code {code}"), code=code)
            left = self._instance.left_over()
            self.report.expect(not left, N_("processes are left: {left}"), left=left)

    def _settled(self) -> None:
        database = open_database(self._instance.settings)
        try:
            until = time.monotonic() + SETTLE_LIMIT_S
            while not database.read(_nothing_waits) and time.monotonic() < until:
                time.sleep(0.1)
            waiting = database.read(outbox_backlog)
            self.report.expect(not waiting, N_("{count} facts wait in the outbox"), count=waiting)
            chain = database.read(verify_chain)
            self.report.expect(
                chain.intact and chain.rows, N_("the audit chain is broken at {place}"), place=chain.broken_at
            )
            self.report.remark(N_("{count} entries in the audit chain"), count=chain.rows)
        finally:
            database.close()


def _nothing_waits(reading: Reading) -> bool:
    return not outbox_backlog(reading) and not unchained(reading)
