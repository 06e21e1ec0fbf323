"""Sessions: a browser that signed in is the caller with its key, or the one whom the OpenID provider confirmed."""

import asyncio
import json
import re
import time
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest
from hmac import digest as hmac
from typing import Final

import asyncpg

from service.access.caller import Caller
from service.access.credential import hashed, new_credential
from service.access.keys import Keys
from service.access.oidc.claims import Claims
from service.access.oidc.provider import Confirmed
from service.access.signing_in.renewal import Renewals
from service.errors import KeyRefused
from service.single_flight import SingleFlight

SECRET_BITS: Final = 256
USE_NOTED: Final = timedelta(minutes=1)
"""A session's last use is written at most once in this time."""

WAIT_SECONDS_MAX: Final = 3.0
"""How long a request waits while the OpenID provider is asked about its session; then it continues as before."""

_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_FORMS: Final = b"howcanwe forms"
_CACHED_SESSIONS_MAX: Final = 10_000
_EXPIRED_MAX: Final = 100

_BEGIN: Final = """
insert into sessions (hash, key_id, secret_hash, expires_at) values ($1, $2, $3, least(now() + $4::interval, $5))
"""
# An array is selected once; a subquery may be run again for each row, and its limit would not hold.
_EXPIRE: Final = """
with expired as (
    delete from sessions where hash = any(array(
        select hash from sessions where expires_at <= now() or last_used_at <= now() - $1::interval
        limit $2 for update skip locked
    )) returning 1
) select count(*) from expired
"""
_FIND: Final = """
select key_id, secret_hash, principal_id, subject, claims, expires_at, ask_at <= now() as asking_is_due,
    last_used_at <= now() - $3::interval as use_is_due
from sessions where hash = $1 and expires_at > now() and last_used_at > now() - $2::interval
"""
_NOTE_USE: Final = "update sessions set last_used_at = now() where hash = $1"
_OPEN: Final = """
select hash from sessions where hash = any($1) and expires_at > now() and last_used_at > now() - $2::interval
"""


# A session is named by its key or by its principal; the ids of keys and of the provider's principals never meet.
_OF: Final = """
select hash, created_at, last_used_at,
    case when refresh_token is null then expires_at else created_at + $3::interval end
from sessions
where (key_id = $1 or principal_id = $1) and expires_at > now() and last_used_at > now() - $2::interval
order by last_used_at desc, hash
"""
_COUNT: Final = """
select key_id, count(*) as count from sessions
where key_id = any($1) and expires_at > now() and last_used_at > now() - $2::interval group by key_id
"""
_END_OF: Final = """
delete from sessions where (key_id = $1 or principal_id = $1) and ($2::bytea is null or hash = $2) returning hash
"""
_DUE: Final = (
    "select hash from sessions where hash = any($1) and ask_at <= now() and expires_at > now()"
)


@dataclass(frozen=True, slots=True)
class Session:
    """A session without its secret. Its use is recorded at most once a minute. It expires at the latest then."""

    hash: bytes
    began: datetime
    last_used: datetime
    expires: datetime


@dataclass(frozen=True, slots=True)
class _Kept:
    """The result of looking up a session, as the cache holds it."""

    key_id: str | None
    secret_hash: bytes | None
    principal_id: str | None
    subject: str | None
    claims: Claims
    expires: datetime
    looked_up: float


class Sessions:
    """The sessions in the database, each cached for `cache_seconds` after it was looked up.

    A session ends when it is signed out, after `idle_hours` without a request, `days` after it began, and with its key.
    An open live stream does not count as a request. `renewals` says when a session without a key ends; without it,
    nobody signs in without a key.
    """

    def __init__(
        self,
        pool: "asyncpg.Pool[asyncpg.Record]",
        keys: Keys,
        *,
        idle_hours: int,
        days: int,
        cache_seconds: float,
        renewals: Renewals | None = None,
    ) -> None:
        self._pool = pool
        self._keys = keys
        self._renewals = renewals
        self._idle = timedelta(hours=idle_hours)
        self._longest = timedelta(days=days)
        self._cache_seconds = cache_seconds
        self._cache: dict[bytes, _Kept] = {}
        self._looking = SingleFlight()
        self._renewing = SingleFlight()

    @property
    def seconds_max(self) -> int:
        """How long a session lasts at most, in seconds: the age of its cookie."""
        return int(self._longest.total_seconds())

    async def begin(self, caller: Caller) -> str:
        """Begin a session for the caller with a key; the text returned is the only copy of its secret.

        The secret is always a new one, so that nobody can choose it. Raises KeyRefused for a caller without a key.
        """
        if caller.key_id is None:
            raise KeyRefused
        secret = new_credential(SECRET_BITS)
        await self._pool.execute(
            _BEGIN, hashed(secret), caller.key_id, caller.secret_hash, self._longest, caller.expires
        )
        return secret

    async def begin_confirmed(self, confirmed: Confirmed) -> str:
        """Begin a session for whom the OpenID provider confirmed; otherwise as `begin`."""
        if self._renewals is None:
            raise KeyRefused
        secret = new_credential(SECRET_BITS)
        await self._renewals.begin(hashed(secret), confirmed)
        return secret

    async def expire(self) -> int:
        """Delete some sessions that have ended; return how many."""
        deleted: int = await self._pool.fetchval(_EXPIRE, self._idle, _EXPIRED_MAX)
        return deleted

    async def caller(self, secret: str) -> Caller | None:
        """Return the caller whose session has this secret, and record the use.

        None if there is no such session, if it has ended, or if its key has been revoked or rotated or has expired.
        """
        if _SECRET.fullmatch(secret) is None:
            return None
        session = hashed(secret)
        kept = self._cached(session)
        if kept is None:
            # A page and what belongs to it are requested at the same time.
            kept = await self._looking.get(session, lambda: self._look_up(session))
        return await self._caller(session, kept)

    async def present(self, session: bytes) -> Caller | None:
        """Return the caller of the session whose secret has this hash, as `caller` does. It does not count as a use."""
        row = None if (kept := self._cached(session)) else await self._row(session)
        return await self._caller(session, kept or (_kept(row) if row else None))

    def _cached(self, session: bytes) -> _Kept | None:
        kept = self._cache.get(session)
        if kept is None or time.monotonic() - kept.looked_up > self._cache_seconds:
            return None
        return kept

    async def _caller(self, session: bytes, kept: _Kept | None) -> Caller | None:
        caller = None if kept is None else await self._holder(kept)
        if kept is None or caller is None:
            return None
        signed_in = replace(caller, session=session, expires=kept.expires)
        return None if signed_in.has_expired() else signed_in

    async def _holder(self, kept: _Kept) -> Caller | None:
        if kept.key_id is not None and kept.secret_hash is not None:
            return await self._keys.caller(kept.key_id, kept.secret_hash)
        if self._renewals is None or kept.principal_id is None or kept.subject is None:
            return None
        return await self._renewals.caller(
            kept.principal_id, kept.subject, kept.claims, kept.expires
        )

    async def end(self, secret: str) -> None:
        """End the session; open live streams of it end when they are next checked."""
        session = hashed(secret)
        await self._pool.execute("delete from sessions where hash = $1", session)
        self._cache.pop(session, None)
        self._looking.forget(session)

    async def of(self, holder: str) -> list[Session]:
        """Return the sessions of a key or principal that have not ended, the one that was used last first."""
        rows = await self._pool.fetch(_OF, holder, self._idle, self._longest)
        return [Session(*row) for row in rows]

    async def counts(self, key_ids: Collection[str]) -> Mapping[str, int]:
        """Return how many sessions each key has that have not ended; keys without any are left out."""
        rows = await self._pool.fetch(_COUNT, list(key_ids), self._idle)
        return {row["key_id"]: row["count"] for row in rows}

    async def end_of(self, holder: str, session: bytes | None = None) -> None:
        """End the session with this hash of a key or principal, or all that it has; nobody else's."""
        for row in await self._pool.fetch(_END_OF, holder, session):
            self._cache.pop(row["hash"], None)
            self._looking.forget(row["hash"])

    async def open(self, sessions: Collection[bytes]) -> set[bytes]:
        """Return those of the sessions, each by the hash of its secret, that have not ended."""
        rows = await self._pool.fetch(_OPEN, list(sessions), self._idle)
        return {row["hash"] for row in rows}

    async def renew(self, sessions: Collection[bytes]) -> None:
        """Ask the OpenID provider about those of the sessions for which it is time."""
        if self._renewals is not None:
            rows = await self._pool.fetch(_DUE, list(sessions))
            await asyncio.gather(*(self._renewed(self._renewals, row["hash"]) for row in rows))

    async def _renewed(self, renewals: Renewals, session: bytes) -> None:
        # Those who wait may go away, but the answer must not be lost: it may have the only refresh token.
        with suppress(TimeoutError):
            async with asyncio.timeout(WAIT_SECONDS_MAX):
                await self._renewing.get(session, lambda: renewals.renew(session))
        self._cache.pop(session, None)

    async def _row(self, session: bytes) -> asyncpg.Record | None:
        return await self._pool.fetchrow(_FIND, session, self._idle, USE_NOTED)

    async def _look_up(self, session: bytes) -> _Kept | None:
        row = await self._row(session)
        if row is not None and row["asking_is_due"] and self._renewals is not None:
            await self._renewed(self._renewals, session)
            row = await self._row(session)
        if row is None:
            self._cache.pop(session, None)
            return None
        kept = _kept(row)
        if len(self._cache) >= _CACHED_SESSIONS_MAX:
            self._cache.clear()
        self._cache[session] = kept
        if row["use_is_due"]:
            await self._pool.execute(_NOTE_USE, session)
        return kept


def _kept(row: asyncpg.Record) -> _Kept:
    return _Kept(
        row["key_id"],
        row["secret_hash"],
        row["principal_id"],
        row["subject"],
        claims=json.loads(row["claims"]) if row["claims"] else {},
        expires=row["expires_at"],
        looked_up=time.monotonic(),
    )


def form_token(secret: str) -> str:
    """Return the token that every form of this session contains. It is derived from the secret and not stored."""
    return hmac(secret.encode(), _FORMS, sha256).hex()


def is_form_token(secret: str, token: str) -> bool:
    """Return whether the token is the one of this session's forms, in constant time."""
    return compare_digest(form_token(secret).encode(), token.encode())
