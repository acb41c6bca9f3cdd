"""Path 4, the seam: a proposal's effect card, and a public commitment that its author is told of."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from app.tour.instance import Instance
from app.tour.report import Report
from app.tour.visitor import PATIENCE_S, Visitor
from app.wiring import open_database
from core.effects import IndicatorEffect, RunPassport, attach_effect_card
from core.indicators import newest_vintage
from core.shared.ids import PersonId
from core.shared.language import N_

INDICATOR = "UNEMPL"
PROJECT = "factory"
MEASURE = "Ярмарка вакансий каждый месяц"
MEASURE_BUTTON, TERM_BUTTON = "Мера и срок", "Месяц"


@dataclass(slots=True, kw_only=True)
class SeamPath:
    """The citizen with a proposal, the analyst who reckons it, the official who takes the alert."""

    report: Report
    instance: Instance
    citizen: Visitor
    analyst: Visitor
    official: Visitor
    number: str = field(init=False)

    async def reckon(self) -> None:
        """Before the release: a what-if run becomes the card of the citizen's conversation."""
        with self.report.step(
            "effect_in_chat", N_("a what-if run is attached to the proposal; its author reads the interval")
        ):
            run = await self.instance.tool("forecast", "--json", "--project", PROJECT)
            self.number = (await self.citizen.site.get("conversations")).json[0]["number"]
            await asyncio.to_thread(self._attach, run)
            shown = await self.citizen.read("сделан расчёт")
            self.report.expect(
                self.number in shown.text and "(от " in shown.text and "80 %" in shown.text,
                N_("the card lacks its interval: {text}"),
                text=shown.text,
            )

    async def promise(self) -> None:
        """After the alert is taken: measure, term, the public page, the author."""
        with self.report.step(
            "commitment_public", N_("the measure and its term stand on the indicator's public page")
        ):
            await self.official.tap(MEASURE_BUTTON)
            await self.official.read("Что будет сделано?")
            await self.official.say(MEASURE)
            await self.official.read("К какому сроку?")
            await self.official.tap(TERM_BUTTON)
            await self.official.read("Опубликовано на странице показателя")
            page = await type(self.citizen.site)(self.citizen.site.address).page(
                f"/t/zarechny/indicators/{INDICATOR}"
            )
            self.report.expect(
                page.status == 200 and MEASURE in page.text and "в работе" in page.text,
                N_("the page does not show the measure"),
            )
        with self.report.step("author_told", N_("the author of the proposal is told in the chat, once")):
            told = await self.citizen.see(lambda message: "приняли меру" in message.text, within_s=PATIENCE_S)
            times = len(self.citizen.messages("приняли меру"))
            self.report.expect(
                times == 1 and MEASURE in told.text and self.number in told.text,
                N_("the author was told {times} times: {text}"),
                times=times,
                text=told.text,
            )

    def _attach(self, run: dict[str, Any]) -> None:
        database = open_database(self.instance.settings)
        try:
            database.run(
                attach_effect_card,
                conversation_number=self.number,
                analyst_id=PersonId(self.analyst.id),
                title="Новый завод",
                effects=[
                    _effect(one, run["years"][-1]) for one in run["effects"] if one["variable"] == INDICATOR
                ],
                passport=RunPassport(
                    model=run["passport"]["model_sha256"],
                    scenario=next(iter(run["scenarios"])),
                    vintage=database.read(newest_vintage),
                    seed=run["passport"]["seed"],
                ),
            )
        finally:
            database.close()


def _effect(one: dict[str, Any], year: int) -> IndicatorEffect:
    """The last year of a what-if's answer."""
    low, median, high = (one[level][-1] for level in ("low", "median", "high"))
    return IndicatorEffect(indicator=one["variable"], year=year, low=low, median=median, high=high)
