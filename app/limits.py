"""The limiters of this instance: one a messenger, shared by every process over Redis."""

from app.settings import Settings
from messengers import RATES, Carrier, FileLedger, Limiter, RedisLedger


def limiter_for(settings: Settings, carrier: Carrier | str) -> Limiter:
    """The limiter of a messenger. Raises: KeyError for one that has no limit, such as the web chat.

    While Redis is away the processes of this machine go on over a file, at a part of the limit.
    """
    return Limiter(
        carrier,
        RATES[carrier],
        RedisLedger(settings.redis_url),
        spare=FileLedger(settings.var / "limits.sqlite3"),
    )
