"""One of the sender processes of ``grants``: asks for places of a mass mailing and prints what it got.

Says that it is ready, reads the moment (Unix seconds) until which it goes on, and ends with one JSON array of
[moment of the place in microseconds, chat].
"""

import asyncio
import json
import random
import sys
import time

from core.delivery import Urgency
from messengers import RATES, Limiter, NotNow, RedisLedger

# As many as a sender has in hand.
IN_HAND = 16
CHATS = 60


async def ask(redis_url: str, until: float, seed: int) -> list[tuple[int, str]]:
    """Ask for places until the moment, for chats drawn by chance."""
    limiter = Limiter("telegram", RATES["telegram"], RedisLedger(redis_url))
    chance = random.Random(seed)
    grants: list[tuple[int, str]] = []

    async def mail() -> None:
        while time.time() < until:
            chat = str(chance.randrange(CHATS))
            try:
                answer = await limiter.turn(chat, Urgency.BULK)
            except NotNow:
                continue
            grants.append((answer.at_us, chat))

    await asyncio.gather(*(mail() for _ in range(IN_HAND)))
    await limiter.close()
    return grants


if __name__ == "__main__":
    print("ready", flush=True)
    moment = float(sys.stdin.readline())
    print(json.dumps(asyncio.run(ask(sys.argv[1], moment, int(sys.argv[2])))))
