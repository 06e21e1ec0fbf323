"""Tokens of the trusted issuer: JWTs, verified by PyJWT with the keys that the issuer publishes."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Final

import jwt

from events.access.principal import Principal
from service.access.caller import Caller
from service.access.oidc.claims import Claims, Trust
from service.access.oidc.issuer import Issuer
from service.errors import TokenRefused

TOKEN_CHARACTERS_MAX: Final = 16_384


class Tokens:
    """Verifies tokens, and makes callers of what they claim.

    `reserved` returns the prefixes of sources that keys are bound to.
    """

    def __init__(
        self,
        trust: Trust,
        issuer: Issuer,
        reserved: Callable[[], Awaitable[Sequence[str]]],
    ) -> None:
        self.trust = trust
        self._issuer = issuer
        self._reserved = reserved

    async def access(self, token: str) -> Caller:
        """Return the caller with a token. Raises TokenRefused, or IssuerAway if the token cannot be verified."""
        claims = await self.verified(token, self.trust.audience)
        try:
            expires = datetime.fromtimestamp(int(claims["exp"]) + self.trust.leeway_seconds, UTC)
        except (ValueError, OverflowError, OSError, TypeError):
            raise TokenRefused from None
        return await self.caller(claims["sub"], claims, expires)

    async def verified(self, token: str, audience: str) -> Claims:
        """Return the claims of a token that the issuer made for this audience and that has not expired.

        Its subject is a text. Raises TokenRefused, or IssuerAway if the token cannot be verified.
        """
        if len(token) > TOKEN_CHARACTERS_MAX:
            raise TokenRefused
        try:
            header = jwt.get_unverified_header(token)
            key = await self._issuer.key(header.get("kid"))
            if key is None or header.get("alg") != key.algorithm_name:
                raise TokenRefused
            claims: Claims = jwt.decode(
                token,
                key.key,
                algorithms=[key.algorithm_name],
                audience=audience,
                issuer=self.trust.issuer,
                leeway=self.trust.leeway_seconds,
                options={"require": ["exp", "iss", "aud", "sub"]},
            )
        except (jwt.PyJWTError, ValueError, TypeError):
            raise TokenRefused from None
        if not _is_subject(claims["sub"]):
            raise TokenRefused
        return claims

    async def caller(self, subject: str, claims: Claims, expires: datetime) -> Caller:
        """Return the caller whom the claims make of a subject. Raises TokenRefused if they grant nothing."""
        grant = self.trust.grant(claims)
        sender = Principal(
            id=self.trust.identity(subject),
            role=grant.role,
            cohorts=frozenset(grant.limits),
            organisation=grant.organisation,
            reserved=tuple(await self._reserved()),
        )
        return Caller(sender, expires=expires, name=grant.name)


def _is_subject(value: object) -> bool:
    """Return whether a subject is a text that can be stored."""
    return isinstance(value, str) and not any(c == "\0" or "\ud800" <= c <= "\udfff" for c in value)
