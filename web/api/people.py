"""The caller, and the ways in."""

from ninja import Router

from core.identity import issue_link_code, issue_sign_in_link, revoke_session, sign_in
from core.territories import territories
from web.api.callers import ANYBODY, SIGNED_IN, ApiRequest, person_of
from web.api.shapes import LinkCodeOut, LoginLinkOut, Me, SessionOut, TerritoryOut, TokenIn
from web.dependencies import dependencies
from web.sessions import browser_name

router = Router(tags=["people"])


@router.get("/me", response=Me, auth=SIGNED_IN)
async def me(request: ApiRequest) -> Me:
    """Who the caller is and what they may do."""
    person_of(request)
    return Me.model_validate({**_fields(request), "grants": list(request.auth.grants)}, from_attributes=True)


@router.post("/login-links", response=LoginLinkOut, auth=SIGNED_IN)
async def login_link(request: ApiRequest) -> LoginLinkOut:
    """A one-time link with which the caller signs in elsewhere. Each call makes another one."""
    token = await dependencies().database.run_async(issue_sign_in_link, person_id=person_of(request))
    return LoginLinkOut(url=f"{dependencies().public_url}/in/{token}")


@router.post("/link-codes", response=LinkCodeOut, auth=SIGNED_IN)
async def link_code(request: ApiRequest) -> LinkCodeOut:
    """A one-time code that links a messenger to the caller. Each call makes another one."""
    code = await dependencies().database.run_async(issue_link_code, person_id=person_of(request))
    return LinkCodeOut(code=code)


@router.post("/sessions", response=SessionOut, auth=None)
async def open_session(request: ApiRequest, body: TokenIn) -> SessionOut:
    """Exchange a one-time link for a session token. Refused for all but the first of many uses."""
    session = await dependencies().database.run_async(
        sign_in, token=body.token, label=browser_name(request.headers.get("User-Agent", ""))
    )
    return SessionOut(token=session.token, person_id=session.person_id, expires_at=session.expires_at)


@router.delete("/sessions/current", response={204: None}, auth=SIGNED_IN)
async def end_session(request: ApiRequest) -> tuple[int, None]:
    """End the session of this very token; its sockets close within two seconds."""
    session_id = request.auth.session_id
    if session_id is not None:
        await dependencies().database.run_async(
            revoke_session, session_id=session_id, person_id=person_of(request)
        )
    return 204, None


@router.get("/territories", response=list[TerritoryOut], auth=ANYBODY)
async def territory_list(request: ApiRequest) -> list[TerritoryOut]:
    """All territories, parents before children."""
    found = await dependencies().database.read_async(territories)
    return [
        TerritoryOut(
            id=place.id,
            kind=place.kind,
            parent_id=place.parent_id,
            oktmo=place.oktmo,
            slug=place.slug,
            name=place.name(request.language),
            time_zone=place.time_zone,
            synthetic=place.synthetic,
        )
        for place in found
    ]


def _fields(request: ApiRequest) -> dict[str, object]:
    person = request.auth.person
    names = ("id", "display_name", "position", "assurance", "language", "home_id")
    return {name: getattr(person, name) for name in names}
