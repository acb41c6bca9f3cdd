"""One way to make a page out of a template."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.template.loader import render_to_string

from core.identity import Person
from core.shared.language import Language
from core.territories import Territory
from web.page_request import PageRequest

LANGUAGE_COOKIE = "language"
THEME_COOKIE = "theme"
THEMES = ("light", "dark")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The territory that a page belongs to, named in the viewer's language."""

    id: str
    name: str
    slug: str
    synthetic: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFrame:
    """What every page shows around its contents. ``active`` names the lit item of the menu."""

    title: str
    active: str
    person: Person | None
    works: bool
    language: Language
    theme: str | None
    zone: str
    path: str
    place: Place | None


def place_of(territory: Territory | None, language: Language) -> Place | None:
    """A territory as pages name it."""
    if territory is None:
        return None
    return Place(
        id=territory.id, name=territory.name(language), slug=territory.slug, synthetic=territory.synthetic
    )


def show(
    request: PageRequest,
    template: str,
    *,
    title: str,
    active: str = "",
    territory: Territory | None = None,
    status: int = 200,
    **context: object,
) -> HttpResponse:
    """The page as a response. ``title`` is already in the viewer's language."""
    theme = request.COOKIES.get(THEME_COOKIE)
    frame = PageFrame(
        title=title,
        active=active,
        person=request.visit.viewer.person,
        works=request.visit.works,
        language=request.language,
        theme=theme if theme in THEMES else None,
        zone="" if request.visit.home is None else request.visit.home.time_zone,
        path=request.path,
        place=place_of(territory or request.visit.home, request.language),
    )
    return HttpResponse(
        render_to_string(template, {**context, "frame": frame}, request=request), status=status
    )


def fragment(request: PageRequest, template: str, **context: object) -> HttpResponse:
    """A piece of a page, fetched again by a live page when it changed."""
    return HttpResponse(render_to_string(template, context, request=request))
