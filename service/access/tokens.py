"""OpenID Connect: tokens of one trusted issuer, accepted beside keys.

Tokens are JWTs, verified by PyJWT with the keys that the issuer publishes (found by discovery). The keys are cached for
a while. A token signed with an unknown key causes another fetch, but not every such token does.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Final

import httpx
import jwt

from events.access.principal import Principal, Role
from service.access.caller import Caller
from service.access.grant import EVERY_COHORT, Grant
from service.errors import GrantError, IssuerAway, TokenRefused

ALGORITHMS: Final = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "EdDSA",
)
"""Asymmetric algorithms only: with a shared secret, anyone who can verify tokens could create them."""
TOKEN_CHARACTERS_MAX: Final = 16_384
ID_HEX_DIGITS: Final = 32
FETCH_SECONDS_MAX: Final = 5.0
KEYS_BYTES_MAX: Final = 1_048_576

_DISCOVERY: Final = "/.well-known/openid-configuration"


@dataclass(frozen=True, slots=True)
class Trust:
    """Which tokens are trusted, and how their claims are read.

    A claim is named by its path, with dots between the parts. `roles` maps values of the role claim to roles; the first
    entry whose value the token has is used.
    """

    issuer: str
    audience: str
    role_claim: str
    organisation_claim: str
    cohorts_claim: str
    name_claim: str
    roles: Mapping[str, Role]
    leeway_seconds: float = 0


class IssuerKeys:
    """The issuer's keys, cached for `keep_seconds`; an unknown key refetches them, at most every `again_seconds`.

    A failed fetch counts too, so that requests do not all wait while the issuer is unavailable.
    """

    def __init__(
        self,
        issuer: str,
        client: httpx.AsyncClient,
        *,
        keep_seconds: float,
        again_seconds: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._issuer = issuer
        self._client = client
        self._keep_seconds = keep_seconds
        self._again_seconds = again_seconds
        self._clock = clock
        self._tried: float | None = None
        self._trouble: str | None = None
        self._keys: dict[str | None, jwt.PyJWK] = {}
        self._turn = asyncio.Lock()

    async def key(self, key_id: str | None) -> jwt.PyJWK | None:
        """Return the key with this id, or None if the issuer has none. Raises IssuerAway if they cannot be fetched."""
        if self._is_older_than(self._keep_seconds) or (
            key_id not in self._keys and self._is_older_than(self._again_seconds)
        ):
            async with self._turn:
                # Another request may have fetched them while this one waited for the lock.
                if self._is_older_than(self._keep_seconds) or (
                    key_id not in self._keys and self._is_older_than(self._again_seconds)
                ):
                    await self._renew()
        if key_id not in self._keys and self._trouble is not None:
            # Without a fetch, old keys are better than refusing everyone; an unknown key cannot be verified.
            raise IssuerAway(self._trouble)
        return self._keys.get(key_id)

    def _is_older_than(self, seconds: float) -> bool:
        return self._tried is None or self._clock() - self._tried >= seconds

    async def _renew(self) -> None:
        try:
            self._keys = await self._fetch()
        except IssuerAway as away:
            self._trouble = str(away)
        else:
            self._trouble = None
        self._tried = self._clock()

    async def _fetch(self) -> dict[str | None, jwt.PyJWK]:
        try:
            found = await self._json(self._issuer.rstrip("/") + _DISCOVERY)
            if found["issuer"] != self._issuer:
                raise IssuerAway("the issuer's discovery document names another issuer")
            published = await self._json(found["jwks_uri"])
            keys = [entry for entry in published["keys"] if entry.get("use", "sig") == "sig"]
            usable = [key for key in map(_usable, keys) if key is not None]
        except (
            httpx.HTTPError,
            httpx.InvalidURL,
            ValueError,
            LookupError,
            TypeError,
            AttributeError,
        ) as error:
            raise IssuerAway(
                f"the issuer's keys cannot be fetched: {type(error).__name__}"
            ) from error
        named: dict[str | None, jwt.PyJWK] = {key.key_id: key for key in usable}
        if len(usable) == 1:
            # A token need not name the key if there is only one.
            named[None] = usable[0]
        return named

    async def _json(self, url: str) -> Any:
        response = await self._client.get(url)
        response.raise_for_status()
        if len(response.content) > KEYS_BYTES_MAX:
            raise ValueError("the answer is too large for a set of keys")
        return response.json()


def _usable(entry: Mapping[str, Any]) -> jwt.PyJWK | None:
    try:
        key = jwt.PyJWK.from_dict(dict(entry))
    except jwt.PyJWTError:
        # This kind of key is not supported; others of the set may be.
        return None
    return key if key.algorithm_name in ALGORITHMS else None


class Tokens:
    """Authenticates tokens. `reserved` returns the prefixes of sources that keys are bound to."""

    def __init__(
        self,
        trust: Trust,
        keys: IssuerKeys,
        reserved: Callable[[], Awaitable[Sequence[str]]],
    ) -> None:
        self._trust = trust
        self._keys = keys
        self._reserved = reserved

    async def access(self, token: str) -> Caller:
        """Return the caller with a token. Raises TokenRefused, or IssuerAway if the token cannot be verified."""
        claims = await self._claims(token)
        subject = claims["sub"]
        if not isinstance(subject, str):
            raise TokenRefused
        try:
            grant = self._grant(claims)
            expires = datetime.fromtimestamp(int(claims["exp"]) + self._trust.leeway_seconds, UTC)
        except (GrantError, ValueError, OverflowError, OSError, TypeError):
            raise TokenRefused from None
        sender = Principal(
            id=identity(self._trust.issuer, subject),
            role=grant.role,
            cohorts=frozenset(grant.limits),
            organisation=grant.organisation,
            reserved=tuple(await self._reserved()),
        )
        return Caller(sender, expires=expires, name=grant.name)

    async def _claims(self, token: str) -> Mapping[str, Any]:
        if len(token) > TOKEN_CHARACTERS_MAX:
            raise TokenRefused
        try:
            header = jwt.get_unverified_header(token)
            key = await self._keys.key(header.get("kid"))
            if key is None or header.get("alg") != key.algorithm_name:
                raise TokenRefused
            claims: Mapping[str, Any] = jwt.decode(
                token,
                key.key,
                algorithms=[key.algorithm_name],
                audience=self._trust.audience,
                issuer=self._trust.issuer,
                leeway=self._trust.leeway_seconds,
                options={"require": ["exp", "iss", "aud", "sub"]},
            )
        except (jwt.PyJWTError, ValueError, TypeError):
            raise TokenRefused from None
        return claims

    def _grant(self, claims: Mapping[str, Any]) -> Grant:
        """Return the grant that the claims give. Raises TokenRefused if they give none."""
        values = _texts(_claim(claims, self._trust.role_claim))
        role = next((role for value, role in self._trust.roles.items() if value in values), None)
        if role is None:
            raise TokenRefused
        organisation: str | None = None
        cohorts: tuple[str, ...] = ()
        if role is Role.ORGANISATION:
            named = _texts(_claim(claims, self._trust.organisation_claim))
            if len(named) != 1:
                raise TokenRefused
            organisation = named[0]
        if role in (Role.FACILITATOR, Role.EVALUATOR):
            cohorts = tuple(_texts(_claim(claims, self._trust.cohorts_claim)))
            if EVERY_COHORT in cohorts:
                cohorts = (EVERY_COHORT,)
        name = next(iter(_texts(_claim(claims, self._trust.name_claim))), None)
        return Grant(role, cohorts, organisation, name=name)


def identity(issuer: str, subject: str) -> str:
    """Return the id of a token's principal: the first 32 hex digits of the SHA-256 of issuer, newline, subject."""
    return sha256(f"{issuer}\n{subject}".encode()).hexdigest()[:ID_HEX_DIGITS]


def _claim(claims: Any, path: str) -> Any:
    """Return the claim with this whole name, else the one at this path."""
    if isinstance(claims, Mapping) and path in claims:
        return claims[path]
    for part in path.split("."):
        if not isinstance(claims, Mapping):
            return None
        claims = claims.get(part)
    return claims


def _texts(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [text for text in values if isinstance(text, str)]
