"""E-mail ``/me/email``: an address becomes a way to a person who has shown that they read its mail."""

from django.http import HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from core.identity import (
    EmailCode,
    Identity,
    MailNotSent,
    identities_of,
    issue_email_code,
    prove_email,
    unlink_messenger,
)
from core.shared.errors import DomainError
from messengers import RichText, Screen, bold, stacked
from web.dependencies import dependencies
from web.page_request import PageRequest
from web.rendering import show
from web.sessions import go

EMAIL = "email"


async def email(request: PageRequest) -> HttpResponse:
    """The address that is proved, or the field for one."""
    return await _shown(request, proved=request.GET.get("proved") == "1")


async def _ask_code(request: PageRequest) -> HttpResponse:
    """Send a code to the address; then ask for it."""
    person = request.visit.person()
    address = str(request.POST.get("address", ""))
    try:
        asked = await dependencies().database.run_async(
            issue_email_code, person_id=person.id, address=address
        )
        await _send(asked)
    except DomainError as refusal:
        return await _shown(request, address=address, error=refusal.sentence(request.language), status=409)
    return await _shown(request, address=asked.address, waits_for_code=True)


async def _prove(request: PageRequest) -> HttpResponse:
    """Take the code."""
    person = request.visit.person()
    address, code = str(request.POST.get("address", "")), str(request.POST.get("code", ""))
    try:
        await dependencies().database.run_async(prove_email, person_id=person.id, address=address, code=code)
    except DomainError as refusal:
        sentence = refusal.sentence(request.language)
        return await _shown(request, address=address, waits_for_code=True, error=sentence, status=409)
    return go("/me/email?proved=1")


async def _forget(request: PageRequest) -> HttpResponse:
    """Write no more to the address."""
    await dependencies().database.run_async(
        unlink_messenger, person_id=request.visit.person().id, provider=EMAIL
    )
    return go("/me/email")


async def _send(asked: EmailCode) -> None:
    send = dependencies().send_mail
    if send is None or not await send(asked.address, _mail(asked.code)):
        raise MailNotSent


def _mail(code: str) -> Screen:
    return Screen(
        text=stacked(
            bold(gettext("Your code: %(code)s") % {"code": f"{code[:4]} {code[4:]}"}),
            RichText(
                gettext(
                    "Enter it on the page where you gave this address. Then answers come here too when a"
                    " messenger does not reach you. The code works once and for ten minutes."
                )
            ),
            RichText(gettext("If you did not ask for it, do nothing: nothing will be sent here.")),
            gap="\n\n",
        )
    )


async def _shown(
    request: PageRequest,
    *,
    address: str = "",
    waits_for_code: bool = False,
    error: str = "",
    proved: bool = False,
    status: int = 200,
) -> HttpResponse:
    person = request.visit.person()
    ways = await dependencies().database.read_async(identities_of, person_id=person.id)
    mine: Identity | None = next((way for way in ways if way.provider == EMAIL), None)
    return show(
        request,
        "account/email.html",
        title=gettext("E-mail"),
        active="me",
        mine=mine,
        offered=dependencies().send_mail is not None,
        address=address,
        waits_for_code=waits_for_code,
        error=error,
        proved=proved,
        status=status,
    )


ask_code = require_POST(_ask_code)
prove = require_POST(_prove)
forget = require_POST(_forget)
