"""Questions about channels."""

from sqlalchemy import select

from core.channels.model import ChannelChoiceRow
from core.channels.rules import ChannelChoice, ChannelPolicy
from core.shared.ids import PersonId
from core.store import Reading


def channel_policies(reading: Reading) -> dict[str, ChannelPolicy]:
    """What has been chosen, by carrier; a messenger that nobody has decided about is left out."""
    rows = reading.session.execute(
        select(ChannelChoiceRow.carrier, ChannelChoiceRow.policy).order_by(ChannelChoiceRow.number)
    )
    return {carrier: ChannelPolicy(policy) for carrier, policy in rows.tuples()}


def channel_choices(reading: Reading, *, limit: int = 100) -> list[ChannelChoice]:
    """Who chose what, when and why; the newest first."""
    rows = reading.session.execute(
        select(ChannelChoiceRow)
        .order_by(ChannelChoiceRow.chosen_at.desc(), ChannelChoiceRow.carrier, ChannelChoiceRow.number.desc())
        .limit(limit)
    ).scalars()
    return [as_choice(row) for row in rows]


def as_choice(row: ChannelChoiceRow) -> ChannelChoice:
    """The row as a value that may leave the folder."""
    return ChannelChoice(
        carrier=row.carrier,
        before=ChannelPolicy(row.before),
        policy=ChannelPolicy(row.policy),
        why=row.why,
        chosen_by=None if row.chosen_by is None else PersonId(row.chosen_by),
        chosen_at=row.chosen_at,
    )
