"""The insights' ledger in a process: filled when it starts, kept at the log's head, asked by the doors."""

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
    FigureViewer(Role.ADMIN),  # sees of a cohort what all see who have a key and no part in it
    FigureViewer(Role.ANALYST),
    FigureViewer(Role.PUBLIC),
)

_log = structlog.get_logger(__name__)


class InsightsFollower:
    """Keeps a ledger of the log; use `run()`, or only ask.

    It is filled from the log itself, whose order and content alone decide the figures, so that every process has the
    same, and what was recorded before a question is in the answer.
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
        """Return the ledger with everything recorded by now. Raises Unavailable."""
        async with self._lock:
            async for lines in self._log.lines(after=self.ledger.position, page_events=PAGE_EVENTS):
                take(self.ledger, lines, self._log.catalogue)
                # The first time, there may be many: others get their turn.
                await asyncio.sleep(0)
            return self.ledger

    async def run(self) -> None:
        """Follow the log until cancelled; the database may come and go."""
        prepared = False
        while True:
            try:
                await self.caught_up()
                if not prepared:
                    await self._prepare()
                    prepared = True
                # What comes at about the same time is taken together; whoever asks does not wait for it.
                await asyncio.sleep(self._interval_seconds)
                await self._log.announcer.wait_beyond(self.ledger.position)
            except Unavailable as away:
                _log.info("insights wait", trouble=str(away))
                await asyncio.sleep(self._retry_seconds)
            except Exception as error:
                # Whatever it is, what was taken in stays, and the rest is tried again.
                _log.warning("insights wait", trouble=type(error).__name__, exc_info=error)
                await asyncio.sleep(self._retry_seconds)

    async def _prepare(self) -> None:
        """Compute figures ahead, so that the first who ask need not wait: most see what one of these sees."""
        for viewer in _AHEAD:
            view = self.ledger.view(viewer, at_us=now_us())
            for _ in self.ledger.prepare(view):
                await asyncio.sleep(0)


def take(ledger: AnswerCache, lines: bytes, catalogue: Catalogue) -> None:
    """Let the ledger have whole lines of the log."""
    with _nothing_collected():
        for line in lines.splitlines():
            ledger.take(read_event(orjson.loads(line), catalogue))


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """Keep the garbage collector away from what is made to stay: it would double the time to fill a ledger."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
