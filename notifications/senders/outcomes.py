"""How a call of our own clients ended, in the sender's words; the limiter is asked before and told after."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from core.delivery import Urgency
from messengers import Limiter, NotNow, Scope
from messengers.clients import AnswerLost, Blocked, MessengerFailure, NotSent, TokenRefused, TooFast
from notifications.senders.port import Later, Outcome, Refused, Sent, Uncertain, Unreachable

# The operator has to mend the token; until then every message would only knock in vain.
_TOKEN_WAIT = timedelta(minutes=1)

# A call returns the messenger's own name of the message, None where there is none.
Call = Callable[[], Awaitable[str | None]]


@dataclass(frozen=True, slots=True)
class Paced:
    """Calls at the pace of one messenger's limiter."""

    limiter: Limiter

    async def message(self, chat: str, urgency: Urgency, call: Call) -> Outcome:
        """A new message in a chat."""
        return await self._made(chat, chat, urgency, call)

    async def change(self, chat: str, urgency: Urgency, call: Call) -> Outcome:
        """A change makes no new message, so the limit of one chat does not hold it back."""
        return await self._made(None, chat, urgency, call)

    async def _made(self, line: str | None, chat: str, urgency: Urgency, call: Call) -> Outcome:
        try:
            await self.limiter.turn(line, urgency)
            return Sent(await call())
        except NotNow as pause:
            return Later("limit", timedelta(seconds=pause.wait_s), tried=False)
        except TooFast as pause:
            await self.limiter.hold(chat, pause.wait_s)
            return Later("limit", timedelta(seconds=pause.wait_s), tried=False)
        except TokenRefused:
            await self.limiter.hold(None, _TOKEN_WAIT.total_seconds(), scope=Scope.ALL)
            return Later("token_refused", _TOKEN_WAIT, tried=False)
        except MessengerFailure as failure:
            return _outcome(failure)


def _outcome(failure: MessengerFailure) -> Outcome:
    match failure:
        case Blocked():
            return Unreachable("blocked")
        case NotSent(reason=reason):
            return Later(reason)
        case AnswerLost(reason=reason):
            return Uncertain(reason)
    return Refused(failure.reason)
