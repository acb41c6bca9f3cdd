"""The flap guard: an alert that went to and fro is told once with that word and then held until calm."""

from collections.abc import Sequence

from sqlalchemy import select

from core.alerts.model import AlertRow, MuteRow, RuleRow
from core.alerts.mutes import MuteCause
from core.indicators import vintages_of
from core.shared.ids import TerritoryId
from core.store import Reading

FLAP_TIMES, FLAP_WINDOW = 3, 6
"""So many firings within so many releases are a flapping. Our own, tested in tests/core/test_quiet.py."""

_ALL = 2**31 - 1


def flaps(*, fired: Sequence[int], releases: Sequence[int]) -> bool:
    """Whether so many firings (vintages) fall into the last releases (vintages, oldest first).

    >>> flaps(fired=[1, 3, 5], releases=[1, 2, 3, 4, 5]), flaps(fired=[1, 3, 5], releases=[*range(1, 8)])
    (True, False)
    """
    window = set(releases[-FLAP_WINDOW:])
    return len(window.intersection(fired)) >= FLAP_TIMES


def flaps_here(reading: Reading, rule: RuleRow, territory_id: TerritoryId, *, fires_at: int = 0) -> bool:
    """Whether a rule goes to and fro in a territory by now; ``fires_at``: a firing that is no row yet."""
    rows = reading.session.execute(
        select(AlertRow.vintage).where(AlertRow.rule_id == rule.id, AlertRow.territory_id == territory_id)
    )
    releases = vintages_of(
        reading, indicator=rule.indicator, territory_id=territory_id, after=0, upto=fires_at or _ALL
    )
    return flaps(fired=[*rows.scalars(), fires_at], releases=releases)


def told_as_flapping(reading: Reading, row: AlertRow) -> bool:
    """Whether that it flaps was said at an alert before and has gone on since."""
    before = reading.session.execute(
        select(AlertRow)
        .where(
            AlertRow.rule_id == row.rule_id,
            AlertRow.territory_id == row.territory_id,
            AlertRow.vintage < row.vintage,
        )
        .order_by(AlertRow.vintage.desc())
        .limit(1)
    ).scalar_one_or_none()
    if before is None or not before.flapping:
        return False
    held = select(MuteRow.id).where(MuteRow.alert_id == before.id, MuteRow.cause == MuteCause.FLAPPING)
    return before.lead_id is not None or reading.session.execute(held).first() is not None
