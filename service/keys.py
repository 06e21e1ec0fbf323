"""Keys: who may do what. A key is shown once and stored as a hash."""

import re
import time
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from hmac import compare_digest
from secrets import token_bytes, token_hex
from typing import Final

import asyncpg

from events.fields import is_key
from events.senders import Role, Sender
from service.errors import GrantError, KeyRefused

PREFIX: Final = "hcw"
ID_HEX_DIGITS: Final = 16
SECRET_BYTES: Final = 32

_KEY: Final = re.compile(rf"{PREFIX}_([0-9a-f]{{{ID_HEX_DIGITS}}})_([A-Za-z0-9_-]{{43}})")
_CACHED_KEYS_MAX: Final = 10_000

_FIND: Final = """
select id, secret_hash, role, cohorts, organisation, sources, expires_at,
    (select coalesce(array_agg(distinct prefix), '{}') from keys other, unnest(other.sources) prefix
        where other.id <> keys.id and other.revoked_at is null) as reserved
from keys where id = $1 and revoked_at is null
"""


@dataclass(frozen=True, slots=True)
class Grant:
    """What a key allows."""

    role: Role
    cohorts: Sequence[str] = ()
    organisation: str | None = None
    sources: Sequence[str] = ()
    expires: datetime | None = None

    def __post_init__(self) -> None:
        if self.role is Role.PUBLIC:
            raise GrantError("the public needs no key")
        if (self.organisation is not None) != (self.role is Role.ORGANISATION):
            raise GrantError(
                "a key of the role organisation names its organisation, and no other key does"
            )
        if self.cohorts and self.role is not Role.FACILITATOR:
            raise GrantError("only a facilitator's key is limited to cohorts")
        for key in (*self.cohorts, *([self.organisation] if self.organisation else ())):
            if not is_key(key):
                raise GrantError(f"{key!r} has not the form of a key")
        if not all(self.sources):
            raise GrantError("a source's prefix has at least one character")
        if self.expires is not None and self.expires <= datetime.now(UTC):
            raise GrantError("a key expires in the future")


@dataclass(frozen=True, slots=True)
class _Kept:
    """A key as it was looked up."""

    secret_hash: bytes
    sender: Sender
    expires: datetime | None
    looked_up: float


class Keys:
    """The keys in the database, each remembered for `cache_seconds` after it was looked up."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]", *, cache_seconds: float) -> None:
        self._pool = pool
        self._cache_seconds = cache_seconds
        self._cache: dict[str, _Kept] = {}

    async def create(self, grant: Grant, *, key_id: str | None = None) -> str:
        """Make a key; the text returned is the only copy of its secret.

        A key of this id gets the new secret and grant; the old secret is no longer good.
        """
        key_id = key_id or token_hex(ID_HEX_DIGITS // 2)
        secret = urlsafe_b64encode(token_bytes(SECRET_BYTES)).decode().rstrip("=")
        await self._pool.execute(
            "insert into keys (id, secret_hash, role, cohorts, organisation, sources, expires_at)"
            " values ($1, $2, $3, $4, $5, $6, $7)"
            " on conflict (id) do update set secret_hash = $2, role = $3, cohorts = $4, organisation = $5,"
            " sources = $6, expires_at = $7, revoked_at = null",
            key_id,
            _hash(secret),
            grant.role.value,
            list(grant.cohorts),
            grant.organisation,
            list(grant.sources),
            grant.expires,
        )
        self._cache.pop(key_id, None)
        return f"{PREFIX}_{key_id}_{secret}"

    async def sender(self, key: str) -> Sender:
        """Return whom the key speaks for. Raises KeyRefused."""
        match = _KEY.fullmatch(key)
        if match is None:
            raise KeyRefused
        key_id, secret = match.groups()
        kept = self._cache.get(key_id)
        if kept is None or time.monotonic() - kept.looked_up > self._cache_seconds:
            kept = await self._look_up(key_id)
        # Compared also where there is no such key, so that both take the same time.
        same = compare_digest(kept.secret_hash if kept else bytes(32), _hash(secret))
        if (
            kept is None
            or not same
            or (kept.expires is not None and kept.expires <= datetime.now(UTC))
        ):
            raise KeyRefused
        return kept.sender

    async def _look_up(self, key_id: str) -> _Kept | None:
        row = await self._pool.fetchrow(_FIND, key_id)
        if row is None:
            self._cache.pop(key_id, None)
            return None
        sender = Sender(
            id=row["id"],
            role=Role(row["role"]),
            cohorts=frozenset(row["cohorts"]),
            organisation=row["organisation"],
            sources=tuple(row["sources"]),
            reserved=tuple(row["reserved"]),
        )
        kept = _Kept(row["secret_hash"], sender, row["expires_at"], time.monotonic())
        if len(self._cache) >= _CACHED_KEYS_MAX:
            self._cache.clear()
        self._cache[key_id] = kept
        return kept


def _hash(secret: str) -> bytes:
    # 256 random bits need no slow hash.
    return sha256(secret.encode()).digest()
