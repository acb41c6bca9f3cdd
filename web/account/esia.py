"""Gosuslugi (ЕСИА) ``/esia``: away to the identity provider, back from it, and two accounts joined.

What must come back with the browser stands in a signed cookie for ten minutes; the core lets it through once.
"""

import secrets
from typing import Any

from django.core import signing
from django.http import HttpResponse
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from core.identity import (
    JOURNEY_TERM,
    PROVING,
    JourneyUsed,
    Person,
    enter_by_provider,
    issue_link_code,
    prove_by_provider,
)
from core.personal import merge_by_code
from core.shared.errors import DomainError, NotFound
from web.dependencies import dependencies
from web.identity_provider import IdentityProvider, Journey, NotProved, Proof
from web.page_request import PageRequest
from web.rendering import show
from web.sessions import browser_label, go, keep_session, safe_address
from web.statuses import STATUSES

COOKIE = "esia"
_TERM_S = int(JOURNEY_TERM.total_seconds())
_AWAY, _JOIN = "esia:away", "esia:join"


async def _depart(request: PageRequest) -> HttpResponse:
    """Send the browser to the provider."""
    provider = _provider()
    words = {name: secrets.token_urlsafe(32) for name in ("state", "nonce", "verifier")}
    try:
        address = await provider.departure(_journey(words))
    except DomainError as refusal:
        return _refused(request, refusal)
    kept = {
        **words,
        "target": safe_address(request.GET.get("next"), otherwise=""),
        # Whoever goes comes back: a session that was changed on the way is not the one that asked.
        "person": request.visit.viewer.person_id,
    }
    response = go(address)
    response.set_cookie(
        COOKIE,
        signing.dumps(kept, salt=_AWAY),
        max_age=_TERM_S,
        path="/esia",
        httponly=True,
        samesite="Lax",
        secure=dependencies().public_url.startswith("https:"),
    )
    return response


async def _return(request: PageRequest) -> HttpResponse:
    """Take the browser back and see who it is."""
    provider = _provider()
    try:
        kept = _kept(request)
        proof = await provider.proof(_code(request), _journey(kept))
        response = await _arrived(request, kept, proof)
    except DomainError as refusal:
        response = _refused(request, refusal)
    response.delete_cookie(COOKIE, path="/esia")
    return response


async def _join(request: PageRequest) -> HttpResponse:
    """Join the account that the provider led to with the one that is signed in."""
    _provider()
    request.visit.person()
    try:
        asked = _signed(str(request.POST.get("join", "")), salt=_JOIN)
        await dependencies().database.run_async(
            merge_by_code, code=asked["code"], provider=PROVING, subject=asked["subject"]
        )
    except DomainError as refusal:
        return _refused(request, refusal)
    return go("/me#messengers")


async def _arrived(request: PageRequest, kept: dict[str, Any], proof: Proof) -> HttpResponse:
    database, person = dependencies().database, request.visit.viewer.person
    who = {"provider": PROVING, "subject": proof.subject, "journey": kept["state"]}
    if person is None:
        session = await database.run_async(
            enter_by_provider,
            **who,
            display_name=proof.given_name.strip() or gettext("Resident"),
            language=request.language,
            label=browser_label(request),
        )
        return keep_session(go(kept["target"] or "/after-sign-in"), session)
    twin = await database.run_async(prove_by_provider, person_id=person.id, **who)
    if twin is None:
        return go(kept["target"] or "/me#messengers")
    return await _offer(request, person, twin, proof)


async def _offer(request: PageRequest, person: Person, twin: Person, proof: Proof) -> HttpResponse:
    code = await dependencies().database.run_async(issue_link_code, person_id=person.id)
    return show(
        request,
        "account/esia_twin.html",
        title=gettext("Two accounts"),
        person=person,
        twin=twin,
        join=signing.dumps({"code": code, "subject": proof.subject}, salt=_JOIN),
    )


def _provider() -> IdentityProvider:
    """The provider of this installation. Raises: NotFound where there is none."""
    provider = dependencies().identity_provider
    if provider is None:
        raise NotFound
    return provider


def _journey(words: dict[str, Any]) -> Journey:
    return Journey(
        state=words["state"],
        nonce=words["nonce"],
        verifier=words["verifier"],
        return_to=f"{dependencies().public_url}/esia/return",
    )


def _kept(request: PageRequest) -> dict[str, Any]:
    """What this browser was sent away with. Raises: JourneyUsed."""
    kept = _signed(request.COOKIES.get(COOKIE, ""), salt=_AWAY)
    same = constant_time_compare(request.GET.get("state", ""), kept["state"])
    if not same or kept["person"] != request.visit.viewer.person_id:
        raise JourneyUsed
    return kept


def _signed(text: str, *, salt: str) -> dict[str, Any]:
    try:
        found: dict[str, Any] = signing.loads(text, salt=salt, max_age=_TERM_S)
    except signing.BadSignature as error:
        raise JourneyUsed from error
    return found


def _code(request: PageRequest) -> str:
    """The code; instead of one the provider says that the person declined. Raises: NotProved."""
    code = request.GET.get("code", "")
    if not code or "error" in request.GET:
        raise NotProved
    return code


def _refused(request: PageRequest, refusal: DomainError) -> HttpResponse:
    return show(
        request,
        "account/sign_in.html",
        title=gettext("Sign in"),
        target="",
        esia=True,
        error=refusal.sentence(request.language),
        status=STATUSES[refusal.kind],
    )


depart = require_GET(_depart)
come_back = require_GET(_return)
join = require_POST(_join)
