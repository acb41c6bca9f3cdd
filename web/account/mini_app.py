"""The page inside a messenger ``/app``: the messenger says who opened it, and that person is signed in.

What the messenger says stands behind the # of the address, which no server sees: a script of ours brings it
here. The messengers' own scripts are not loaded: nothing foreign runs on our pages.
"""

from django.http import HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from core.identity import enter_from_messenger, is_signed_in
from core.shared.errors import DomainError
from messengers import Carrier, ChannelPolicy, Launch, read_launch
from web.dependencies import dependencies
from web.page_request import PageRequest
from web.rendering import show
from web.sessions import browser_label, go, keep_session


async def mini_app(request: PageRequest) -> HttpResponse:
    """The page that brings the words of the messenger to ``enter``."""
    return _shown(request)


async def _enter(request: PageRequest) -> HttpResponse:
    """Open the session of whoever opened the page."""
    try:
        carrier = str(request.POST.get("messenger", ""))
        launch = read_launch(
            str(request.POST.get("launch", "")),
            carrier=Carrier(carrier) if carrier in set(Carrier) else Carrier.WEB,
            tokens=_tokens(),
        )
        return await _signed_in(request, launch)
    except DomainError as refusal:
        return _shown(request, error=refusal.sentence(request.language), status=403)


def _tokens() -> dict[Carrier, str]:
    """Of the messengers that may carry anything at this moment."""
    given = dependencies()
    return {
        carrier: token
        for carrier, token in given.mini_apps.items()
        if given.policies.get(carrier, ChannelPolicy.OFF) is not ChannelPolicy.OFF
    }


async def _signed_in(request: PageRequest, launch: Launch) -> HttpResponse:
    given, person_id = dependencies(), request.visit.viewer.person_id
    who = {"provider": launch.carrier.value, "subject": launch.subject}
    # The page is opened anew with the same words whenever it is turned or left for a moment.
    if person_id is not None and await given.database.read_async(is_signed_in, person_id=person_id, **who):
        return go("/after-sign-in")
    session = await given.database.run_async(
        enter_from_messenger,
        **who,
        display_name=launch.display_name,
        language=launch.language,
        launch=launch.name,
        opened_at=launch.opened_at,
        label=browser_label(request),
    )
    return keep_session(go("/after-sign-in"), session)


def _shown(request: PageRequest, *, error: str = "", status: int = 200) -> HttpResponse:
    return show(request, "account/mini_app.html", title=gettext("Sign in"), error=error, status=status)


enter = require_POST(_enter)
