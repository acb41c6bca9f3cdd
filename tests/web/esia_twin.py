"""A twin of an OpenID Connect provider, ours, strict: refuses what a real one refuses, lies when told to."""

import asyncio
import base64
import hashlib
import json
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Self
from urllib.parse import parse_qs, quote, urlsplit

import jwt
from aiohttp import BasicAuth, web
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT_ID, CLIENT_SECRET = "zarechny:24", "a secret/of the client"


@cache
def signing_key(name: str) -> rsa.RSAPrivateKey:
    """A key of its own for each name."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass(slots=True)
class EsiaTwin:
    """``subject`` is whoever sits at it; ``lies`` change claims of the next tokens."""

    return_to: str
    issuer: str = ""
    subject: str = "1000299654"
    key: str = "first"
    lies: dict[str, Any] = field(default_factory=dict)
    answers: bool = True
    algorithm: str = "RS256"
    published: str | None = None
    looked_up_keys: int = 0
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)
    _spent: dict[str, str] = field(default_factory=dict)

    @classmethod
    @asynccontextmanager
    async def open(cls, *, return_to: str) -> AsyncIterator[Self]:
        """A provider on a free port of this machine."""
        twin = cls(return_to=return_to)
        app = web.Application()
        app.router.add_get("/.well-known/openid-configuration", twin._description)
        app.router.add_get("/keys", twin._keys)
        app.router.add_post("/token", twin._token)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        twin.issuer = f"http://127.0.0.1:{runner.addresses[0][1]}"
        try:
            yield twin
        finally:
            await runner.cleanup()

    def agree(self, address: str) -> str:
        """What the person does at the page of questions; where the browser is sent back to."""
        parts = urlsplit(address)
        asked = {name: one for name, [one] in parse_qs(parts.query, strict_parsing=True).items()}
        assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{self.issuer}/ask"
        assert asked.keys() == {
            "response_type",
            "client_id",
            "redirect_uri",
            "scope",
            "state",
            "nonce",
            "code_challenge",
            "code_challenge_method",
        }
        assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
        assert (asked["client_id"], asked["redirect_uri"]) == (CLIENT_ID, self.return_to)
        assert asked["scope"].split() == ["openid", "profile"]
        code = secrets.token_urlsafe(16)
        self._codes[code] = asked
        return f"{urlsplit(self.return_to).path}?code={code}&state={asked['state']}"

    def renew(self, *, code: str) -> None:
        """Give another code for what was asked last: a provider that lets itself be asked twice."""
        self._codes[code] = self._spent

    async def _description(self, request: web.Request) -> web.StreamResponse:
        if not self.answers:
            return web.Response(status=502, text="Bad gateway")
        return await _in_pieces(
            request,
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/ask",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
            },
        )

    async def _keys(self, request: web.Request) -> web.StreamResponse:
        self.looked_up_keys += 1
        name = self.published or self.key
        public = jwt.algorithms.RSAAlgorithm.to_jwk(signing_key(name).public_key(), as_dict=True)
        return await _in_pieces(request, {"keys": [{"kty": "EC", "kid": "other"}, {**public, "kid": name}]})

    async def _token(self, request: web.Request) -> web.StreamResponse:
        if not self.answers:
            return web.Response(status=502, text="Bad gateway")
        form = await request.post()
        known = BasicAuth.decode(request.headers["Authorization"])
        asked = self._codes.pop(str(form["code"]), None)
        challenge = hashlib.sha256(str(form["code_verifier"]).encode()).digest()
        if (known.login, known.password) != (quote(CLIENT_ID, safe=""), quote(CLIENT_SECRET, safe="")):
            return web.json_response({"error": "invalid_client"}, status=401)
        if (
            asked is None
            or form["grant_type"] != "authorization_code"
            or form["redirect_uri"] != self.return_to
            or base64.urlsafe_b64encode(challenge).rstrip(b"=").decode() != asked["code_challenge"]
        ):
            return web.json_response({"error": "invalid_grant"}, status=400)
        self._spent = asked
        return await _in_pieces(
            request,
            {"access_token": "unused", "token_type": "Bearer", "id_token": self._signed(asked["nonce"])},
        )

    def _signed(self, nonce: str) -> str:
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "sub": self.subject,
            "nonce": nonce,
            "iat": now,
            "exp": now + 300,
            "given_name": "Мария",
            "family_name": "Петрова",
        }
        said = {name: one for name, one in {**claims, **self.lies}.items() if one is not None}
        key: Any = {"RS256": signing_key(self.key), "HS256": "k" * 32, "none": ""}[self.algorithm]
        return jwt.encode(said, key, algorithm=self.algorithm, headers={"kid": self.key})


async def _in_pieces(request: web.Request, said: dict[str, Any]) -> web.StreamResponse:
    """As it comes over a long way: not all of it at once."""
    answer = web.StreamResponse(headers={"Content-Type": "application/json"})
    await answer.prepare(request)
    body = json.dumps(said).encode()
    for piece in (body[:40], body[40:]):
        await answer.write(piece)
        await asyncio.sleep(0.01)
    await answer.write_eof()
    return answer
