"""Which alerts are shown in one message: those told of one release, territory, theme and severity.

One about a restricted indicator is alone in its message: others are read by people who must not know of it.
"""

from collections.abc import Sequence

from sqlalchemy import select

from core.alerts.model import AlertRow, RuleRow
from core.indicators import AccessLevel, indicator
from core.store import UnitOfWork


def show(uow: UnitOfWork, row: AlertRow, rule: RuleRow) -> None:
    """Give an alert that fires its place: in the message of its release and theme, or one of its own."""
    theme = _theme(uow, rule.indicator)
    shown = uow.session.execute(
        select(AlertRow.lead_id, RuleRow.indicator)
        .join(RuleRow, RuleRow.id == AlertRow.rule_id)
        .where(
            AlertRow.vintage == row.vintage,
            AlertRow.territory_id == row.territory_id,
            AlertRow.lead_id.is_not(None),
            RuleRow.severity == rule.severity,
        )
        .order_by(AlertRow.told_at.desc(), AlertRow.fired_at, AlertRow.id)
    ).tuples()
    leads = (lead for lead, code in list(shown) if _theme(uow, code) == theme)
    row.lead_id, row.told_at = next(leads, row.id), uow.now
    uow.session.flush()


def show_together(uow: UnitOfWork, heard: Sequence[tuple[AlertRow, RuleRow]]) -> None:
    """Give alerts that are heard for the first time their messages: what was sent before stays as it is."""
    leads: dict[tuple[object, ...], str] = {}
    for row, rule in heard:
        key = (row.vintage, row.territory_id, rule.severity, _theme(uow, rule.indicator))
        row.lead_id, row.told_at = leads.setdefault(key, row.id), uow.now
    uow.session.flush()


def _theme(uow: UnitOfWork, code: str) -> tuple[str, str]:
    found = indicator(uow, code=code)
    return found.rubric, code if found.access_level is AccessLevel.RESTRICTED else ""
