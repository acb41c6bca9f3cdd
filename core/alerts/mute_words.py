"""What keeps an alert quiet, in words: at the console, in the message, in the digest."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from core.alerts.flapping import FLAP_TIMES, FLAP_WINDOW
from core.alerts.mutes import Mute, MuteCause
from core.alerts.queries import AlertCard
from core.alerts.rules import AlertState
from core.shared.language import N_, Language, translate
from core.territories import TerritoryKind

_SILENCED = N_("Silenced by {name} until {day}: {reason}")
_NATIONAL = N_("As in the whole country.")
_ABOVE = N_("As in all of {territory}.")
_LATE = N_("Waits for data: “{indicator}” is late.")
_HELD = N_("It has gone to and fro again. We will tell when it is calm.")
_FLAPS = N_("It goes to and fro: {times} times within {window} releases. We will tell when it is calm.")


def mute_line(language: Language, mute: Mute, *, zone: str) -> str:
    """Why nobody is told, in a line."""
    match mute.cause:
        case MuteCause.SILENCE:
            assert mute.silence is not None  # noqa: S101 - every mute of this cause has one
            day = mute.silence.until.astimezone(ZoneInfo(zone)).strftime("%d.%m.%Y")
            return translate(language, _SILENCED, name=mute.author_name, day=day, reason=mute.silence.reason)
        case MuteCause.ABOVE:
            assert mute.territory is not None  # noqa: S101 - as above
            if mute.territory.kind is TerritoryKind.COUNTRY:
                return translate(language, _NATIONAL)
            return translate(language, _ABOVE, territory=mute.territory.name(language))
        case MuteCause.STALE:
            assert mute.indicator is not None  # noqa: S101 - as above
            return translate(language, _LATE, indicator=mute.indicator.title(language))
        case MuteCause.FLAPPING:
            return translate(language, _HELD)


def quiet_lines(language: Language, card: AlertCard) -> list[str]:
    """That an open alert is quiet or goes to and fro; nothing for one that is over."""
    if card.alert.state is AlertState.OK:
        return []
    zone = card.territory.time_zone
    lines = [mute_line(language, mute, zone=zone) for mute in _without_narrower(card.mutes)]
    if card.alert.flapping and not any(mute.cause is MuteCause.FLAPPING for mute in card.mutes):
        lines.append(translate(language, _FLAPS, times=FLAP_TIMES, window=FLAP_WINDOW))
    return lines


def _without_narrower(mutes: Sequence[Mute]) -> list[Mute]:
    """What holds in the whole country holds in its regions: only the widest place above is named."""
    order = list(TerritoryKind)
    places = [
        mute.territory for mute in mutes if mute.cause is MuteCause.ABOVE and mute.territory is not None
    ]
    widest = min(places, key=lambda place: order.index(place.kind), default=None)
    return [mute for mute in mutes if mute.cause is not MuteCause.ABOVE or mute.territory == widest]
