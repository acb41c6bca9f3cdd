"""An import whose alert must arrive although the workers die in the middle of it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from core.alerts import alert_card, alerts_of_vintage
from core.chats import chat_stream, chats_of
from core.delivery import DeliveryState, deliveries_about
from core.identity import Action, people_who_may
from core.jobs import JobState, job
from core.shared.ids import AlertId
from core.store import Reading, events_after
from tests.faults.instance import TownUnderFire

HEAD = "territory;indicator;unit;period;value;source"
# Above the threshold of the synthetic town, and critical: it waits for no working hours. So great a jump
# is held unless whoever imports vouches for it.
ROWS = ("Заречный;WEAR_HEAT;%;2025;71,5;испытание",)
ALERT_LIMIT_S = 120.0


@dataclass(slots=True)
class Alarm:
    """An import begun beside a running instance."""

    town: TownUnderFire
    report: dict[str, Any]

    @classmethod
    def raised_while_workers_die(cls, town: TownUnderFire) -> Alarm:
        """Import a file; kill each worker as soon as it has its part of the work in hand."""
        file = town.var.parent / "wear.csv"
        file.write_text("\n".join([HEAD, *ROWS]) + "\n", encoding="utf-8")
        vouched = ("--accept-jumps", "испытание")
        report = json.loads(town.tool("import", str(file), "--json", "--wait", "0", *vouched))
        alarm = cls(town, report)
        town.wait_until(alarm.is_forecasting, "the forecast is under way", limit_s=ALERT_LIMIT_S)
        town.kill("worker-default")
        town.wait_until(lambda: bool(alarm.alerts()), "the alert fires", limit_s=ALERT_LIMIT_S)
        town.wait_until(alarm.is_drawing, "the chart is under way", limit_s=ALERT_LIMIT_S)
        town.kill("worker-charts")
        town.wait_until(alarm.is_over, "nothing of the import is left to do", limit_s=ALERT_LIMIT_S)
        return alarm

    def alerts(self) -> list[AlertId]:
        """The alerts that the import has fired so far."""
        found = self.town.database.read(alerts_of_vintage, vintage=self.report["vintage"])
        return [card.alert.id for card in found]

    def is_forecasting(self) -> bool:
        """Whether a worker has, or had, the forecast in hand."""
        return self._state(f"forecast:{self.report['release']}") not in {None, JobState.WAITING}

    def is_drawing(self) -> bool:
        """Whether a worker has, or had, the chart in hand."""
        return self._state(f"draw:{self.alerts()[0]}") not in {None, JobState.WAITING}

    def is_over(self) -> bool:
        """Whether both jobs are done."""
        keys = [f"forecast:{self.report['release']}", *(f"draw:{alert}" for alert in self.alerts())]
        return {self._state(key) for key in keys} == {JobState.DONE}

    def verdict(self) -> Iterator[str]:
        """One alert, told to each official once."""
        alerts = self.alerts()
        if len(alerts) != 1:
            yield f"{len(alerts)} alerts fired"
            return
        yield from self.town.database.read(_of_deliveries, alert_id=alerts[0])

    def _state(self, key: str) -> JobState | None:
        found = self.town.database.read(job, key=key)
        return None if found is None else found.state


def _of_deliveries(reading: Reading, *, alert_id: AlertId) -> list[str]:
    alert = alert_card(reading, alert_id=alert_id).alert
    officials = people_who_may(reading, action=Action.HANDLE_ALERTS, territory_id=alert.territory_id)
    told = Counter(
        one.person_id
        for one in deliveries_about(reading, topic=f"alert:{alert_id}")
        if one.state is DeliveryState.SENT
    )
    found = [
        f"{official.display_name} was told {told[official.id]} times"
        for official in officials
        if told[official.id] != 1
    ]
    for official in officials:
        shown = [
            event.body["text"]
            for chat in chats_of(reading, person_id=official.id)
            for event in events_after(reading, stream=chat_stream(chat.id), seq=0, limit=1000)
            # In the first line: on a Monday the head is told of the week, which may name it further down.
            if event.kind == "message" and "Износ тепловых сетей" in event.body["text"].partition("\n")[0]
        ]
        if len(shown) != 1:
            found.append(f"the chat of {official.display_name} shows the alert {len(shown)} times: {shown}")
    return found
