"""What the console needs to know about whoever works at it."""

from dataclasses import dataclass
from typing import Literal

from core.briefs import headed_by
from core.identity import Action, SignInNeeded, Viewer, giving
from core.shared.errors import Forbidden
from core.shared.ids import PersonId, TerritoryId
from core.spaces import territories_where
from core.store import Reading
from web.console.preparations import Preparations, preparations

Tab = Literal["conversations", "polls", "alerts", "broadcasts", "scenarios", "data", "dashboards"]

# In the order of the tabs: what waits for a person comes first.
TABS: dict[Tab, Action] = {
    "conversations": Action.ANSWER_CITIZENS,
    "polls": Action.RUN_POLLS,
    "alerts": Action.HANDLE_ALERTS,
    "broadcasts": Action.BROADCAST,
    "scenarios": Action.RUN_MODELS,
    "data": Action.LOAD_DATA,
    "dashboards": Action.RUN_MODELS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A viewer at work: which tabs are theirs, and in which territories."""

    viewer: Viewer
    places: dict[Tab, tuple[TerritoryId, ...]]
    # What the deployment still needs; None for those who administer nothing.
    preparations: Preparations | None
    # Whether the viewer heads a territory and has its week told.
    reads_brief: bool

    @property
    def tabs(self) -> tuple[Tab, ...]:
        """The tabs that the viewer's roles open."""
        return tuple(tab for tab, places in self.places.items() if places)

    @property
    def administers(self) -> bool:
        """Whether the settings of the whole deployment are the viewer's to choose."""
        return self.preparations is not None

    @property
    def gives_roles(self) -> bool:
        """Whether the viewer gives roles anywhere."""
        return bool(giving(self.viewer))

    @property
    def person_id(self) -> PersonId:
        """Who works at it. Raises: SignInNeeded."""
        if self.viewer.person_id is None:
            raise SignInNeeded
        return self.viewer.person_id

    @property
    def followed(self) -> tuple[TerritoryId, ...]:
        """The territories whose queue the live page follows: each once."""
        return tuple(dict.fromkeys(place for places in self.places.values() for place in places))

    def nearest(self, tab: Tab | None) -> Tab:
        """This tab if it is the viewer's, else their first one."""
        return tab if tab in self.tabs else next(iter(self.tabs), "conversations")

    def require(self, tab: Tab) -> tuple[TerritoryId, ...]:
        """The territories of a tab. Raises: Forbidden if it is not the viewer's."""
        if not self.places[tab]:
            raise Forbidden
        return self.places[tab]


def desk_of(reading: Reading, *, viewer: Viewer) -> Desk:
    """The desk of a viewer. Raises: SignInNeeded, Forbidden for those without a role here."""
    if viewer.person is None:
        raise SignInNeeded
    administered = territories_where(reading, viewer, Action.CHOOSE_CHANNELS)
    desk = Desk(
        viewer=viewer,
        places={tab: tuple(territories_where(reading, viewer, action)) for tab, action in TABS.items()},
        preparations=preparations(reading, places=administered) if administered else None,
        reads_brief=bool(headed_by(viewer)),
    )
    if not desk.tabs and not territories_where(reading, viewer, Action.SEE_CONSOLE):
        raise Forbidden
    return desk
