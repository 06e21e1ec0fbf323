"""Named consumers: the last position that each of a key's named replays has read, and the hash of its line."""

from dataclasses import dataclass

import asyncpg

from service.errors import KeyRefused, TooManyConsumers


@dataclass(frozen=True, slots=True)
class Consumer:
    """A named consumer: its last position, and the hash of the line there."""

    name: str
    position: int
    hash: str


class Consumers:
    """The consumers in the database; each key has its own."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]", *, consumers_max: int) -> None:
        self._pool = pool
        self._consumers_max = consumers_max

    async def all(self, key_id: str) -> list[Consumer]:
        """Return the key's consumers, by name."""
        rows = await self._pool.fetch(
            "select name, position, hash from consumers where key_id = $1 order by name", key_id
        )
        return [Consumer(**row) for row in rows]

    async def find(self, key_id: str, name: str) -> Consumer | None:
        """Return the key's consumer with this name, or None."""
        row = await self._pool.fetchrow(
            "select name, position, hash from consumers where key_id = $1 and name = $2",
            key_id,
            name,
        )
        return None if row is None else Consumer(**row)

    async def remove(self, key_id: str, name: str) -> bool:
        """Remove the key's consumer with this name; return whether there was one."""
        removed = await self._pool.fetchval(
            "delete from consumers where key_id = $1 and name = $2 returning true", key_id, name
        )
        return removed is not None

    async def keep(self, key_id: str, consumer: Consumer) -> bool:
        """Store the consumer's position; return whether the consumer is new. Raises TooManyConsumers, KeyRefused."""
        async with self._pool.acquire() as connection, connection.transaction():
            # Serialise the requests of a key, so that the limit holds.
            await connection.execute(
                "select pg_advisory_xact_lock(hashtextextended('consumers of ' || $1, 0))", key_id
            )
            # A revoked key may still be cached; do not store a consumer that nobody could remove.
            if await connection.fetchval(
                "select revoked_at from keys where id = $1 for share", key_id
            ):
                raise KeyRefused
            updated = await connection.fetchval(
                "update consumers set position = $3, hash = $4, kept_at = now()"
                " where key_id = $1 and name = $2 returning true",
                key_id,
                consumer.name,
                consumer.position,
                consumer.hash,
            )
            if updated:
                return False
            count = await connection.fetchval(
                "select count(*) from consumers where key_id = $1", key_id
            )
            if count >= self._consumers_max:
                raise TooManyConsumers(
                    f"the key already has {count} consumers, and may have at most {self._consumers_max}"
                )
            await connection.execute(
                "insert into consumers (key_id, name, position, hash) values ($1, $2, $3, $4)",
                key_id,
                consumer.name,
                consumer.position,
                consumer.hash,
            )
            return True
