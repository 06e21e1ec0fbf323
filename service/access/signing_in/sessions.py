"""Sessions: a browser that signed in with a key is the caller with this key, until the session or the key ends."""

import re
import time
from collections.abc import Collection, Mapping
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
from service.errors import KeyRefused
from service.single_flight import SingleFlight

SECRET_BITS: Final = 256
USE_NOTED: Final = timedelta(minutes=1)
"""A session's last use is written at most once in this time."""

_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_FORMS: Final = b"howcanwe forms"
_CACHED_SESSIONS_MAX: Final = 10_000
_CLEANED_MAX: Final = 100

_BEGIN: Final = """
insert into sessions (hash, key_id, secret_hash, expires_at) values ($1, $2, $3, least(now() + $4::interval, $5))
"""
# An array is selected once; a subquery may be run again for each row, and its limit would not hold.
_CLEAN: Final = """
delete from sessions where hash = any(array(
    select hash from sessions where expires_at <= now() or last_used_at <= now() - $1::interval
    limit $2 for update skip locked
))
"""
_FIND: Final = """
select key_id, secret_hash, expires_at, last_used_at <= now() - $3::interval as use_is_due
from sessions where hash = $1 and expires_at > now() and last_used_at > now() - $2::interval
"""
_NOTE_USE: Final = "update sessions set last_used_at = now() where hash = $1"
_OPEN: Final = """
select hash from sessions where hash = any($1) and expires_at > now() and last_used_at > now() - $2::interval
"""


_OF_KEY: Final = """
select hash, created_at, last_used_at, expires_at from sessions
where key_id = $1 and expires_at > now() and last_used_at > now() - $2::interval order by last_used_at desc, hash
"""
_COUNT: Final = """
select key_id, count(*) as count from sessions
where key_id = any($1) and expires_at > now() and last_used_at > now() - $2::interval group by key_id
"""
_END_OF_KEY: Final = """
delete from sessions where key_id = $1 and ($2::bytea is null or hash = $2) returning hash
"""


@dataclass(frozen=True, slots=True)
class Session:
    """A session without its secret. Its use is recorded at most once a minute."""

    hash: bytes
    began: datetime
    last_used: datetime
    expires: datetime


@dataclass(frozen=True, slots=True)
class _Kept:
    """The result of looking up a session, as the cache holds it."""

    key_id: str
    secret_hash: bytes
    expires: datetime
    looked_up: float


class Sessions:
    """The sessions in the database, each cached for `cache_seconds` after it was looked up.

    A session ends when it is signed out, after `idle_hours` without a request, `days` after it began, and with its key.
    An open live stream does not count as a request.
    """

    def __init__(
        self,
        pool: "asyncpg.Pool[asyncpg.Record]",
        keys: Keys,
        *,
        idle_hours: int,
        days: int,
        cache_seconds: float,
    ) -> None:
        self._pool = pool
        self._keys = keys
        self._idle = timedelta(hours=idle_hours)
        self._longest = timedelta(days=days)
        self._cache_seconds = cache_seconds
        self._cache: dict[bytes, _Kept] = {}
        self._looking = SingleFlight()

    @property
    def seconds_max(self) -> int:
        """How long a session lasts at most, in seconds: the age of its cookie."""
        return int(self._longest.total_seconds())

    async def begin(self, caller: Caller) -> str:
        """Begin a session for the caller with a key; the text returned is the only copy of its secret.

        The secret is always a new one, so that nobody can choose it. Some ended sessions are deleted. Raises KeyRefused
        for a caller without a key.
        """
        if caller.key_id is None:
            raise KeyRefused
        secret = new_credential(SECRET_BITS)
        await self._pool.execute(_CLEAN, self._idle, _CLEANED_MAX)
        await self._pool.execute(
            _BEGIN, hashed(secret), caller.key_id, caller.secret_hash, self._longest, caller.expires
        )
        return secret

    async def caller(self, secret: str) -> Caller | None:
        """Return the caller whose session has this secret, and record the use.

        None if there is no such session, if it has ended, or if its key has been revoked or rotated or has expired.
        """
        if _SECRET.fullmatch(secret) is None:
            return None
        session = hashed(secret)
        kept = self._cache.get(session)
        if kept is None or time.monotonic() - kept.looked_up > self._cache_seconds:
            # A page and what belongs to it are requested at the same time.
            kept = await self._looking.get(session, lambda: self._look_up(session))
        if kept is None:
            return None
        caller = await self._keys.caller(kept.key_id, kept.secret_hash)
        if caller is None:
            return None
        signed_in = replace(caller, session=session, expires=kept.expires)
        return None if signed_in.has_expired() else signed_in

    async def end(self, secret: str) -> None:
        """End the session; open live streams of it end when they are next checked."""
        session = hashed(secret)
        await self._pool.execute("delete from sessions where hash = $1", session)
        self._cache.pop(session, None)
        self._looking.forget(session)

    async def of_key(self, key_id: str) -> list[Session]:
        """Return the key's sessions that have not ended, the one that was used last first."""
        rows = await self._pool.fetch(_OF_KEY, key_id, self._idle)
        return [Session(*row) for row in rows]

    async def counts(self, key_ids: Collection[str]) -> Mapping[str, int]:
        """Return how many sessions each key has that have not ended; keys without any are left out."""
        rows = await self._pool.fetch(_COUNT, list(key_ids), self._idle)
        return {row["key_id"]: row["count"] for row in rows}

    async def end_of_key(self, key_id: str, session: bytes | None = None) -> None:
        """End the key's session with this hash, or all that the key has; no other key's."""
        for row in await self._pool.fetch(_END_OF_KEY, key_id, session):
            self._cache.pop(row["hash"], None)
            self._looking.forget(row["hash"])

    async def open(self, sessions: Collection[bytes]) -> set[bytes]:
        """Return those of the sessions, each by the hash of its secret, that have not ended."""
        rows = await self._pool.fetch(_OPEN, list(sessions), self._idle)
        return {row["hash"] for row in rows}

    async def _look_up(self, session: bytes) -> _Kept | None:
        row = await self._pool.fetchrow(_FIND, session, self._idle, USE_NOTED)
        if row is None:
            self._cache.pop(session, None)
            return None
        kept = _Kept(row["key_id"], row["secret_hash"], row["expires_at"], time.monotonic())
        if len(self._cache) >= _CACHED_SESSIONS_MAX:
            self._cache.clear()
        self._cache[session] = kept
        if row["use_is_due"]:
            await self._pool.execute(_NOTE_USE, session)
        return kept


def form_token(secret: str) -> str:
    """Return the token that every form of this session contains. It is derived from the secret and not stored."""
    return hmac(secret.encode(), _FORMS, sha256).hex()


def is_form_token(secret: str, token: str) -> bool:
    """Return whether the token is the one of this session's forms, in constant time."""
    return compare_digest(form_token(secret).encode(), token.encode())
