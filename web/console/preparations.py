"""What has to be there before the first citizen comes, and whether it is."""

from collections.abc import Collection
from dataclasses import dataclass

from core.channels import channel_policies
from core.duty import chain_for
from core.identity import Action, people_who_may
from core.indicators import newest_vintage
from core.shared.ids import TerritoryId
from core.store import Reading
from core.territories import inhabited, territory


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparations:
    """What has been done already."""

    # The address of a place of theirs, for commands that want one.
    slug: str
    channels_chosen: bool
    somebody_answers: bool
    figures_loaded: bool
    somebody_called: bool

    @property
    def left(self) -> int:
        """How many are not done yet."""
        done = (self.channels_chosen, self.somebody_answers, self.figures_loaded, self.somebody_called)
        return done.count(False)


def preparations(reading: Reading, *, places: Collection[TerritoryId]) -> Preparations:
    """As of now. ``places``: where the one who asks administers, not empty; anywhere there is enough."""
    towns = inhabited([territory(reading, territory_id=place) for place in places])
    return Preparations(
        slug=towns[0].slug,
        channels_chosen=bool(channel_policies(reading)),
        somebody_answers=any(
            people_who_may(reading, action=Action.ANSWER_CITIZENS, territory_id=place) for place in places
        ),
        figures_loaded=newest_vintage(reading) > 0,
        somebody_called=any(chain_for(reading, territory_id=place) is not None for place in places),
    )
