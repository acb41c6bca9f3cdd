"""The consent to keep personal data: a document that anybody may read, given and taken back here."""

from django.http import HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from core.identity import PERSONAL_DATA, current_consent, give_consent, withdraw_consent
from web.dependencies import dependencies
from web.page_request import PageRequest
from web.rendering import show
from web.sessions import go, safe_address


async def _consent(request: PageRequest) -> HttpResponse:
    """The newest text, with buttons for those who are signed in."""
    person_id = request.visit.viewer.person_id
    if request.method == "POST":
        person = request.visit.person()
        await dependencies().database.run_async(give_consent, person_id=person.id)
        return go(safe_address(request.POST.get("next"), otherwise="/me"))
    state = await dependencies().database.read_async(current_consent, person_id=person_id, kind=PERSONAL_DATA)
    return show(
        request,
        "account/consent.html",
        title=gettext("Consent to the processing of personal data"),
        state=state,
        text=state.text_ru if request.language == "ru" else state.text_en,
        target=safe_address(request.GET.get("next"), otherwise="/me"),
    )


async def _withdraw(request: PageRequest) -> HttpResponse:
    """Take the consent back."""
    await dependencies().database.run_async(withdraw_consent, person_id=request.visit.person().id)
    return go("/me")


consent = require_http_methods(["GET", "HEAD", "POST"])(_consent)
withdraw = require_POST(_withdraw)
