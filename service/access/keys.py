"""API keys in the database. A key is shown once and stored as a hash; a record of every grant is kept."""

import re
import time
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hmac import compare_digest
from secrets import token_hex
from typing import Any, Final, TypeAlias

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from events.access.principal import Principal, Role
from events.vocabulary.types.cohorts import OrganisationJoined
from service.access.caller import Caller
from service.access.credential import hashed, new_credential
from service.access.grant import Grant
from service.access.key import LIST_ALL, LIST_OF, LIST_THESE, PREFIX, Bound, Key, key_of, key_text
from service.errors import GrantError, KeyRefused, NoSuchKey
from service.single_flight import SingleFlight

ID_HEX_DIGITS: Final = 16
SECRET_BITS: Final = 256
USE_NOTED_SECONDS: Final = 60
"""A key's last use is written at most once in this many seconds."""

_KEY: Final = re.compile(rf"{PREFIX}_([0-9a-f]{{{ID_HEX_DIGITS}}})_([A-Za-z0-9_-]{{43}})")
_CACHED_KEYS_MAX: Final = 10_000

_FIND: Final = """
select id, secret_hash, role, cohorts, organisation, sources, types, expires_at, name, last_used_at,
    (select coalesce(array_agg(distinct prefix), '{}') from keys other, unnest(other.sources) prefix
        where other.id <> keys.id and other.revoked_at is null) as reserved
from keys where id = $1 and revoked_at is null
"""
_RESERVED: Final = """
select distinct prefix from keys, unnest(sources) prefix where revoked_at is null order by prefix
"""
_CREATE: Final = """
insert into keys
    (id, secret_hash, role, cohorts, organisation, sources, expires_at, name, invitation_id, types)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
on conflict (id) do update set secret_hash = $2, role = $3, cohorts = $4, organisation = $5, sources = $6,
    expires_at = $7, name = $8, invitation_id = $9, types = $10, revoked_at = null
"""
# Nobody knows the secret of a hook's key, and nobody is to get one: it would let them read.
_IS_NO_HOOKS: Final = "not exists (select from hooks h where h.key_id = keys.id)"
_ROTATE: Final = f"""
update keys set secret_hash = $2 where id = $1 and revoked_at is null and {_IS_NO_HOOKS}
"""
_LIMIT: Final = """
update keys set types = $2 where id = $1 and revoked_at is null
    and organisation = $3 and sources = $4 and cohorts = $5
"""
NOTE_GRANT: Final = """
insert into grants (key_id, what, granted_by, role, cohorts, organisation, sources, types, expires_at, name)
select id, $2, $3, role, cohorts, organisation, sources, types, expires_at, name from keys where id = $1
"""
"""Records what was done with a key (created, rotated, limited, revoked, linked), by whom, and what the key allows."""

_VALID: Final = f"""
select id, secret_hash, role, cohorts, organisation from keys
where id = any($1) and revoked_at is null and (expires_at is null or expires_at > now()) and {_IS_NO_HOOKS}
"""
_REVOKE_INVITED: Final = """
update keys set revoked_at = now() where invitation_id = $1 and revoked_at is null returning id
"""


Connection: TypeAlias = "PoolConnectionProxy[asyncpg.Record]"

Memberships = Callable[[Collection[str]], Awaitable[Mapping[str, frozenset[str]]]]
"""Returns the cohorts that each organisation ever joined; organisations that do not exist are left out."""

_JOINED_ANOTHER: Final = OrganisationJoined.name
"""Recorded as `granted_by` when a key ends because its organisation joined another cohort."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """The result of looking up a key, as the cache holds it."""

    secret_hash: bytes
    sender: Principal
    bound: Bound | None
    expires: datetime | None
    name: str | None
    looked_up: float


class Keys:
    """The keys in the database, each cached for `cache_seconds` after it was looked up.

    A key that is bound to cohorts is ended when it is next used or listed, or when the connections that it holds open
    are next checked, after its organisation has joined another cohort.
    """

    def __init__(
        self,
        pool: "asyncpg.Pool[asyncpg.Record]",
        memberships: Memberships,
        *,
        cache_seconds: float,
    ) -> None:
        self._pool = pool
        self._memberships = memberships
        self._cache_seconds = cache_seconds
        self._cache: dict[str, _Kept] = {}
        self._looking = SingleFlight()
        self._reserved: tuple[float, tuple[str, ...]] | None = None

    async def create(
        self, grant: Grant, *, key_id: str | None = None, granted_by: str = "service"
    ) -> str:
        """Create a key and return it; the text returned is the only copy of its secret.

        If the id exists, that key gets the new secret and grant, and its old secret stops working. Raises GrantError if
        the key would end at once.
        """
        await self.check(grant)
        async with self._pool.acquire() as connection, connection.transaction():
            key = await self.insert(connection, grant, key_id=key_id, granted_by=granted_by)
        self._forget(_id(key))
        return key

    async def check(self, grant: Grant) -> None:
        """Return if a key with this grant would not end at once. Raises GrantError."""
        if grant.role is Role.ORGANISATION and grant.organisation is not None and grant.limits:
            joined = await self._memberships([grant.organisation])
            if not joined.get(grant.organisation, frozenset()) <= set(grant.limits):
                raise GrantError(
                    f"the key would end at once: {grant.organisation} has joined a cohort that the key does not name"
                )

    async def insert(
        self,
        connection: Connection,
        grant: Grant,
        *,
        key_id: str | None = None,
        secret: str | None = None,
        granted_by: str,
    ) -> str:
        """Create a key in the transaction of this connection and return it, as `create` does.

        Its secret is a new one, or a credential of `SECRET_BITS` that is given.
        """
        key_id = key_id or token_hex(ID_HEX_DIGITS // 2)
        secret = secret or new_credential(SECRET_BITS)
        await connection.execute(
            _CREATE,
            key_id,
            hashed(secret),
            grant.role.value,
            list(grant.limits),
            grant.organisation,
            list(grant.sources),
            grant.expires,
            grant.name,
            grant.invitation,
            list(grant.types),
        )
        await connection.execute(NOTE_GRANT, key_id, "created", granted_by)
        return key_text(key_id, secret)

    async def limit(
        self, connection: Connection, key_id: str, grant: Grant, *, granted_by: str
    ) -> None:
        """Limit a key to the types of a grant, in the transaction of this connection. Then call `forget`.

        Raises GrantError if the key has ended, or anything else of the grant is not what it was given.
        """
        limits = (list(grant.types), grant.organisation, list(grant.sources), list(grant.limits))
        if await connection.execute(_LIMIT, key_id, *limits) != "UPDATE 1":
            raise GrantError("the key is of another organisation, source or cohort, or has ended")
        await connection.execute(NOTE_GRANT, key_id, "limited", granted_by)

    async def revoke_invited(
        self, connection: Connection, invitation: str, *, granted_by: str
    ) -> Sequence[str]:
        """Revoke the keys that came from an invitation, in the transaction of this connection; return their ids.

        Call `forget` with them after the transaction.
        """
        rows = await connection.fetch(_REVOKE_INVITED, invitation)
        ids = [row["id"] for row in rows]
        for key_id in ids:
            await connection.execute(NOTE_GRANT, key_id, "revoked", granted_by)
        await _remove_what_is_kept(connection, ids)
        return ids

    def forget(self, key_ids: Collection[str]) -> None:
        """Look these keys up again when they are next used, because a transaction of the caller changed them."""
        for key_id in key_ids:
            self._forget(key_id)

    async def all(self) -> list[Key]:
        """Return every key that was ever created, oldest first."""
        return await self._listed(LIST_ALL, None)

    async def of(self, organisations: Collection[str], cohort: str) -> list[Key]:
        """Return the valid keys of the organisations and of the cohort's evaluators and guests, oldest first."""
        return [
            key
            for key in await self._listed(LIST_OF, list(organisations), cohort)
            if not key.revoked
        ]

    async def these(self, key_ids: Collection[str]) -> Mapping[str, Key]:
        """Return the keys with these ids, whether or not they have ended; ids of no key are left out."""
        return {key.id: key for key in await self._listed(LIST_THESE, list(key_ids))}

    async def find(self, key_id: str) -> Key | None:
        """Return the key with this id, whether or not it has ended; None if there never was one."""
        return next(iter(await self._listed(LIST_ALL, key_id)), None)

    async def _listed(self, statement: str, *values: Any) -> list[Key]:
        rows = await self._pool.fetch(statement, *values)
        if await self._end_bound([row for row in rows if row["revoked_at"] is None]):
            rows = await self._pool.fetch(statement, *values)
        return [key_of(row) for row in rows]

    async def rotate(self, key_id: str, *, granted_by: str) -> str:
        """Give the key a new secret and return the key; the old secret stops working.

        Raises NoSuchKey, also for the key of a hook.
        """
        secret = new_credential(SECRET_BITS)
        await self._change(
            key_id,
            "rotated",
            granted_by,
            _ROTATE,
            hashed(secret),
        )
        return key_text(key_id, secret)

    async def revoke(self, key_id: str, *, granted_by: str) -> None:
        """Revoke the key and remove its consumers and webhooks, or the hook that it was made for.

        Raises NoSuchKey if there is no such key or it has already ended.
        """
        await self._change(
            key_id,
            "revoked",
            granted_by,
            "update keys set revoked_at = now() where id = $1 and revoked_at is null",
        )

    async def _change(
        self, key_id: str, what: str, granted_by: str, statement: str, *values: Any
    ) -> None:
        if "\0" in key_id:
            raise NoSuchKey(key_id)
        async with self._pool.acquire() as connection, connection.transaction():
            if await connection.execute(statement, key_id, *values) != "UPDATE 1":
                raise NoSuchKey(key_id)
            await connection.execute(NOTE_GRANT, key_id, what, granted_by)
            if what == "revoked":
                await _remove_what_is_kept(connection, [key_id])
        self._forget(key_id)

    def _forget(self, key_id: str) -> None:
        self._cache.pop(key_id, None)
        self._looking.forget(key_id)
        self._reserved = None

    async def sender(self, key: str) -> Principal:
        """Return the principal of the key. Raises KeyRefused."""
        return (await self.access(key)).viewer

    async def access(self, key: str) -> Caller:
        """Return the caller with the key, and record that the key was used. Raises KeyRefused."""
        match = _KEY.fullmatch(key)
        if match is None:
            raise KeyRefused
        key_id, secret = match.groups()
        caller = await self.caller(key_id, hashed(secret))
        if caller is None:
            raise KeyRefused
        return caller

    async def caller(self, key_id: str, secret_hash: bytes) -> Caller | None:
        """Return the caller with the key whose secret has this hash, and record that the key was used.

        None if there is no such key, if it has been revoked or rotated, or if it has expired.
        """
        kept = self._cache.get(key_id)
        if kept is None or time.monotonic() - kept.looked_up > self._cache_seconds:
            # All connections that the key holds open look it up at the same time.
            kept = await self._looking.get(key_id, lambda: self._look_up(key_id, secret_hash))
        # Compare even if there is no such key, so that both cases take the same time.
        same = compare_digest(kept.secret_hash if kept else bytes(32), secret_hash)
        if kept is None or not same:
            return None
        caller = Caller(kept.sender, key_id, kept.secret_hash, kept.expires, kept.name)
        if caller.has_expired():
            return None
        if kept.bound is not None and await self._ended({key_id: kept.bound}):
            return None
        return caller

    async def present(self, key_id: str) -> Principal | None:
        """Return the principal of the key as it is now, not as it is cached; None if the key has ended.

        Rotating the key makes no difference, and this does not count as a use of it.
        """
        row = await self._pool.fetchrow(_FIND, key_id)
        if row is None or (
            row["expires_at"] is not None and row["expires_at"] <= datetime.now(UTC)
        ):
            return None
        bound = Bound.of(row)
        if bound is not None and await self._ended({key_id: bound}):
            return None
        return _principal(row, bound)

    async def _ended(self, bound: Mapping[str, Bound]) -> set[str]:
        """End the keys whose organisation joined another cohort, and return their ids."""
        if not bound:
            return set()
        joined = await self._memberships({one.organisation for one in bound.values()})
        ended = {
            key_id
            for key_id, one in bound.items()
            if not joined.get(one.organisation, frozenset()) <= one.cohorts
        }
        for key_id in sorted(ended):
            # Another process may have ended it already.
            with suppress(NoSuchKey):
                await self.revoke(key_id, granted_by=_JOINED_ANOTHER)
        return ended

    async def _end_bound(self, rows: Sequence[asyncpg.Record]) -> set[str]:
        bound = {row["id"]: one for row in rows if (one := Bound.of(row)) is not None}
        return await self._ended(bound)

    async def _look_up(self, key_id: str, secret_hash: bytes) -> _Kept | None:
        row = await self._pool.fetchrow(_FIND, key_id)
        if row is None:
            self._cache.pop(key_id, None)
            return None
        bound = Bound.of(row)
        sender = _principal(row, bound)
        kept = _Kept(
            row["secret_hash"], sender, bound, row["expires_at"], row["name"], time.monotonic()
        )
        if len(self._cache) >= _CACHED_KEYS_MAX:
            self._cache.clear()
        self._cache[key_id] = kept
        if compare_digest(kept.secret_hash, secret_hash):
            await self.note_use(key_id, row["last_used_at"])
        return kept

    async def note_use(self, key_id: str, last: datetime | None) -> None:
        """Keep when a key was used, unless its last use, `last`, was a moment ago."""
        if last is not None and datetime.now(UTC) - last < timedelta(seconds=USE_NOTED_SECONDS):
            return
        await self._pool.execute("update keys set last_used_at = now() where id = $1", key_id)

    async def reserved(self) -> tuple[str, ...]:
        """Return the prefixes of sources that keys are bound to, cached for `cache_seconds`."""
        if self._reserved is None or time.monotonic() - self._reserved[0] > self._cache_seconds:
            rows = await self._pool.fetch(_RESERVED)
            self._reserved = (time.monotonic(), tuple(row["prefix"] for row in rows))
        return self._reserved[1]

    async def secret_hashes(self, key_ids: Collection[str]) -> Mapping[str, bytes]:
        """Return the hash of the current secret of each key that has not ended. Keys of hooks have none to know."""
        rows = await self._pool.fetch(_VALID, list(key_ids))
        ended = await self._end_bound(rows)
        return {row["id"]: row["secret_hash"] for row in rows if row["id"] not in ended}


def _id(key: str) -> str:
    return key.split("_")[1]


def _principal(row: asyncpg.Record, bound: Bound | None) -> Principal:
    return Principal(
        id=row["id"],
        role=Role(row["role"]),
        cohorts=frozenset(row["cohorts"] if bound is None else ()),
        organisation=row["organisation"],
        sources=tuple(row["sources"]),
        reserved=tuple(row["reserved"]),
        types=frozenset(row["types"]),
    )


async def _remove_what_is_kept(connection: Connection, key_ids: Collection[str]) -> None:
    """Remove what only these keys can use: their consumers, their webhooks and their hooks."""
    for table in ("consumers", "webhooks", "hooks"):
        await connection.execute(f"delete from {table} where key_id = any($1)", list(key_ids))


__all__ = ["NOTE_GRANT", "Connection", "Grant", "Keys"]
