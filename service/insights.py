"""The insights' ledger in a process: filled when it starts, kept at the log's head, asked by the doors."""

import asyncio
from typing import Final

import structlog

from events.log import EventLog
from events.store.connections import Unavailable
from events.store.reading import Selection
from projections.insights.ledger import Ledger
from projections.step import Step

PAGE_EVENTS: Final = 500
RETRY_SECONDS: Final = 1.0

_log = structlog.get_logger(__name__)


class Insights:
    """Keeps a ledger of the log; use `run()`, or only ask.

    It is filled from the log itself, whose order and content alone decide the figures, so that every process has the
    same, and what was recorded before a question is in the answer.
    """

    def __init__(self, log: EventLog, *, retry_seconds: float = RETRY_SECONDS) -> None:
        self.ledger = Ledger()
        self._log = log
        self._lock = asyncio.Lock()
        self._retry_seconds = retry_seconds

    async def caught_up(self) -> Ledger:
        """Return the ledger with everything recorded by now. Raises Unavailable."""
        async with self._lock:
            while True:
                page = await self._log.page(
                    Selection(), after=self.ledger.position, limit=PAGE_EVENTS
                )
                for recorded in page:
                    self.ledger.take(Step.read(recorded, self._log.catalogue))
                if len(page) < PAGE_EVENTS:
                    return self.ledger
                # The first time, there may be many: others get their turn.
                await asyncio.sleep(0)

    async def run(self) -> None:
        """Follow the log until cancelled; the database may come and go."""
        while True:
            try:
                await self.caught_up()
                await self._log.announcer.wait_beyond(self.ledger.position)
            except Unavailable as away:
                _log.info("insights wait", trouble=str(away))
                await asyncio.sleep(self._retry_seconds)
