"""The map of all conversations: which screen a place shows, what an action does."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bots.engine.talk import Talk
from messengers import AcceptConsent, Action, ChooseTerritory, Open, OpenBelow, Place, Turn

ShowPlace = Callable[[Talk, str], Awaitable[None]]
# The action's own type is known to the table; Any because a table of functions cannot say it.
Perform = Callable[[Talk, Any], Awaitable[None]]
# A text in a state of the dialogue.
Hear = Callable[[Talk, str], Awaitable[None]]


# What is asked on the way to something that the person wanted; whatever else they do gives that up.
_ON_THE_WAY = {Place.CONSENT, Place.CONSENT_TEXT, Place.TERRITORIES}


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """One conversation: its screens, what its buttons do, what it hears while it waits for words."""

    places: Mapping[Place, ShowPlace] = field(default_factory=dict)
    actions: Mapping[type[Action], Perform] = field(default_factory=dict)
    hears: Mapping[str, Hear] = field(default_factory=dict)


@dataclass(slots=True)
class Routes:
    """All flows together."""

    flows: tuple[Flow, ...]
    # What becomes of words that nobody has asked for.
    out_of_the_blue: Hear
    places: dict[Place, ShowPlace] = field(init=False)
    actions: dict[type[Action], Perform] = field(init=False)
    hears: dict[str, Hear] = field(init=False)

    def __post_init__(self) -> None:
        self.places = {place: show for flow in self.flows for place, show in flow.places.items()}
        self.actions = {kind: perform for flow in self.flows for kind, perform in flow.actions.items()}
        self.hears = {state: hear for flow in self.flows for state, hear in flow.hears.items()}

    async def perform(self, talk: Talk, action: Action) -> None:
        """Do what a button says."""
        if isinstance(action, OpenBelow):
            talk.tapped = None
            action = Open(action.place, action.subject)
        talk.page = 0
        if isinstance(action, Turn):
            talk.page = action.page
            action = Open(action.place, action.subject)
        if not _on_the_way(action) and (await talk.dialogue.get_data()).get("wish"):
            await talk.dialogue.update_data(wish=None)
        if isinstance(action, Open):
            talk.here = action
            # Going somewhere else ends whatever was being typed.
            await talk.dialogue.set_state(None)
            await self.places[action.place](talk, action.subject)
        else:
            await self.actions[type(action)](talk, action)


def _on_the_way(action: Action) -> bool:
    if isinstance(action, Open):
        return action.place in _ON_THE_WAY
    return isinstance(action, AcceptConsent | ChooseTerritory)
