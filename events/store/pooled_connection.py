"""A connection of the pool for one question. `EventLog` opens one for each."""

import asyncio
from typing import Any

import asyncpg

from events.store.connections import (
    AWAY,
    CONFLICTS,
    CONNECT_SECONDS_MAX,
    LOST,
    GaveWay,
    Unavailable,
    described,
    trouble_in,
)


class PooledConnection:
    """A connection of the pool. Raises Unavailable, and GaveWay if a replica cancelled a statement."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]", url: str) -> None:
        self._acquired = pool.acquire(timeout=CONNECT_SECONDS_MAX)
        self._url = url
        self._connection: asyncpg.Connection | None = None

    async def __aenter__(self) -> asyncpg.Connection:
        try:
            self._connection = await self._acquired.__aenter__()
            return self._connection
        except (*AWAY, asyncpg.PostgresError) as error:
            raise Unavailable(
                f"the database at {described(self._url)} cannot be reached: {error}",
                trouble_in(error),
            ) from error

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: Any
    ) -> None:
        lost = error if isinstance(error, LOST) else None
        if isinstance(error, TimeoutError | asyncio.CancelledError) and self._connection:
            # The caller stopped waiting, so no one should wait until the connection is idle again.
            self._connection.terminate()
        try:
            await self._acquired.__aexit__(kind, error, trace)
        except LOST as found:
            # It failed in the middle of a statement and cannot be returned to the pool.
            lost = lost or found
        if isinstance(error, CONFLICTS):
            raise GaveWay(
                f"the database at {described(self._url)} cancelled the statement: {error}"
            ) from error
        if lost is not None:
            raise Unavailable(
                f"the connection to the database at {described(self._url)} was lost: {lost}"
            ) from lost
