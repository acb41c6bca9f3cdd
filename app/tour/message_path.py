"""Path 1: a citizen writes in the web chat, an official reads it live and answers into the same chat."""

import asyncio
import time
from dataclasses import dataclass, field
from statistics import median

from app.tour.report import Report
from app.tour.visitor import PATIENCE_S, Visitor
from core.shared.language import N_

MESSAGES = 12
FIRST = "Яма на Ленина, 12: вчера колесо пробил"
ANSWER = "Передано дорожной службе, заделаем завтра."
SECOND_ANSWER = "Яма заделана, проверьте, пожалуйста."


@dataclass(slots=True, kw_only=True)
class MessagePath:
    """The citizen and the official; ``room`` is the stream of their conversation."""

    report: Report
    territory_id: str
    citizen: Visitor
    official: Visitor
    room: str = field(init=False)

    async def walk(self) -> None:
        """The whole path. Raises: BrokenPromise and whatever `Report.step` turns into it."""
        with self.report.step(
            "message_written", N_("the citizen goes to «Direct line» by buttons and writes")
        ):
            await self._write()
        with self.report.step("message_in_queue", N_("the conversation is in the official's queue, live")):
            await self._find_in_queue()
        with self.report.step("message_to_console", N_("each message shows on the official's screen")):
            await self._measure()
        with self.report.step("answer_in_chat", N_("the official's answer is in the citizen's chat")):
            await self._answer()
        with self.report.step(
            "answer_waits", N_("an answer given while the citizen is away is there on return, once")
        ):
            await self._answer_while_away()

    async def _write(self) -> None:
        await self.official.live.subscribe(f"queue:{self.territory_id}")
        await self.citizen.open_chat()
        await self.citizen.say("/start")
        await self.citizen.tap("✉️ Прямая связь")
        await self.citizen.read("Напишите, что случилось")
        await self.citizen.say(FIRST)
        await self.citizen.read("Принято: МС-")

    async def _find_in_queue(self) -> None:
        await self.official.live.wait_for_state(
            f"queue:{self.territory_id}", lambda state: state.get("changed") == "conversation",
            timeout_s=PATIENCE_S,
        )  # fmt: skip
        cards = (await self.official.site.get("queue")).json
        found = [card for card in cards if card["last_text"] == FIRST]
        self.report.expect(len(found) == 1, N_("the queue does not show the citizen's words once"))
        self.room = found[0]["stream"]
        await self.official.live.subscribe(self.room, seq=0)
        await self._arrives(FIRST)

    async def _measure(self) -> None:
        took = []
        for number in range(MESSAGES):
            text = f"Уточнение {number + 1}: яма глубиной {10 + number} см"
            sent = time.perf_counter()
            await self.citizen.say(text)
            took.append((await self._arrives(text) - sent) * 1000)
            # Whoever writes to a bot reads its reply first.
            await self.citizen.read("Добавлено к МС-", times=number + 1)
        self.report.figures["message_to_console_ms_p50"] = round(median(took), 1)
        self.report.remark(
            N_("{count} messages, from sending to the other screen: p50 {p50:.0f} ms, at most {most:.0f} ms"),
            count=len(took),
            p50=median(took),
            most=max(took),
        )

    async def _answer(self) -> None:
        sent = time.perf_counter()
        await self.official.live.send(self.room, ANSWER, timeout_s=PATIENCE_S)
        shown = await self.citizen.read(ANSWER)
        took = (shown.arrived_at - sent) * 1000
        self.report.figures["answer_to_chat_ms"] = round(took, 1)
        self.report.remark(N_("from sending to the citizen's screen: {ms:.0f} ms"), ms=took)

    async def _answer_while_away(self) -> None:
        left = self.citizen.live.followed[self.citizen.chat]
        await self.citizen.leave()
        await self.official.live.send(self.room, SECOND_ANSWER, timeout_s=PATIENCE_S)
        async with asyncio.timeout(PATIENCE_S):
            while not await self._waits(left.seq or 0):  # noqa: ASYNC110  # the citizen has no socket now
                await asyncio.sleep(0.05)
        await self.citizen.connect()
        back = await self.citizen.live.subscribe(self.citizen.chat, epoch=left.epoch, seq=left.seq)
        await self.citizen.read(SECOND_ANSWER)
        # What is delivered twice would come right behind.
        await asyncio.sleep(0.5)
        times = len(self.citizen.messages(SECOND_ANSWER))
        self.report.expect(times == 1, N_("the answer is in the chat {times} times"), times=times)
        clean = not (back.resets or back.repeated or back.faults)
        self.report.expect(clean, N_("the chat did not go on where the citizen had left it"))

    async def _waits(self, seq: int) -> bool:
        found = (await self.citizen.site.get(f"streams/{self.citizen.chat}/events?after={seq}")).json
        return any(SECOND_ANSWER in event["body"].get("text", "") for event in found["events"])

    async def _arrives(self, text: str) -> float:
        event = await self.official.live.wait_for(
            self.room, lambda event: event.body.get("text") == text, timeout_s=PATIENCE_S
        )
        return event.arrived_at
