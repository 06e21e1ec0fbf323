"""Compares this process's clock, which stamps events, with the database's, which all processes share."""

import asyncio
import time
from collections.abc import Callable
from typing import Final

import asyncpg
import structlog

from events.store.connections import AWAY

_NOW: Final = "select extract(epoch from clock_timestamp())::float8"

_log = structlog.get_logger(__name__)


class Clock:
    """Compares the clocks every `every_seconds` while `run()` runs. `now` returns this clock's time in seconds.

    A difference of more than `seconds_max` is logged once: if a clock is ahead, the recorded time of all later events
    stays at the time that it stamped until the other clocks reach it.
    """

    def __init__(
        self,
        pool: "asyncpg.Pool[asyncpg.Record]",
        *,
        seconds_max: float,
        every_seconds: float,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._pool = pool
        self._seconds_max = seconds_max
        self._every_seconds = every_seconds
        self._now = now
        self._is_off = False
        self.ahead_seconds: float | None = None
        """How far this clock is ahead of the database's (negative: behind); None while unknown."""

    async def run(self) -> None:
        """Compare the clocks until cancelled; the database may be unavailable at times."""
        while True:
            try:
                await self.look()
            except (asyncpg.PostgresError, *AWAY):
                self.ahead_seconds = None
            await asyncio.sleep(self._every_seconds)

    async def look(self) -> None:
        """Compare the clocks once."""
        async with self._pool.acquire() as connection:
            self.ahead_seconds = ahead = await ahead_seconds(connection, self._now)
        if (is_off := abs(ahead) > self._seconds_max) != self._is_off:
            if is_off:
                _log.warning(
                    "this clock differs from the database's", ahead_seconds=round(ahead, 3)
                )
            else:
                _log.info("this clock agrees with the database's again")
        self._is_off = is_off


async def ahead_seconds(
    connection: asyncpg.Connection, now: Callable[[], float] = time.time
) -> float:
    """Return how far this clock is ahead of the database's, accurate to about half the time of the round trip."""
    before = now()
    there: float = await connection.fetchval(_NOW)
    return (before + now()) / 2 - there
