"""The keys in a database, with the log: what the commands for keys, webhooks and hooks work with."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

import asyncpg

from events.log import EventLog
from events.store.connections import asyncpg_url
from events.store.timestamps import teach
from service.access.keys import Keys
from service.database import database
from service.privacy.persons import prepared
from service.secrets.installation import own_master_key
from service.settings import Settings

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Store:
    """The keys, the log, and connections to the database of both."""

    settings: Settings
    url: str
    pool: "asyncpg.Pool[asyncpg.Record]"
    log: EventLog
    keys: Keys

    async def master_key(self) -> bytes:
        """Return the database's master key; create it if there is none yet. Raises MasterKeyError."""
        async with prepared(self.url) as connection:
            return await own_master_key(connection, self.settings)


def done(settings: Settings, what: Callable[[Store], Awaitable[T]]) -> T:
    """Return the result of `what` with the database that the settings name."""

    async def on(url: str) -> T:
        async with prepared(url):
            pass
        async with (
            await EventLog.open(url) as log,
            asyncpg.create_pool(asyncpg_url(url), init=teach, min_size=0, max_size=1) as pool,
        ):
            keys = Keys(pool, log.memberships, cache_seconds=0)
            return await what(Store(settings, url, pool, log, keys))

    with database(settings) as (url, _):
        return asyncio.run(on(url))
