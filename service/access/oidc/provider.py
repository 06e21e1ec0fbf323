"""Signing in at the trusted issuer: OpenID Connect's authorization code flow with PKCE."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final
from urllib.parse import quote_plus, urlsplit

import httpx
import structlog

from service.access.oidc.claims import Claims
from service.access.oidc.flow import Flow
from service.access.oidc.issuer import KEYS_BYTES_MAX, Issuer
from service.access.oidc.tokens import Tokens
from service.errors import IssuerAway, ServiceError, TokenRefused

_CODE: Final = re.compile("[a-z_]{1,64}")
_TRY_AGAIN: Final = ("server_error", "temporarily_unavailable")
_TOO_MANY: Final = 429

_log = structlog.get_logger(__name__)


class Why(StrEnum):
    """Why the provider did not sign somebody in."""

    DENIED = "denied"
    """The person, or the provider, refused."""
    LATE = "late"
    """The code was used before, or is too old."""
    NO_ROLE = "no_role"
    """The claims grant nothing here."""
    UNUSABLE = "unusable"
    """The provider's answer is not one that it may give."""


class NotSignedIn(ServiceError):
    """The provider did not sign somebody in, or no longer does."""

    def __init__(self, why: Why) -> None:
        self.why = why
        super().__init__(f"the provider did not sign in: {why}")


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What the provider confirmed: who it is, and the claims that the grant is read from.

    `claims` is None if a refresh brought none. `refresh` is the token to ask again with, None if there is none or the
    last one stays good. `seconds` is how long the provider itself relies on its answer.
    """

    subject: str
    claims: Claims | None
    refresh: str | None
    seconds: int | float | None


class Provider:
    """The issuer as the place where people sign in. `name` is how its button calls it.

    Without a secret, this service is a public client, which PKCE alone protects.
    """

    def __init__(
        self,
        issuer: Issuer,
        tokens: Tokens,
        client: httpx.AsyncClient,
        *,
        client_id: str,
        client_secret: str | None,
        scopes: str,
        name: str | None,
    ) -> None:
        self.name = name or urlsplit(issuer.url).hostname or issuer.url
        self.tokens = tokens
        self._issuer = issuer
        self._client = client
        self._client_id = client_id
        self._client_secret = client_secret
        self._scopes = scopes

    async def authorization(self, flow: Flow, redirect: str) -> str:
        """Return the address at which the provider asks the person, and comes back to `redirect`. Raises IssuerAway."""
        return await self._address(
            "authorization_endpoint",
            response_type="code",
            client_id=self._client_id,
            redirect_uri=redirect,
            scope=self._scopes,
            state=flow.state,
            nonce=flow.nonce,
            code_challenge=flow.challenge,
            code_challenge_method="S256",
        )

    async def sign_out_address(self) -> str | None:
        """Return the address at which the provider signs a person out; None if it offers none or is unavailable."""
        try:
            if await self._issuer.endpoint("end_session_endpoint") is None:
                return None
            return await self._address("end_session_endpoint", client_id=self._client_id)
        except IssuerAway:
            return None

    async def confirmed(self, answer: Mapping[str, str], flow: Flow, redirect: str) -> Confirmed:
        """Return what the provider confirms about the person with whom its answer to the flow came back.

        Raises NotSignedIn or IssuerAway.
        """
        await self._check_issuer(answer.get("iss"))
        if (error := answer.get("error")) is not None:
            raise self._refusal(error)
        if not (code := answer.get("code")):
            raise NotSignedIn(Why.UNUSABLE)
        given = await self._ask(
            grant_type="authorization_code",
            code=code,
            redirect_uri=redirect,
            code_verifier=flow.verifier,
        )
        claims = await self._claims(given.get("id_token"))
        if claims.get("nonce") != flow.nonce:
            raise NotSignedIn(Why.UNUSABLE)
        return self._confirmed(claims["sub"], claims, given)

    async def confirmed_again(self, subject: str, refresh: str) -> Confirmed:
        """Return what the provider confirms now about somebody who signed in before.

        Raises NotSignedIn or IssuerAway.
        """
        given = await self._ask(grant_type="refresh_token", refresh_token=refresh)
        claims: Claims | None = None
        if given.get("id_token") is not None:
            try:
                claims = await self._claims(given["id_token"])
            except IssuerAway:
                # The old refresh token may be used up, so the new one must not be lost.
                claims = None
        if claims is not None and claims["sub"] != subject:
            raise NotSignedIn(Why.UNUSABLE)
        return self._confirmed(subject, claims, given)

    def _confirmed(
        self, subject: str, claims: Claims | None, given: Mapping[str, Any]
    ) -> Confirmed:
        if claims is not None:
            try:
                self.tokens.trust.grant(claims)
            except TokenRefused:
                raise NotSignedIn(Why.NO_ROLE) from None
            claims = self.tokens.trust.read(claims)
        refresh, seconds = given.get("refresh_token"), given.get("expires_in")
        return Confirmed(
            subject,
            claims,
            refresh if isinstance(refresh, str) else None,
            seconds if isinstance(seconds, int | float) else None,
        )

    async def _claims(self, token: object) -> Claims:
        """Return the claims of an ID token for this client. Raises NotSignedIn or IssuerAway."""
        try:
            claims = await self.tokens.verified(str(token), self._client_id)
        except TokenRefused:
            _log.warning("the ID token of the OpenID provider cannot be used")
            raise NotSignedIn(Why.UNUSABLE) from None
        audience = claims["aud"]
        is_shared = isinstance(audience, list) and len(audience) > 1
        if claims.get("azp", None if is_shared else self._client_id) != self._client_id:
            raise NotSignedIn(Why.UNUSABLE)
        return claims

    async def _check_issuer(self, given: str | None) -> None:
        """Return if an answer names this issuer, or need not name any (RFC 9207). Raises NotSignedIn or IssuerAway."""
        if given is None:
            document = await self._issuer.document()
            if document.get("authorization_response_iss_parameter_supported") is not True:
                return
        if given != self._issuer.url:
            raise NotSignedIn(Why.UNUSABLE)

    async def _ask(self, **form: str) -> Mapping[str, Any]:
        """Return what the token endpoint answers. Raises NotSignedIn or IssuerAway."""
        endpoint = await self._issuer.endpoint("token_endpoint")
        if endpoint is None:
            raise IssuerAway("the issuer has no token endpoint")
        auth = httpx.Auth()
        if self._client_secret is None:
            form["client_id"] = self._client_id
        elif await self._takes_basic():
            # RFC 6749, 2.3.1: both are encoded as in forms.
            auth = httpx.BasicAuth(quote_plus(self._client_id), quote_plus(self._client_secret))
        else:
            form |= {"client_id": self._client_id, "client_secret": self._client_secret}
        try:
            response = await self._client.post(endpoint, data=form, auth=auth)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise IssuerAway(
                f"the issuer's token endpoint cannot be reached: {type(error).__name__}"
            ) from None
        if response.is_server_error or response.status_code == _TOO_MANY:
            raise IssuerAway(f"the issuer's token endpoint answered {response.status_code}")
        try:
            if len(response.content) > KEYS_BYTES_MAX:
                raise ValueError
            given = response.json()
        except ValueError:
            given = None
        if not isinstance(given, dict):
            raise self._refusal(f"status {response.status_code}")
        if not response.is_success or "error" in given:
            raise self._refusal(given.get("error"))
        return given

    async def _takes_basic(self) -> bool:
        methods = (await self._issuer.document()).get("token_endpoint_auth_methods_supported")
        return not isinstance(methods, list) or "client_secret_basic" in methods

    def _refusal(self, error: object) -> Exception:
        """Return the exception for an error code of OAuth 2.0 (RFC 6749, 4.1.2.1 and 5.2)."""
        if error == "access_denied":
            return NotSignedIn(Why.DENIED)
        if error == "invalid_grant":
            return NotSignedIn(Why.LATE)
        if error in _TRY_AGAIN:
            return IssuerAway("the issuer asks to try again later")
        code = error if isinstance(error, str) and _CODE.fullmatch(error) else None
        _log.warning("the OpenID provider refused to sign in", error=code)
        return NotSignedIn(Why.UNUSABLE)

    async def _address(self, endpoint: str, **query: str) -> str:
        found = await self._issuer.endpoint(endpoint)
        if found is None:
            raise IssuerAway(f"the issuer has no {endpoint}")
        return str(httpx.URL(found).copy_merge_params(query))
