"""The ledger of places in Redis: two scripts, so that all processes stand in one line by one clock.

Nothing here has to survive: after a wiped Redis the line starts anew, at worst one message too early.
"""

import redis
import redis.asyncio

from messengers.limiter_ledger import Answer, Ask, LedgerAway, Scope, Standing

ANSWER_LIMIT_S = 0.5
MOST_CONNECTIONS = 8

_SHARED = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local function moment(key)
    return tonumber(redis.call('GET', key) or '0')
end
local function keep(key, at)
    -- tostring() would round a number of this size.
    redis.call('SET', key, string.format('%.0f', at), 'PX', math.ceil((at - now) / 1000) + 1)
end
local function ms(us)
    -- Rounded up: Lua truncates, and a wait that is too short breaks the limit.
    return math.ceil(us / 1000)
end
"""

_TAKE = (
    _SHARED
    + """
local step, chat_step = tonumber(ARGV[1]), tonumber(ARGV[2])
local burst, reach = tonumber(ARGV[3]), tonumber(ARGV[4])
local pause = moment(KEYS[1])
if pause > now then return {-2, ms(pause - now), 0} end
local place = math.max(now, moment(KEYS[2]))
if KEYS[3] then
    local chat_pause = moment(KEYS[4])
    if chat_pause > now then return {-1, ms(chat_pause - now), 0} end
    local ready = moment(KEYS[3]) - burst
    if ready > place then return {-1, ms(ready - place), 0} end
end
if place - now > reach then return {0, ms(place - now - reach), 0} end
keep(KEYS[2], place + step)
if KEYS[3] and chat_step > 0 then
    keep(KEYS[3], math.max(place, moment(KEYS[3])) + chat_step)
end
return {1, ms(place - now), place}
"""
)

_HOLD = (
    _SHARED
    + """
local until_ = now + tonumber(ARGV[1])
local all = ARGV[2] == 'all' or not KEYS[2]
if ARGV[2] == 'unknown' and KEYS[2] then
    local refused = redis.call('GET', KEYS[3])
    all = refused and refused ~= ARGV[3]
    if not all then
        redis.call('SET', KEYS[3], ARGV[3], 'PX', ms(until_ - now))
    end
end
local key = all and KEYS[1] or KEYS[2]
keep(key, math.max(until_, moment(key)))
return all and 1 or 0
"""
)


class RedisLedger:
    """The ledger that processes on one or many machines share."""

    def __init__(self, redis_url: str) -> None:
        pool = redis.asyncio.BlockingConnectionPool.from_url(
            redis_url,
            max_connections=MOST_CONNECTIONS,
            timeout=ANSWER_LIMIT_S,
            socket_timeout=ANSWER_LIMIT_S,
            socket_connect_timeout=ANSWER_LIMIT_S,
        )
        self._redis = redis.asyncio.Redis.from_pool(pool)
        self._take = self._redis.register_script(_TAKE)
        self._hold = self._redis.register_script(_HOLD)

    async def take(self, ask: Ask) -> Answer:
        """Take a place if one is within reach. Raises: LedgerAway."""
        keys = [_key(ask.carrier, "pause"), _key(ask.carrier, "all")]
        if ask.chat is not None:
            keys += [_key(ask.carrier, f"chat:{ask.chat}"), _key(ask.carrier, f"pause:{ask.chat}")]
        try:
            standing, wait_ms, at_us = await self._take(
                keys=keys, args=[ask.step_us, ask.chat_step_us, ask.chat_burst_us, ask.reach_us]
            )
        except (redis.RedisError, OSError) as error:
            raise LedgerAway(type(error).__name__) from error
        return Answer(Standing(standing), wait_ms / 1000, at_us)

    async def hold(self, carrier: str, chat: str | None, *, wait_s: float, scope: Scope) -> bool:
        """Let nothing out before ``wait_s`` is over; whether that is for all. Raises: LedgerAway."""
        keys = [_key(carrier, "pause")]
        if chat is not None:
            keys += [_key(carrier, f"pause:{chat}"), _key(carrier, "refused")]
        try:
            held = await self._hold(keys=keys, args=[int(wait_s * 1e6), scope.value, chat or ""])
        except (redis.RedisError, OSError) as error:
            raise LedgerAway(type(error).__name__) from error
        return bool(held)

    async def close(self) -> None:
        """Close the connections."""
        await self._redis.aclose(close_connection_pool=True)


def _key(carrier: str, name: str) -> str:
    # The braces keep all keys of a carrier on one node of a cluster, which a script needs.
    return f"s24:limit:{{{carrier}}}:{name}"
