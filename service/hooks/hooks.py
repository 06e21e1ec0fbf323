"""The hooks in the database. `howcanwe hooks` changes them, and `POST /hooks/{name}` reads them."""

from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from service.access.credential import hashed
from service.access.grant import Grant
from service.access.keys import Keys
from service.errors import GrantError, HookExists, NoSuchHook
from service.hooks.hook import Hook, new_secret
from service.hooks.tool import Tool
from service.secrets.sealing import Purpose, sealed, unsealed

Connection: TypeAlias = "PoolConnectionProxy[asyncpg.Record]"

_SELECT: Final = """
select hooks.*, keys.last_used_at from hooks join keys on keys.id = hooks.key_id
"""
# The key of a hook alone records under its sources.
_RECORDED: Final = """
select hooks.name, (
    select count(*) from events where source = any(keys.sources) and sender = hooks.key_id
) as events
from hooks join keys on keys.id = hooks.key_id
"""
_ADD: Final = """
insert into hooks (name, key_id, mapping, tool, secret_hash, sealed) values ($1, $2, $3, $4, $5, $6)
on conflict (name) do nothing
"""
_CHANGE: Final = "update hooks set mapping = $2, changed_at = now() where name = $1"
_ROTATE: Final = (
    "update hooks set secret_hash = $2, sealed = $3, changed_at = now() where name = $1"
)


_ANOTHER: Final = "remove it and add a new one"


class Hooks:
    """The hooks in the database, each with a key of its own, whose secret nobody knows."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]", keys: Keys, master_key: bytes) -> None:
        self._pool = pool
        self._keys = keys
        self._master_key = master_key

    async def add(
        self, name: str, mapping: str, tool: Tool, grant: Grant, *, granted_by: str
    ) -> str:
        """Add a hook with a key that has this grant; return the hook's secret, which is shown only now.

        Raises HookExists, and GrantError if the key would end at once.
        """
        await self._keys.check(grant)
        secret = new_secret()
        async with self._pool.acquire() as connection, connection.transaction():
            key = await self._keys.insert(connection, grant, granted_by=granted_by)
            # Nobody gets the key itself: it would also read.
            key_id = key.split("_")[1]
            kept = self._kept(name, tool, secret)
            if await connection.execute(_ADD, name, key_id, mapping, tool, *kept) != "INSERT 0 1":
                raise HookExists(name)
        return secret

    async def replace(
        self, name: str, mapping: str, tool: Tool, grant: Grant, *, granted_by: str
    ) -> None:
        """Replace a hook's mapping, and the types that its key is limited to. Its secret stays.

        Raises NoSuchHook, and GrantError if the tool or anything else that the key is limited to is another one.
        """
        async with self._pool.acquire() as connection, connection.transaction():
            hook = await self._locked(connection, name)
            if tool is not hook.tool:
                raise GrantError(f"the tool of the hook is {hook.tool}; {_ANOTHER}")
            await self._keys.limit(connection, hook.key_id, grant, granted_by=granted_by)
            await connection.execute(_CHANGE, name, mapping)
        self._keys.forget([hook.key_id])

    async def rotate(self, name: str) -> str:
        """Give a hook a new secret and return it; the old one stops working. Raises NoSuchHook."""
        secret = new_secret()
        async with self._pool.acquire() as connection, connection.transaction():
            hook = await self._locked(connection, name)
            await connection.execute(_ROTATE, name, *self._kept(name, hook.tool, secret))
        return secret

    async def remove(self, name: str, *, removed_by: str) -> None:
        """Remove a hook, and revoke its key. Raises NoSuchHook."""
        key_id = await self._pool.fetchval("select key_id from hooks where name = $1", name)
        if key_id is None:
            raise NoSuchHook(name)
        await self._keys.revoke(key_id, granted_by=removed_by)

    async def all(self) -> Sequence[Hook]:
        """Return the hooks, by name, without the secrets with which tools sign."""
        return [
            _read(row, None) for row in await self._pool.fetch(f"{_SELECT} order by hooks.name")
        ]

    async def recorded(self) -> Mapping[str, int]:
        """Return how many events each hook has recorded, by its name."""
        return {row["name"]: row["events"] for row in await self._pool.fetch(_RECORDED)}

    async def find(self, name: str) -> Hook | None:
        """Return the hook with this name, None if there is none. Raises SealedOtherwise."""
        if not name.isascii() or "\0" in name:
            return None
        row = await self._pool.fetchrow(f"{_SELECT} where hooks.name = $1", name)
        if row is None:
            return None
        kept = row["sealed"]
        return _read(
            row, None if kept is None else unsealed(self._master_key, Purpose.HOOK, name, kept)
        )

    async def _locked(self, connection: Connection, name: str) -> Hook:
        row = await connection.fetchrow(
            f"{_SELECT} where hooks.name = $1 for update of hooks", name
        )
        if row is None:
            raise NoSuchHook(name)
        return _read(row, None)

    def _kept(self, name: str, tool: Tool, secret: str) -> tuple[bytes | None, bytes | None]:
        """Return what is stored of a secret: its hash, or the encrypted secret itself if the tool signs with it."""
        if tool.signature is None:
            return hashed(secret), None
        return None, sealed(self._master_key, Purpose.HOOK, name, secret)


def _read(row: asyncpg.Record, signing: str | None) -> Hook:
    return Hook(
        row["name"],
        row["key_id"],
        row["mapping"],
        Tool(row["tool"]),
        row["secret_hash"],
        signing,
        row["created_at"],
        row["changed_at"],
        row["last_used_at"],
    )
