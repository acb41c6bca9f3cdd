"""The request that views are given: Django's, with what the middleware found out."""

from django.http import HttpRequest

from core.shared.language import Language
from web.visit import Visit


class PageRequest(HttpRequest):
    """Never instantiated: it names, for the type checker, what ``web.frame.Frame`` sets."""

    visit: Visit
    language: Language
