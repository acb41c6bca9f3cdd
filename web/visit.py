"""Who opens the page, and where: read once per request."""

from dataclasses import dataclass

from core.identity import ANONYMOUS, Action, Person, SignInNeeded, Viewer, may, viewer_of_token
from core.store import Reading
from core.territories import Territory, TerritoryKind, territories

SESSION_COOKIE = "session"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """The viewer and the territories of this installation."""

    viewer: Viewer
    places: tuple[Territory, ...] = ()

    @property
    def home(self) -> Territory | None:
        """The viewer's own territory; else the municipality of the lowest ОКТМО, the chief town."""
        home_id = None if self.viewer.person is None else self.viewer.person.home_id
        towns = sorted(
            (place for place in self.places if place.kind is TerritoryKind.MUNICIPALITY),
            key=lambda town: town.oktmo,
        )
        own = [place for place in self.places if place.id == home_id]
        return next(iter((*own, *towns, *self.places)), None)

    @property
    def works(self) -> bool:
        """Whether the viewer has a role that opens the console anywhere."""
        within = {grant.territory_id for grant in self.viewer.grants}
        return may(self.viewer, Action.SEE_CONSOLE, within=within)

    def person(self) -> Person:
        """The person behind the viewer. Raises: SignInNeeded."""
        if self.viewer.person is None:
            raise SignInNeeded
        return self.viewer.person


NOBODY = Visit(viewer=ANONYMOUS)


def visit_of(reading: Reading, *, token: str | None) -> Visit:
    """The visit of whoever shows this session token."""
    return Visit(viewer=viewer_of_token(reading, token=token), places=tuple(territories(reading)))
