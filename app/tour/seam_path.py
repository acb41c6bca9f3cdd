"""Path 4, the seam: a proposal's effect card, and a public commitment that its author is told of."""

import asyncio
import re
from dataclasses import dataclass, field
from urllib.parse import urlencode

from app.tour.report import Report
from app.tour.visitor import PATIENCE_S, Visitor
from core.shared.language import N_

INDICATOR = "UNEMPL"
WORKSHOP = "/console/scenarios"
PROJECT, TITLE = "factory", "Новый завод"
MEASURE = "Ярмарка вакансий каждый месяц"
MEASURE_BUTTON, TERM_BUTTON = "Мера и срок", "Месяц"
# A worker may have to start first, and a loaded machine is no broken promise.
RUN_LIMIT_S = 90.0
ASK_AGAIN_S = 0.3

_MODEL = re.compile(r'name="model".*?<option value="([^"]+)"', re.DOTALL)
_ANSWERED = re.compile('id="effects-title"|/question"')


@dataclass(slots=True, kw_only=True)
class SeamPath:
    """The citizen with a proposal, the analyst who reckons it, the official who takes the alert."""

    report: Report
    territory_id: str
    citizen: Visitor
    analyst: Visitor
    official: Visitor
    number: str = field(init=False)

    async def reckon(self) -> None:
        """Before the release: a what-if run becomes the card of the citizen's conversation."""
        with self.report.step(
            "effect_in_chat", N_("a what-if run is attached to the proposal; its author reads the interval")
        ):
            self.number = (await self.citizen.site.get("conversations")).json[0]["number"]
            await self._attach(await self._what_if())
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

    async def _what_if(self) -> str:
        """Ask the model about the project in the workshop; the address of the run that answers."""
        model = (await self._shown(f"{WORKSHOP}/new", _MODEL))[1]
        asked = await self.analyst.site.submit(f"{WORKSHOP}/new", model=model, territory=self.territory_id)
        await self._shown(asked.location, _ANSWERED)
        judged = await self.analyst.site.submit(
            f"{asked.location}/question", question="decision", title=TITLE, project=PROJECT
        )
        await self._shown(judged.location, _ANSWERED)
        return judged.location

    async def _attach(self, run: str) -> None:
        """Find the conversation by its number and attach the card, on the page of the run."""
        found = await self.analyst.site.page(f"{run}?{urlencode({'number': self.number})}")
        self.report.expect(
            f'value="{self.number}"' in found.text and f"{run}/attach" in found.text,
            N_("the page of the run does not find conversation {number}"),
            number=self.number,
        )
        attached = await self.analyst.site.submit(f"{run}/attach", number=self.number)
        self.report.expect(
            attached.status == 302, N_("the card is not attached ({status})"), status=attached.status
        )

    async def _shown(self, path: str, wanted: re.Pattern[str]) -> re.Match[str]:
        """What is wanted, once a page of the analyst's shows it. Raises: TimeoutError."""
        async with asyncio.timeout(RUN_LIMIT_S):
            while True:
                found = wanted.search((await self.analyst.site.page(path)).text)
                if found is not None:
                    return found
                await asyncio.sleep(ASK_AGAIN_S)
