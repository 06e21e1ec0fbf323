"""A small real OpenID provider on a port of this machine: discovery, published keys, tokens, and signing in."""

import asyncio
import time
from base64 import b64decode, urlsafe_b64encode
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from html import escape
from secrets import token_urlsafe
from typing import Any, Final
from urllib.parse import parse_qsl, unquote_plus, urlencode, urlsplit

import jwt
import orjson
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

CLIENT: Final = "howcanwe-pages"


class OAuthError(Exception):
    """The token endpoint refuses a request, with a code of RFC 6749."""

    def __init__(self, code: str, status: int = 400) -> None:
        self.code = code
        self.status = status


@dataclass
class Habits:
    """How the provider behaves when people sign in; tests change it."""

    person: dict[str, Any] = field(default_factory=dict)
    """The claims of the person who signs in."""
    error: str | None = None
    """What it answers instead of a code."""
    asks: bool = False
    """Whether it shows a page with a link before it answers."""
    secret: str | None = None
    """The client's secret; without one, the client is public."""
    methods: tuple[str, ...] | None = None
    """How clients may send their secrets, as the discovery document says it."""
    refreshes: bool = False
    """Whether it gives refresh tokens; each is good once."""
    id_token_again: bool = True
    """Whether a refresh brings an ID token."""
    denies: bool = False
    """Whether it refuses every refresh."""
    token_status: int | None = None
    """The status with which the token endpoint fails."""
    token_body: bytes | None = None
    """What the token endpoint answers instead."""
    id_claims: dict[str, Any] = field(default_factory=dict)
    """Claims of ID tokens that replace those that belong there."""
    signed_by: Any = None
    """The key that signs ID tokens instead of the published one."""
    names_itself: bool = False
    """Whether the discovery document promises `iss` (RFC 9207)."""
    iss: str | None = None
    """What stands for `iss` in its answers."""
    ends_sessions: bool = False
    """Whether it has an address for signing out."""
    expires_in: int | None = 300
    answers: asyncio.Event | None = None
    """What the token endpoint waits for before it answers."""


class Issuer:
    """Signs tokens with its present key. `rotate` gives it another; old ones stay published without `forget`."""

    def __init__(self) -> None:
        self.url = ""
        self.asked: list[str] = []
        self.is_away = False
        self.habits = Habits()
        self.forms: list[dict[str, str]] = []
        self.secrets: list[str] = []
        self._codes: dict[str, dict[str, str]] = {}
        self._refresh: dict[str, dict[str, Any]] = {}
        self._keys: dict[str, Any] = {}
        self.rotate()

    def rotate(self, *, forget: bool = False, curve: bool = False) -> None:
        """Sign with a new key from now on."""
        if forget:
            self._keys.clear()
        name = f"key-{len(self.asked)}-{time.monotonic_ns()}"
        self._keys[name] = (
            ec.generate_private_key(ec.SECP256R1())
            if curve
            else rsa.generate_private_key(public_exponent=65537, key_size=2048)
        )
        self.present = name

    def token(self, *, signed_by: Any = None, headers: Any = None, **claims: Any) -> str:
        """Return a token; claims that are None are left out."""
        now = int(time.time())
        body = {
            "iss": self.url,
            "aud": "howcanwe",
            "sub": "ada",
            "iat": now,
            "exp": now + 300,
            "howcanwe_role": "analyst",
            **claims,
        }
        key = signed_by or self._keys[self.present]
        algorithm = "ES256" if isinstance(key, ec.EllipticCurvePrivateKey) else "RS256"
        return jwt.encode(
            {name: value for name, value in body.items() if value is not None},
            key,
            algorithm=algorithm,
            headers={"kid": self.present, **(headers or {})},
        )

    def answered(self, address: str) -> str:
        """Return where the provider sends a browser that comes to this address."""
        query = dict(parse_qsl(urlsplit(address).query, strict_parsing=True))
        assert query["response_type"] == "code" and query["client_id"] == CLIENT
        assert "openid" in query["scope"].split() and query["code_challenge_method"] == "S256"
        answer = {"state": query["state"]}
        if self.habits.error is not None:
            answer["error"] = self.habits.error
        else:
            answer["code"] = self.new_secret()
            self._codes[answer["code"]] = query
        if self.habits.iss is not None:
            answer["iss"] = self.habits.iss
        return f"{query['redirect_uri']}?{urlencode(answer)}"

    def new_secret(self) -> str:
        """Return a text that nobody else may see."""
        self.secrets.append(token_urlsafe(32))
        return self.secrets[-1]

    def _redeemed(self, form: Mapping[str, str], authorization: str | None) -> dict[str, Any]:
        self._authenticate(form, authorization)
        match form.get("grant_type"):
            case "authorization_code":
                asked = self._codes.pop(form["code"], None)
                if asked is None or asked["redirect_uri"] != form["redirect_uri"]:
                    raise OAuthError("invalid_grant")
                verifier = form["code_verifier"].encode()
                challenge = urlsafe_b64encode(sha256(verifier).digest()).decode().rstrip("=")
                if challenge != asked["code_challenge"] or len(verifier) < 43:
                    raise OAuthError("invalid_grant")
                return self._answer(asked["nonce"], with_id_token=True)
            case "refresh_token":
                if self._refresh.pop(form["refresh_token"], None) is None or self.habits.denies:
                    raise OAuthError("invalid_grant")
                return self._answer(None, with_id_token=self.habits.id_token_again)
            case _:
                raise OAuthError("unsupported_grant_type")

    def _authenticate(self, form: Mapping[str, str], authorization: str | None) -> None:
        given = (form.get("client_id"), form.get("client_secret"))
        if authorization is not None:
            name, _, secret = (
                b64decode(authorization.removeprefix("Basic ")).decode().partition(":")
            )
            given = (unquote_plus(name), unquote_plus(secret))
        method = "client_secret_basic" if authorization else "client_secret_post"
        allowed = self.habits.methods or ("client_secret_basic",)
        if given != (CLIENT, self.habits.secret) or (self.habits.secret and method not in allowed):
            raise OAuthError("invalid_client", 401)

    def _answer(self, nonce: str | None, *, with_id_token: bool) -> dict[str, Any]:
        claims = {"aud": CLIENT, "nonce": nonce, **self.habits.person, **self.habits.id_claims}
        id_token = self.token(signed_by=self.habits.signed_by, **claims)
        answer: dict[str, Any] = {
            "access_token": self.new_secret(),
            "token_type": "Bearer",
            "expires_in": self.habits.expires_in,
        }
        if with_id_token:
            answer["id_token"] = id_token
            self.secrets.append(id_token)
        if self.habits.refreshes:
            answer["refresh_token"] = self.new_secret()
            self._refresh[answer["refresh_token"]] = {}
        return answer

    def _discovery(self) -> dict[str, Any]:
        more: dict[str, Any] = {}
        if self.habits.ends_sessions:
            more["end_session_endpoint"] = f"{self.url}/end?tenant=mill"
        if self.habits.methods is not None:
            more["token_endpoint_auth_methods_supported"] = self.habits.methods
        if self.habits.names_itself:
            more["authorization_response_iss_parameter_supported"] = True
        return {
            "issuer": self.url,
            "jwks_uri": f"{self.url}/keys",
            "authorization_endpoint": f"{self.url}/authorize?tenant=mill",
            "token_endpoint": f"{self.url}/token",
            **more,
        }

    def _published(self) -> dict[str, Any]:
        keys = []
        for name, key in self._keys.items():
            public = key.public_key()
            curve = isinstance(key, ec.EllipticCurvePrivateKey)
            jwk = orjson.loads((ECAlgorithm if curve else RSAAlgorithm).to_jwk(public))
            keys.append({**jwk, "kid": name, "use": "sig", "alg": "ES256" if curve else "RS256"})
        return {"keys": [*keys, {"kty": "XYZ", "kid": "odd"}]}

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request."""
        first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
        headers = {name.lower(): value for name, _, value in (x.partition(": ") for x in lines)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        target = first.split()[1]
        path = target.partition("?")[0]
        self.asked.append(path)
        if path == "/token" and self.habits.answers is not None:
            await self.habits.answers.wait()
        status, kind, content, more = self._response(path, target, body.decode(), headers)
        writer.write(
            f"HTTP/1.1 {status} Status\r\ncontent-type: {kind}\r\nconnection: close\r\n{more}"
            f"content-length: {len(content)}\r\n\r\n".encode()
            + content
        )
        await writer.drain()
        writer.close()

    def _response(
        self, path: str, target: str, body: str, headers: Mapping[str, str]
    ) -> tuple[int, str, bytes, str]:
        page, json = "text/html", "application/json"
        if self.is_away:
            return 503, json, b"null", ""
        match path:
            case "/.well-known/openid-configuration":
                return 200, json, orjson.dumps(self._discovery()), ""
            case "/keys":
                return 200, json, orjson.dumps(self._published()), ""
            case "/authorize" if self.habits.asks:
                query = escape(target.partition("?")[2])
                link = f'<h1>Who are you?</h1><a href="/allow?{query}">I am Ada</a>'
                return 200, page, f"<!doctype html><title>Provider</title>{link}".encode(), ""
            case "/authorize" | "/allow":
                return 302, page, b"", f"location: {self.answered(target)}\r\n"
            case "/end":
                return 200, page, b"<!doctype html><title>Provider</title><h1>Goodbye</h1>", ""
            case "/token":
                return self._token(body, headers)
            case "/favicon.ico":  # A browser asks for it once, whenever it likes.
                return 200, "image/x-icon", b"", ""
            case _:
                return 404, json, b"null", ""

    def _token(self, body: str, headers: Mapping[str, str]) -> tuple[int, str, bytes, str]:
        habits, json = self.habits, "application/json"
        form = dict(parse_qsl(body, strict_parsing=True))
        self.forms.append(form)
        self.secrets += [form[name] for name in ("code_verifier",) if name in form]
        if habits.token_status is not None:
            return habits.token_status, json, b'{"error": "odd"}', ""
        if habits.token_body is not None:
            return 200, json, habits.token_body, ""
        try:
            return 200, json, orjson.dumps(self._redeemed(form, headers.get("authorization"))), ""
        except OAuthError as error:
            return error.status, json, orjson.dumps({"error": error.code}), ""


@asynccontextmanager
async def issuing() -> AsyncIterator[Issuer]:
    """Run an issuer."""
    issuer = Issuer()
    server = await asyncio.start_server(issuer.answer, "127.0.0.1", 0)
    issuer.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield issuer
    finally:
        server.close()
        await server.wait_closed()
