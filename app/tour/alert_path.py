"""Path 3: a file crosses a threshold, officials get one message with a chart, one of them takes the alert."""

import asyncio
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.tour.instance import Instance
from app.tour.report import Report
from app.tour.visitor import PATIENCE_S, Message, Visitor
from core.shared.language import N_

ACCEPT, PUT_OFF = "Принять", "Отложить ▾"
TAKEN = "Принял"
# The words that an official needs to decide: what, how much, where, against which threshold, where to.
CAPTION = ("безработиц", "6,1", "Заречный, 2025", "порога", "Прогноз", "синтетические")
ALERT_LIMIT_S = 90.0
_PNG = b"\x89PNG\r\n\x1a\n"
_LEAST_WIDTH = 600

_FILE = """\
territory,indicator,unit,period,value,source
Заречный,UNEMPL,%,2025,"6,1",синтетические данные
"""


@dataclass(slots=True, kw_only=True)
class AlertPath:
    """Two officials of the town, and a citizen whom the alert does not concern."""

    report: Report
    instance: Instance
    territory_id: str
    official: Visitor
    deputy: Visitor
    citizen: Visitor
    alert: dict[str, Any] = field(init=False)

    async def walk(self) -> None:
        """The whole path. Raises: BrokenPromise and whatever `Report.step` turns into it."""
        with self.report.step(
            "file_to_alert", N_("a file is loaded; both officials have the alert with a chart")
        ):
            shown = await self._load()
        with self.report.step(
            "alert_photo", N_("caption, buttons and chart are whole; the chart is theirs alone")
        ):
            await self._look_at(shown)
        with self.report.step("alert_accepted", N_("«Accept» is pressed: both messages say who has it")):
            await self._accept()
        with self.report.step("alert_on_console", N_("the console and the API show that it is taken")):
            await self._console()

    async def _load(self) -> Message:
        await asyncio.gather(self.official.open_chat(), self.deputy.open_chat())
        file = self.instance.folder / "unemployment.csv"
        await asyncio.to_thread(file.write_text, _FILE, encoding="utf-8")
        begun = time.perf_counter()
        loaded, mine, theirs = await asyncio.gather(
            self.instance.tool("import", str(file), "--json", "--wait", str(ALERT_LIMIT_S)),
            self._alerted(self.official),
            self._alerted(self.deputy),
        )
        took = max(mine.arrived_at, theirs.arrived_at) - begun
        self.report.expect(
            loaded["ok"] and not loaded["rejects"] and loaded["accepted"] == 1,
            N_("the file was not loaded: {reason}"),
            reason=loaded,
        )
        self.report.expect(
            len(loaded["alerts"]) == 1, N_("not one alert fired but {count}"), count=len(loaded["alerts"])
        )
        self.report.figures["file_to_alert_s"] = round(took, 2)
        self.report.remark(N_("from the file to both chats: {seconds} s"), seconds=self.report.number(took))
        shown: Message = mine
        return shown

    async def _alerted(self, official: Visitor) -> Message:
        # The chart is drawn by a browser that has to start first.
        return await official.see(lambda message: message.has(ACCEPT), within_s=ALERT_LIMIT_S)

    async def _look_at(self, shown: Message) -> None:
        self.report.expect("photo" in shown.body, N_("the message came without its chart"))
        missing = [words for words in CAPTION if words not in shown.text]
        self.report.expect(
            not missing, N_("the caption lacks {words}: {text}"), words=missing, text=shown.text
        )
        self.report.expect(shown.has(ACCEPT) and shown.has(PUT_OFF), N_("the buttons are not there"))
        path = f"/files/{shown.body['photo']}"
        for stranger in (self.citizen.site, type(self.citizen.site)(self.citizen.site.address)):
            status = (await stranger.page(path)).status
            self.report.expect(
                status in {401, 403, 404}, N_("a stranger may see the chart ({status})"), status=status
            )
        picture = await self.official.site.page(path)
        self.report.expect(
            picture.status == 200
            and picture.media_type == "image/png"
            and _width(picture.content) >= _LEAST_WIDTH,
            N_("the chart cannot be fetched ({status})"),
            status=picture.status,
        )
        self.report.alert_photo = await asyncio.to_thread(self._keep, picture.content)

    def _keep(self, picture: bytes) -> Path:
        path = self.instance.folder / "alert.png"
        path.write_bytes(picture)
        return path

    async def _accept(self) -> None:
        await self.official.tap(ACCEPT)
        await self.official.read("Вы приняли оповещение")
        for one in (self.official, self.deputy):
            taken = await one.see(lambda message: TAKEN in message.text and "photo" in message.body)
            self.report.expect(
                self.official.name in taken.text and not taken.has(ACCEPT),
                N_("the message of {name} does not say who has it: {text}"),
                name=one.name,
                text=taken.text,
            )
            alerts = [message for message in one.messages() if "photo" in message.body]
            self.report.expect(
                len(alerts) == 1, N_("{name} has {count} alert messages"), name=one.name, count=len(alerts)
            )

    async def _console(self) -> None:
        alerts = (await self.deputy.site.get("alerts")).json
        taken = [alert for alert in alerts if alert["acknowledged_by"] == self.official.id]
        self.report.expect(len(taken) == 1, N_("the API does not show who has the alert"))
        page = await self.deputy.site.page(f"/console/alerts/{taken[0]['id']}")
        self.report.expect(
            page.status == 200 and self.official.name in page.text,
            N_("the console does not show who has the alert"),
        )
        await self.official.live.wait_for_state(
            f"queue:{self.territory_id}",
            lambda state: state.get("changed") == "alert" and state.get("id") == taken[0]["id"],
            timeout_s=PATIENCE_S,
        )


def _width(png: bytes) -> int:
    """Pixels across, 0 for what is no PNG."""
    return int.from_bytes(png[16:20]) if png.startswith(_PNG) else 0
