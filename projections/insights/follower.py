"""The follower that keeps the index and cache of figures at the head of the log, for the APIs of one process."""

import asyncio
import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import orjson
import structlog

from events.access.principal import Role
from events.lines.recorded import read_event
from events.log import EventLog, now_us
from events.store.connections import Unavailable
from events.vocabulary.catalogue import Catalogue
from projections.insights.cache.cache import AnswerCache
from projections.insights.perspective.viewer import FigureViewer

PAGE_EVENTS: Final = 1_000
INTERVAL_SECONDS: Final = 0.025
RETRY_SECONDS: Final = 1.0

_AHEAD: Final = (
    FigureViewer(Role.FACILITATOR),
    FigureViewer(Role.ADMIN),  # sees of a cohort what every key outside of it sees
    FigureViewer(Role.ANALYST),
    FigureViewer(Role.PUBLIC),
)

_log = structlog.get_logger(__name__)


class InsightsFollower:
    """Keeps a ledger of the log up to date, continuously with `run()` or only on request.

    The ledger is filled from the log, whose order and content alone determine the figures. So every process has the
    same figures, and an answer includes everything that was recorded before the request.
    """

    def __init__(
        self,
        log: EventLog,
        *,
        interval_seconds: float = INTERVAL_SECONDS,
        retry_seconds: float = RETRY_SECONDS,
    ) -> None:
        self.ledger = AnswerCache()
        self._log = log
        self._lock = asyncio.Lock()
        self._interval_seconds = interval_seconds
        self._retry_seconds = retry_seconds

    async def caught_up(self) -> AnswerCache:
        """Return the ledger with everything that has been recorded so far. Raises Unavailable."""
        async with self._lock:
            async for lines in self._log.lines(after=self.ledger.position, page_events=PAGE_EVENTS):
                take(self.ledger, lines, self._log.catalogue)
                # The first time there may be many events, so other tasks get their turn.
                await asyncio.sleep(0)
            return self.ledger

    async def run(self) -> None:
        """Follow the log until cancelled, also through outages of the database."""
        prepared = False
        while True:
            try:
                await self.caught_up()
                if not prepared:
                    await self._prepare()
                    prepared = True
                # Events that come at about the same time are taken in together. Requests do not wait for this.
                await asyncio.sleep(self._interval_seconds)
                await self._log.announcer.wait_beyond(self.ledger.position)
            except Unavailable as away:
                _log.info("insights wait", trouble=str(away))
                await asyncio.sleep(self._retry_seconds)
            except Exception as error:
                # After any other error, the events taken in are kept, and the rest is tried again.
                _log.warning("insights wait", trouble=type(error).__name__, exc_info=error)
                await asyncio.sleep(self._retry_seconds)

    async def _prepare(self) -> None:
        """Compute figures in advance for typical viewers, so that the first requests need not wait."""
        for viewer in _AHEAD:
            view = self.ledger.view(viewer, at_us=now_us())
            for _ in self.ledger.prepare(view):
                await asyncio.sleep(0)


def take(ledger: AnswerCache, lines: bytes, catalogue: Catalogue) -> None:
    """Let the ledger take in whole lines of the log."""
    with _nothing_collected():
        for line in lines.splitlines():
            ledger.take(read_event(orjson.loads(line), catalogue))


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """Pause the garbage collector, which would double the time to fill a ledger with objects that stay in use."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
