"""Use cases of rules: set, changed, deleted. What has fired keeps the words that it fired with."""

from collections.abc import Sequence

from sqlalchemy import select, update

from core.alerts.errors import UnknownRule, WrongPatience, WrongThreshold
from core.alerts.evaluation import withdraw
from core.alerts.model import RULE_HOLDS, RULE_KEY, RuleRow, StandingRow
from core.alerts.rules import RuleKind, Severity, Side
from core.identity import Action, require_right
from core.indicators import indicator, newest_vintage
from core.shared.doors import Actor, Door, reached
from core.shared.errors import Forbidden
from core.shared.ids import PersonId, RuleId, TerritoryId, new_id
from core.store import UnitOfWork

LONGEST_STREAK = 12
_ON_A_FORM = {
    Door.BOT: "a rule is tried on its history before it is set, which takes a form",
    Door.API: "a rule is tried on its history before it is set, which a person looks at",
}


@reached(Actor.OFFICIAL, Door.CONSOLE, closed=_ON_A_FORM)
def set_alert_rule(
    uow: UnitOfWork,
    *,
    indicator_code: str,
    territory_id: TerritoryId,
    bad: Side,
    threshold: float,
    clear_at: float,
    severity: Severity,
    set_by: PersonId | None,
    kind: RuleKind = RuleKind.THRESHOLD,
    hold: int = 1,
    settle: int = 1,
    parts: Sequence[str] = (),
) -> RuleId:
    """Set a rule; one an indicator, territory, kind, side and severity, so again replaces it.

    set_by: None is the operator of the instance. It is judged when the next data arrive.
    parts: codes of the indicators that add up to this one, for the kind `quality`.
    Raises: UnknownIndicator, WrongThreshold, WrongPatience, Forbidden.
    """
    indicator(uow, code=indicator_code)
    for part in parts:
        indicator(uow, code=part)
    if set_by is not None:
        require_right(uow, person_id=set_by, action=Action.LOAD_DATA, territory_id=territory_id)
    key = dict(zip(RULE_KEY, (indicator_code, territory_id, kind, bad, severity), strict=True))
    values = {
        **_numbers(bad, threshold=threshold, clear_at=clear_at, hold=hold, settle=settle),
        "parts": list(parts),
    }
    made = {"id": new_id(), "since": newest_vintage(uow), "created_by": set_by, "created_at": uow.now}
    statement = uow.insert(RuleRow).values(**key, **values, **made)
    rule_id = uow.session.execute(
        statement.on_conflict_do_update(
            index_elements=list(RULE_KEY), index_where=RULE_HOLDS, set_=values
        ).returning(RuleRow.id)
    ).scalar_one()
    uow.audit("alert_rule_set", actor=set_by, subject=f"alert_rule:{rule_id}")
    return RuleId(rule_id)


@reached(Actor.OFFICIAL, Door.CONSOLE, closed=_ON_A_FORM)
def change_alert_rule(
    uow: UnitOfWork,
    *,
    rule_id: RuleId,
    threshold: float,
    clear_at: float,
    hold: int,
    settle: int,
    changed_by: PersonId,
) -> None:
    """Give a rule other numbers. An open alert of it is judged by them when the next data arrive.

    Raises: UnknownRule, also for those without the right; WrongThreshold, WrongPatience.
    """
    row = _rule(uow, rule_id, changed_by)
    numbers = _numbers(row.bad, threshold=threshold, clear_at=clear_at, hold=hold, settle=settle)
    uow.session.execute(update(RuleRow).where(RuleRow.id == rule_id).values(**numbers))
    uow.audit("alert_rule_changed", actor=changed_by, subject=f"alert_rule:{rule_id}")


@reached(Actor.OFFICIAL, Door.CONSOLE, closed=_ON_A_FORM)
def delete_alert_rule(uow: UnitOfWork, *, rule_id: RuleId, deleted_by: PersonId) -> int:
    """Let a rule hold no longer and close its open alerts; how many. What it has found stays in the journal.

    Raises: UnknownRule, also for those without the right.
    """
    row = _rule(uow, rule_id, deleted_by)
    row.deleted_at = uow.now
    uow.session.flush()
    firing = uow.session.execute(
        select(StandingRow)
        .where(StandingRow.rule_id == rule_id, StandingRow.alert_id.is_not(None))
        .order_by(StandingRow.territory_id)
        .with_for_update()
    )
    standings = list(firing.scalars())
    for standing in standings:
        withdraw(uow, row, standing)
    uow.audit("alert_rule_deleted", actor=deleted_by, subject=f"alert_rule:{rule_id}")
    return len(standings)


def _numbers(
    bad: Side, *, threshold: float, clear_at: float, hold: int, settle: int
) -> dict[str, float | int]:
    """The numbers of a rule, checked. Raises: WrongThreshold, WrongPatience."""
    if (clear_at > threshold) if bad == "above" else (clear_at < threshold):
        raise WrongThreshold
    if not (1 <= hold <= LONGEST_STREAK and 1 <= settle <= LONGEST_STREAK):
        raise WrongPatience(most=LONGEST_STREAK)
    return {"threshold": threshold, "clear_at": clear_at, "hold": hold, "settle": settle}


def _rule(uow: UnitOfWork, rule_id: RuleId, person_id: PersonId) -> RuleRow:
    """The row, locked: nobody judges by it meanwhile."""
    row = uow.session.execute(
        select(RuleRow).where(RuleRow.id == rule_id, RuleRow.deleted_at.is_(None)).with_for_update()
    ).scalar_one_or_none()
    if row is None:
        raise UnknownRule
    try:
        require_right(
            uow,
            person_id=person_id,
            action=Action.LOAD_DATA,
            territory_id=TerritoryId(row.territory_id),
        )
    except Forbidden as hidden:
        # Whoever may not set rules there must not learn which there are.
        raise UnknownRule from hidden
    return row
