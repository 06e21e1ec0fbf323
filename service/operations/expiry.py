"""Deletes from the service's own tables what has expired. `service.opening` says what that is."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import asyncpg
import structlog

from events.store.connections import AWAY

EVERY_SECONDS: Final = 600.0
"""How long what has expired remains in the database at most while a service runs."""

Expire = Callable[[], Awaitable[int]]
"""Deletes some of what has expired, and returns the number. It is 0 if nothing is left."""

_log = structlog.get_logger(__name__)


class Expiry:
    """Deletes everything that has expired, every `every_seconds` while `run()` runs.

    Each process on a database does so. `expire` is called for each table.
    """

    def __init__(self, expire: Sequence[Expire], *, every_seconds: float = EVERY_SECONDS) -> None:
        self._expire = expire
        self._every_seconds = every_seconds

    async def run(self) -> None:
        """Delete until cancelled. What cannot be deleted now, such as while the database is away, is deleted later."""
        while True:
            try:
                await self.look()
            except (asyncpg.PostgresError, *AWAY) as error:
                _log.warning("what has expired is deleted later", trouble=type(error).__name__)
            await asyncio.sleep(self._every_seconds)

    async def look(self) -> None:
        """Delete everything that has expired by now."""
        for some in self._expire:
            while await some():
                pass
