"""An identity provider that speaks OpenID Connect: authorisation code with PKCE, signed ID tokens.

Sources: OpenID Connect Core 1.0, sections 3.1.2 and 3.1.3.7; Discovery 1.0, section 4.3; RFC 7636.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import aiohttp
import jwt

from web import Journey, NotProved, Proof, ProviderDown

log = logging.getLogger(__name__)

# A person waits before an empty page meanwhile.
_TIMEOUT = aiohttp.ClientTimeout(total=10, connect=5)
_MOST_BYTES = 256 * 1024
# The one algorithm that every provider must have; a token does not choose how it is checked.
_ALGORITHM = "RS256"
_CLOCKS_DIFFER_S = 60
_SUBJECT_LIMIT = 128
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


@dataclass(slots=True)
class OpenIdProvider:
    """A provider known by its issuer's address. What it says of itself is kept, its keys while they fit."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    _described: dict[str, Any] = field(default_factory=dict, repr=False)
    _keys: dict[str, jwt.PyJWK] = field(default_factory=dict, repr=False)

    async def departure(self, journey: Journey) -> str:
        """The provider's page of questions, with what must come back. Raises: ProviderDown."""
        challenge = hashlib.sha256(journey.verifier.encode()).digest()
        asked = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": journey.return_to,
            "scope": "openid profile",
            "state": journey.state,
            "nonce": journey.nonce,
            "code_challenge": base64.urlsafe_b64encode(challenge).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        address = await self._endpoint("authorization_endpoint")
        return f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(asked)}"

    async def proof(self, code: str, journey: Journey) -> Proof:
        """Exchange the code and check the ID token. Raises: ProviderDown, NotProved."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": journey.return_to,
            "code_verifier": journey.verifier,
        }
        address = await self._endpoint("token_endpoint")
        said = (await _asked("POST", address, data=form, auth=self._credentials())).get("id_token")
        claims = await self._checked(said if isinstance(said, str) else "")
        if not hmac.compare_digest(str(claims["nonce"]).encode(), journey.nonce.encode()):
            raise _not_proved("another nonce")
        subject = str(claims["sub"])
        if not 0 < len(subject) <= _SUBJECT_LIMIT:
            raise _not_proved("no usable subject")
        # The first name only: the rest of what the scope brings goes no further than this line.
        return Proof(subject=subject, given_name=str(claims.get("given_name") or ""))

    def _credentials(self) -> aiohttp.BasicAuth:
        # RFC 6749, section 2.3.1: both are form-encoded before they are joined by a colon.
        return aiohttp.BasicAuth(quote(self.client_id, safe=""), quote(self.client_secret, safe=""))

    async def _checked(self, token: str) -> dict[str, Any]:
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                key=await self._key(str(jwt.get_unverified_header(token).get("kid", ""))),
                algorithms=[_ALGORITHM],
                audience=self.client_id,
                issuer=self._described["issuer"],
                leeway=_CLOCKS_DIFFER_S,
                options={"require": ["exp", "iat", "iss", "aud", "sub", "nonce"]},
            )
        except jwt.PyJWTError as error:
            raise _not_proved(str(error)) from error
        # A token for several is for us if it was we who asked (Core, 3.1.3.7, steps 4 and 5).
        if claims.get("azp", self.client_id) != self.client_id:
            raise _not_proved("asked by another client")
        if isinstance(claims["aud"], list) and len(claims["aud"]) > 1 and "azp" not in claims:
            raise _not_proved("several audiences and none named")
        return claims

    async def _key(self, key_id: str) -> jwt.PyJWK:
        if key_id not in self._keys:
            # Providers change their keys without a word: looked up once more, and once only.
            found = await _asked("GET", await self._endpoint("jwks_uri"))
            self._keys = _signing_keys(found.get("keys"))
        if key_id not in self._keys:
            raise _not_proved("an unknown key")
        return self._keys[key_id]

    async def _endpoint(self, name: str) -> str:
        if not self._described:
            found = await _asked("GET", f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
            if str(found.get("issuer", "")).rstrip("/") != self.issuer.rstrip("/"):
                raise _down(self.issuer, "it describes another issuer")
            self._described = found
        address = str(self._described.get(name, ""))
        if not is_safe(address):
            raise _down(self.issuer, f"its {name} is no address that nobody can listen to")
        return address


def is_safe(address: str) -> bool:
    """Whether what is sent there is read by nobody on the way: https, or this very machine."""
    parts = urlsplit(address)
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    )


def _signing_keys(found: object) -> dict[str, jwt.PyJWK]:
    keys = {}
    for one in found if isinstance(found, list) else []:
        # Keys of other kinds stand in the same list.
        if isinstance(one, dict) and one.get("kty") == "RSA" and one.get("use", "sig") == "sig":
            try:
                keys[str(one.get("kid", ""))] = jwt.PyJWK(one, algorithm=_ALGORITHM)
            except jwt.PyJWTError:
                log.warning("identity_provider_key_unread kid=%s", one.get("kid"))
    return keys


async def _asked(method: str, address: str, **said: Any) -> dict[str, Any]:
    """The JSON object that the provider answers with. Raises: ProviderDown; NotProved for a refused code."""
    try:
        async with (
            aiohttp.ClientSession(timeout=_TIMEOUT) as session,
            session.request(method, address, allow_redirects=False, **said) as answer,
        ):
            body = await _whole(answer)
            # RFC 6749, section 5.2: a code that is old, used or another's.
            if method == "POST" and answer.status == HTTPStatus.BAD_REQUEST:
                raise _not_proved("the code was refused")
            if answer.status != HTTPStatus.OK:
                raise _down(address, f"status {answer.status}")
            found = json.loads(body)
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        raise _down(address, repr(error)) from error
    if not isinstance(found, dict):
        raise _down(address, "no JSON object")
    return found


async def _whole(answer: aiohttp.ClientResponse) -> bytes:
    """The body to its end, which one `read` does not wait for. Raises: ValueError if it is too long."""
    body = bytearray()
    async for piece in answer.content.iter_any():
        body += piece
        if len(body) > _MOST_BYTES:
            raise ValueError("an answer without end")
    return bytes(body)


def _down(address: str, why: str) -> ProviderDown:
    # Without the query: it may hold what nobody should read in a log.
    log.warning("identity_provider_down address=%s why=%s", address.partition("?")[0], why)
    return ProviderDown()


def _not_proved(why: str) -> NotProved:
    log.warning("identity_not_proved why=%s", why)
    return NotProved()
