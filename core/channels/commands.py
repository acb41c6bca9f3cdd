"""Use cases of channels: the set-up asks once, an administrator changes it with a reason."""

import hashlib
from collections.abc import Mapping

from sqlalchemy import select

from core.channels.model import ChannelChoiceRow
from core.channels.rules import GOVERNED, SET_UP, ChannelPolicy, Owner, lawful
from core.identity import Action, viewer_of
from core.shared.doors import Actor, Door, reached
from core.shared.errors import Forbidden, Invalid, checked_text
from core.shared.ids import PersonId
from core.spaces import territories_where
from core.store import UnitOfWork

REASON_LIMIT = 500
OVER_THE_RULES = "it is decided over the law and the list of earlier choices, which stand on the page"


@reached(
    Actor.OFFICIAL,
    Door.CONSOLE,
    closed={Door.BOT: OVER_THE_RULES, Door.API: OVER_THE_RULES},
)
def choose_channel_policy(
    uow: UnitOfWork,
    *,
    chosen_by: PersonId,
    carrier: str,
    policy: ChannelPolicy,
    why: str,
    before: ChannelPolicy,
) -> bool:
    """Say what a messenger may carry from now on; False if it may already.

    before: what holds where nobody has chosen yet. It holds for the whole deployment, so whoever
    administers any of its territories may choose. Raises: Forbidden; Invalid for a carrier that has no
    policy; Empty, TooLong (500) for the reason.
    """
    _demand_administrator(uow, chosen_by)
    reason = checked_text(why, limit=REASON_LIMIT)
    return _choose(uow, carrier, policy, why=reason, before=before, chosen_by=chosen_by)


@reached(
    Actor.OFFICIAL,
    Door.CONSOLE,
    Door.CLI,
    closed={Door.BOT: OVER_THE_RULES, Door.API: OVER_THE_RULES},
)
def set_up_channels(
    uow: UnitOfWork, *, owner: Owner, chosen_by: PersonId | None, before: Mapping[str, ChannelPolicy]
) -> int:
    """Answer the question of the set-up, who runs the service; how many policies that changed or settled.

    chosen_by: None for the operator at the command line. Raises: Forbidden.
    """
    if chosen_by is not None:
        _demand_administrator(uow, chosen_by)
    why, proposed = SET_UP[owner], lawful(owner)
    return sum(
        _choose(uow, carrier, proposed[carrier], why=why, before=before[carrier], chosen_by=chosen_by)
        for carrier in GOVERNED
    )


def _demand_administrator(uow: UnitOfWork, person_id: PersonId) -> None:
    if not territories_where(uow, viewer_of(uow, person_id=person_id), Action.CHOOSE_CHANNELS):
        raise Forbidden


def _choose(
    uow: UnitOfWork,
    carrier: str,
    policy: ChannelPolicy,
    *,
    why: str,
    before: ChannelPolicy,
    chosen_by: PersonId | None,
) -> bool:
    if carrier not in GOVERNED:
        raise Invalid
    last = uow.session.execute(
        select(ChannelChoiceRow)
        .where(ChannelChoiceRow.carrier == carrier)
        .order_by(ChannelChoiceRow.number.desc())
        .limit(1)
    ).scalar_one_or_none()
    if last is not None and last.policy == policy:
        return False
    number, held = (1, before) if last is None else (last.number + 1, ChannelPolicy(last.policy))
    values = {
        "carrier": carrier,
        "number": number,
        "before": held,
        "policy": policy,
        "why": why,
        "chosen_at": uow.now,
        "chosen_by": chosen_by,
    }
    # Two who choose in the same instant: one number, one of them has it, the other's page shows what holds.
    if not uow.insert_new(ChannelChoiceRow, values, conflict=("carrier", "number")):
        return False
    digest = hashlib.sha256(f"{held}\n{policy}\n{why}".encode()).hexdigest()
    uow.audit("channel_policy_chosen", actor=chosen_by, subject=f"channel:{carrier}:{number}", digest=digest)
    return True
