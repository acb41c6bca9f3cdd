"""Path 2: a moderator opens a poll, it is voted through two doors, the tally moves on a third screen."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from statistics import median
from typing import Any

from app.tour.instance import MOMENT
from app.tour.report import Report
from app.tour.visitor import PATIENCE_S, Visitor
from core.shared.language import N_

VOTES = 12
QUESTION = "Что сделать во дворе на Ленина, 12?"
PARK, COURT = "Посадить деревья", "Площадку для игр"
# A person looks at the screen before the next tap; and the hub joins what comes within a tenth of a second.
PAUSE_S = 0.15

Tally = dict[str, int]


@dataclass(slots=True, kw_only=True)
class VotePath:
    """The voter at the bot's buttons, the voter over the API, and somebody who looks at the tally."""

    report: Report
    territory_id: str
    moderator: Visitor
    by_buttons: Visitor
    by_api: Visitor
    onlooker: Visitor
    poll_id: str = field(init=False)
    options: dict[str, str] = field(init=False)

    async def walk(self) -> None:
        """The whole path. Raises: BrokenPromise and whatever `Report.step` turns into it."""
        with self.report.step(
            "poll_opened", N_("the moderator opens a poll; its tally is on another screen")
        ):
            await self._open()
        with self.report.step("vote_by_buttons", N_("a citizen votes by the buttons of the bot")):
            await self._vote_by_buttons()
        with self.report.step("vote_by_api", N_("another citizen votes over the API")):
            await self._vote_by_api(COURT, previous=None)
            await self._seen({PARK: 1, COURT: 1}, since=0)
        with self.report.step("vote_to_screen", N_("each vote moves the tally on the other screen")):
            await self._measure()
        with self.report.step("one_ballot", N_("one person through both doors has one vote")):
            await self._vote_through_both_doors()

    @property
    def _stream(self) -> str:
        return f"poll:{self.poll_id}"

    async def _open(self) -> None:
        answer = await self.moderator.site.post(
            "polls",
            {
                "territory_id": self.territory_id,
                "question": QUESTION,
                "options": [PARK, COURT],
                "closes_at": (MOMENT + timedelta(days=7)).isoformat(),
            },
        )
        self.poll_id = answer.json["id"]
        self.options = {option["text"]: option["id"] for option in answer.json["options"]}
        await self.onlooker.live.subscribe(self._stream)
        await self._seen({PARK: 0, COURT: 0}, since=0)

    async def _vote_by_buttons(self) -> None:
        await self.by_buttons.say("/vote")
        await self.by_buttons.tap(QUESTION)
        await self.by_buttons.tap(PARK)
        await self._seen({PARK: 1, COURT: 0}, since=0)
        await self.by_buttons.read("Голос принят")

    async def _vote_by_api(self, option: str, *, previous: str | None, voter: Visitor | None = None) -> None:
        body = {"option_id": self.options[option]}
        answer = await (voter or self.by_api).site.post(f"polls/{self.poll_id}/ballot", body)
        expected = None if previous is None else self.options[previous]
        self.report.expect(
            answer.json["previous"] == expected, N_("the receipt names another former vote than there was")
        )

    async def _measure(self) -> None:
        """Both voters change their minds in turn; every vote makes a tally that is not the last one."""
        took = []
        votes = {"buttons": PARK, "api": COURT}
        for number in range(VOTES):
            await asyncio.sleep(PAUSE_S)
            voter = ("buttons", "api")[number % 2]
            before = votes[voter]
            votes[voter] = COURT if before == PARK else PARK
            since = len(self._states())
            sent = time.perf_counter()
            if voter == "buttons":
                await self.by_buttons.tap(votes[voter])
            else:
                await self._vote_by_api(votes[voter], previous=before)
            expected = {option: list(votes.values()).count(option) for option in (PARK, COURT)}
            took.append((await self._seen(expected, since=since) - sent) * 1000)
        self.report.figures["vote_to_screen_ms_p50"] = round(median(took), 1)
        self.report.remark(
            N_("{count} votes, from the tap to the other screen: p50 {p50:.0f} ms, at most {most:.0f} ms"),
            count=len(took),
            p50=median(took),
            most=max(took),
        )

    async def _vote_through_both_doors(self) -> None:
        mine = (await self.by_buttons.site.get(f"polls/{self.poll_id}")).json["my_option_id"]
        names = {option_id: text for text, option_id in self.options.items()}
        other = COURT if names[mine] == PARK else PARK
        await self._vote_by_api(other, previous=names[mine], voter=self.by_buttons)
        poll = (await self.by_buttons.site.get(f"polls/{self.poll_id}")).json
        votes = sum(option["votes"] for option in poll["options"])
        self.report.expect(
            poll["total"] == votes == 2, N_("two people have {votes} votes"), votes=max(votes, poll["total"])
        )
        self.report.expect(poll["my_option_id"] == self.options[other], N_("the later vote does not hold"))

    async def _seen(self, tally: Tally, *, since: int) -> float:
        """When the onlooker's screen showed this tally, of the states after the first ``since``."""
        shows = self._showing(tally)
        await self.onlooker.live.wait_until(
            self._stream, lambda _: any(map(shows, self._states()[since:])), timeout_s=PATIENCE_S
        )
        return next(state[0] for state in self._states()[since:] if shows(state))

    def _states(self) -> list[tuple[float, dict[str, Any]]]:
        return self.onlooker.live.followed[self._stream].states

    def _showing(self, tally: Tally) -> Callable[[tuple[float, dict[str, Any]]], bool]:
        wanted = {self.options[option]: votes for option, votes in tally.items()}

        def shows(state: tuple[float, dict[str, Any]]) -> bool:
            return {option["id"]: option["votes"] for option in state[1]["options"]} == wanted

        return shows
