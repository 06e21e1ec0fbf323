"""Sessions of those who signed in at the OpenID provider: what it confirmed, and that it is asked again.

A refresh token is sealed with a key that is derived from the master key, for the one session that it belongs to.
"""

import asyncio
import json
from datetime import datetime, timedelta
from os import urandom
from typing import Final

import asyncpg
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from service.access.caller import Caller
from service.access.oidc.claims import Claims
from service.access.oidc.provider import Confirmed, NotSignedIn, Provider
from service.errors import IssuerAway, TokenRefused

ASK_SECONDS_MIN: Final = 60
"""The provider is asked about a session at most once in this time, also if it does not answer."""

ANSWER_SECONDS_MAX: Final = 10.0
"""How long the provider may take to answer about a session."""

_NONCE_BYTES: Final = 12
_SEALS: Final = b"howcanwe refresh tokens"

_BEGIN: Final = """
insert into sessions (hash, principal_id, subject, claims, refresh_token, ask_at, expires_at)
values ($1, $2, $3, $4, $5, now() + $6::interval, now() + $7::interval)
"""
# Several processes may find that it is time: one of them asks, because many providers take a refresh token only once.
_TAKE: Final = """
update sessions set ask_at = now() + $2::interval
where hash = $1 and ask_at <= now() and expires_at > now() returning subject, refresh_token
"""
_CONFIRM: Final = """
update sessions set claims = $2, refresh_token = coalesce($3, refresh_token), ask_at = now() + $4::interval,
    expires_at = least(created_at + $6::interval, now() + $5::interval)
where hash = $1
"""
_KEEP: Final = """
update sessions set refresh_token = $2 where hash = $1
"""
_END: Final = "delete from sessions where hash = $1"


class Renewals:
    """Begins and renews these sessions. What the provider confirmed is relied on for at most `hours`.

    If it gives refresh tokens, it is asked again as often as it says itself, and the session lasts up to `days`. It
    ends as soon as the provider says no, and after `hours` without an answer.
    """

    def __init__(
        self,
        pool: "asyncpg.Pool[asyncpg.Record]",
        provider: Provider,
        master_key: bytes,
        *,
        hours: int,
        days: int,
    ) -> None:
        self._pool = pool
        self._provider = provider
        seal = HKDF(algorithm=SHA256(), length=32, salt=None, info=_SEALS).derive(master_key)
        self._seal = AESGCM(seal)
        self._relied_on = min(timedelta(hours=hours), timedelta(days=days))
        self._longest = timedelta(days=days)

    async def begin(self, session: bytes, confirmed: Confirmed) -> None:
        """Begin a session, named by the hash of its secret, for whom the provider has just confirmed."""
        sealed = self._sealed(session, confirmed.refresh)
        await self._pool.execute(
            _BEGIN,
            session,
            self._provider.tokens.trust.identity(confirmed.subject),
            confirmed.subject,
            json.dumps(confirmed.claims),
            sealed,
            None if sealed is None else self._asked_after(confirmed),
            self._relied_on,
        )

    async def caller(
        self, principal_id: str, subject: str, claims: Claims, expires: datetime
    ) -> Caller | None:
        """Return the caller of a session; None if the settings trust another issuer, or give it no role any more."""
        if self._provider.tokens.trust.identity(subject) != principal_id:
            return None
        try:
            return await self._provider.tokens.caller(subject, claims, expires)
        except TokenRefused:
            return None

    async def renew(self, session: bytes) -> None:
        """Ask the provider about the session if it is time, and let the session continue or end as it says."""
        taken = await self._pool.fetchrow(_TAKE, session, timedelta(seconds=ASK_SECONDS_MIN))
        if taken is None:
            return
        try:
            refresh = self._opened(session, taken["refresh_token"])
            async with asyncio.timeout(ANSWER_SECONDS_MAX):
                confirmed = await self._provider.confirmed_again(taken["subject"], refresh)
        except (IssuerAway, TimeoutError):
            # What was confirmed last holds until the session expires.
            return
        except (NotSignedIn, InvalidTag):
            await self._pool.execute(_END, session)
            return
        sealed = self._sealed(session, confirmed.refresh)
        if confirmed.claims is not None:
            claims = json.dumps(confirmed.claims)
            again = self._asked_after(confirmed)
            until = (self._relied_on, self._longest)
            await self._pool.execute(_CONFIRM, session, claims, sealed, again, *until)
        elif sealed is not None:
            await self._pool.execute(_KEEP, session, sealed)

    def _asked_after(self, confirmed: Confirmed) -> timedelta:
        longest = self._relied_on.total_seconds()
        seconds = longest if confirmed.seconds is None else min(confirmed.seconds, longest)
        return timedelta(seconds=max(ASK_SECONDS_MIN, seconds))

    def _sealed(self, session: bytes, refresh: str | None) -> bytes | None:
        if refresh is None:
            return None
        nonce = urandom(_NONCE_BYTES)
        return nonce + self._seal.encrypt(nonce, refresh.encode(), session)

    def _opened(self, session: bytes, sealed: bytes) -> str:
        """Return the refresh token. Raises InvalidTag if it was sealed with another master key."""
        nonce, text = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        return self._seal.decrypt(nonce, text, session).decode()
