"""Which issuer is trusted, and what the claims of its tokens grant: the same for bearer tokens and for signing in."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from events.access.principal import Role
from service.access.grant import EVERY_COHORT, Grant
from service.errors import GrantError, TokenRefused

ID_HEX_DIGITS: Final = 32

Claims = Mapping[str, Any]


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

    def grant(self, claims: Claims) -> Grant:
        """Return what the claims grant. Raises TokenRefused if they grant nothing."""
        values = _texts(_claim(claims, self.role_claim))
        role = next((role for value, role in self.roles.items() if value in values), None)
        if role is None:
            raise TokenRefused
        organisation: str | None = None
        cohorts: tuple[str, ...] = ()
        if role is Role.ORGANISATION:
            named = _texts(_claim(claims, self.organisation_claim))
            if len(named) != 1:
                raise TokenRefused
            organisation = named[0]
        if role in (Role.FACILITATOR, Role.EVALUATOR):
            cohorts = tuple(_texts(_claim(claims, self.cohorts_claim)))
            if EVERY_COHORT in cohorts:
                cohorts = (EVERY_COHORT,)
        name = next(iter(_texts(_claim(claims, self.name_claim))), None)
        try:
            return Grant(role, cohorts, organisation, name=name)
        except GrantError:
            raise TokenRefused from None

    def read(self, claims: Claims) -> Claims:
        """Return the claims that `grant` reads and no others, each under its whole path."""
        paths = (self.role_claim, self.organisation_claim, self.cohorts_claim, self.name_claim)
        found = {path: _claim(claims, path) for path in paths}
        return {path: value for path, value in found.items() if value is not None}

    def identity(self, subject: str) -> str:
        """Return the id of the principal with this subject."""
        return identity(self.issuer, subject)


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
