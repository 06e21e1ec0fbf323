"""The webhooks in the database. HTTP and the command `howcanwe webhooks` change them; the deliverer reads them."""

from base64 import b64encode
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from secrets import token_bytes, token_hex
from typing import Any, Final, TypeAlias

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from service.errors import KeyRefused, NoSuchWebhook, TooManyWebhooks
from service.secrets.sealing import Purpose, sealed, unsealed
from service.webhooks.webhook import Form, Secret, Wanted, Webhook

SECRET_BYTES: Final = 32
SECRET_PREFIX: Final = "whsec_"

Connection: TypeAlias = "PoolConnectionProxy[asyncpg.Record]"

IS_VALID: Final = """
exists (
    select from keys k where k.id = w.key_id and k.revoked_at is null
        and (k.expires_at is null or k.expires_at > now())
)
"""
"""The condition on a webhook `w` that its key has not ended."""

SELECT: Final = f"select w.*, {IS_VALID} as has_key from webhooks w"

_CREATE: Final = """
insert into webhooks (id, key_id, sealed, format, types, streams, cohorts, position)
values ($1, $2, $3, $4, $5, $6, $7, $8)
"""
# What is changed is tried at once; a parked one stays parked until it is started again.
_CHANGE: Final = """
update webhooks set sealed = $2, format = $3, types = $4, streams = $5, cohorts = $6, next_attempt_at = null,
    generation = generation + 1
where id = $1
"""
_RESTART: Final = """
update webhooks set position = coalesce($2, position), failures = 0, failing_since = null, next_attempt_at = null,
    parked_at = null, generation = generation + 1
where id = $1
"""


class Webhooks:
    """The webhooks in the database, at most `webhooks_max` of each key.

    The methods that take a `key_id` only find the webhooks of that key; None finds those of every key, as operators do.
    """

    def __init__(
        self,
        pool: "asyncpg.Pool[asyncpg.Record]",
        master_key: bytes,
        *,
        webhooks_max: int,
        overlap: timedelta,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._pool = pool
        self._master_key = master_key
        self._webhooks_max = webhooks_max
        self._overlap = overlap
        self._now = now

    async def create(self, key_id: str, wanted: Wanted, *, after: int) -> tuple[str, str]:
        """Create a webhook that delivers what comes after a position; return its id and its secret.

        Raises KeyRefused if the key has ended, and TooManyWebhooks.
        """
        webhook_id, secret = token_hex(8), _new_secret()
        async with self._pool.acquire() as connection, connection.transaction():
            # Serialise the requests of a key, so that the limit holds.
            await connection.execute(
                "select pg_advisory_xact_lock(hashtextextended('webhooks of ' || $1, 0))", key_id
            )
            # A revoked key may still be cached; do not store a webhook that nobody could remove.
            if not await connection.fetchval(
                "select true from keys where id = $1 and revoked_at is null for share", key_id
            ):
                raise KeyRefused
            count = await connection.fetchval(
                "select count(*) from webhooks where key_id = $1", key_id
            )
            if count >= self._webhooks_max:
                raise TooManyWebhooks(self._webhooks_max)
            await connection.execute(
                _CREATE,
                webhook_id,
                key_id,
                self._sealed(webhook_id, wanted.url, [Secret(secret)]),
                *_columns(wanted),
                after,
            )
        return webhook_id, secret

    async def all(self, key_id: str | None) -> list[Webhook]:
        """Return the webhooks, oldest first."""
        rows = await self._pool.fetch(
            f"{SELECT} where $1::text is null or w.key_id = $1 order by w.created_at, w.id", key_id
        )
        return [self.read(row) for row in rows]

    async def find(self, key_id: str | None, webhook_id: str) -> Webhook:
        """Return the webhook. Raises NoSuchWebhook."""
        async with self._pool.acquire() as connection:
            return await self._found(connection, key_id, webhook_id)

    async def change(
        self, key_id: str | None, webhook_id: str, changed: Callable[[Wanted], Wanted]
    ) -> Webhook:
        """Change what the webhook delivers, and where. Raises NoSuchWebhook."""

        async def change(connection: Connection, webhook: Webhook) -> None:
            wanted = changed(webhook.wanted)
            content = self._sealed(webhook.id, wanted.url, webhook.secrets)
            await connection.execute(_CHANGE, webhook.id, content, *_columns(wanted))

        return await self._changed(key_id, webhook_id, change)

    async def rotate(self, key_id: str | None, webhook_id: str) -> str:
        """Give the webhook a new secret and return it; for some time, the one before signs, too.

        Raises NoSuchWebhook.
        """
        secret = _new_secret()

        async def rotate(connection: Connection, webhook: Webhook) -> None:
            rotated = webhook.rotated(secret, self._now(), self._overlap)
            await connection.execute(
                "update webhooks set sealed = $2, generation = generation + 1 where id = $1",
                webhook.id,
                self._sealed(webhook.id, webhook.wanted.url, rotated),
            )

        await self._changed(key_id, webhook_id, rotate)
        return secret

    async def replay(self, key_id: str | None, webhook_id: str, after: int | None) -> Webhook:
        """Deliver again what comes after a position, None for where it is; it is parked no longer.

        Raises NoSuchWebhook.
        """

        async def restart(connection: Connection, webhook: Webhook) -> None:
            await connection.execute(_RESTART, webhook.id, after)

        return await self._changed(key_id, webhook_id, restart)

    async def remove(self, key_id: str | None, webhook_id: str) -> None:
        """Remove the webhook. Raises NoSuchWebhook."""
        status = await self._pool.execute(
            "delete from webhooks where id = $1 and ($2::text is null or key_id = $2)",
            _id(webhook_id),
            key_id,
        )
        if status != "DELETE 1":
            raise NoSuchWebhook(webhook_id)

    def read(self, row: asyncpg.Record) -> Webhook:
        """Return the webhook of a row of `SELECT`. Raises SealedOtherwise."""
        content = unsealed(self._master_key, Purpose.WEBHOOK, row["id"], row["sealed"])
        return Webhook(
            row["id"],
            row["key_id"],
            Wanted(
                content["url"], row["types"], row["streams"], row["cohorts"], Form(row["format"])
            ),
            tuple(
                Secret(text, None if until is None else datetime.fromisoformat(until))
                for text, until in content["secrets"]
            ),
            row["created_at"],
            row["generation"],
            row["position"],
            row["failures"],
            row["failing_since"],
            row["next_attempt_at"],
            row["parked_at"],
            row["last_attempt_at"],
            row["last_status"],
            row["last_trouble"],
            row["has_key"],
        )

    async def _changed(
        self,
        key_id: str | None,
        webhook_id: str,
        change: Callable[[Connection, Webhook], Awaitable[None]],
    ) -> Webhook:
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(
                "select from webhooks where id = $1 for update", _id(webhook_id)
            )
            await change(connection, await self._found(connection, key_id, webhook_id))
            return await self._found(connection, key_id, webhook_id)

    async def _found(self, connection: Connection, key_id: str | None, webhook_id: str) -> Webhook:
        row = await connection.fetchrow(
            f"{SELECT} where w.id = $1 and ($2::text is null or w.key_id = $2)",
            _id(webhook_id),
            key_id,
        )
        if row is None:
            raise NoSuchWebhook(webhook_id)
        return self.read(row)

    def _sealed(self, webhook_id: str, url: str, secrets: Sequence[Secret]) -> bytes:
        content = {"url": url, "secrets": [[one.text, one.until] for one in secrets]}
        return sealed(self._master_key, Purpose.WEBHOOK, webhook_id, content)


def _new_secret() -> str:
    return SECRET_PREFIX + b64encode(token_bytes(SECRET_BYTES)).decode()


def _columns(wanted: Wanted) -> Sequence[Any]:
    return (wanted.form.value, list(wanted.types), list(wanted.streams), list(wanted.cohorts))


def _id(webhook_id: str) -> str:
    """Return the id. Raises NoSuchWebhook if the database could not hold it."""
    if not webhook_id.isascii() or "\0" in webhook_id:
        raise NoSuchWebhook(webhook_id)
    return webhook_id
