"""Pages of the log as steps. The next page is read while the runner writes the one before it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from events.lines.recorded import Recorded
from events.log import EventLog
from events.store.reading import Selection
from projections.folding.fold import Undigested
from projections.folding.histories import link
from projections.folding.step import Step

# The decoding of a piece blocks the event loop. Between pieces, the database can be sent its next statement.
PIECE_EVENTS: Final = 250


@dataclass(frozen=True, slots=True)
class LogPage:
    """The next events of the log, up to the first that cannot be read; `events` is how many the log had."""

    steps: list[Step]
    events: int
    undigested: Undigested | None


class LogPages:
    """Returns the events after a position, at most `events_max`. After a full page, the next one is read ahead."""

    def __init__(self, log: EventLog, events_max: int, *, piece_events: int = PIECE_EVENTS) -> None:
        self.events_max = events_max
        self._piece_events = piece_events
        self._log = log
        self._ahead: tuple[int, asyncio.Task[LogPage]] | None = None

    async def after(self, position: int) -> LogPage:
        """Return the next events after the position; the page is empty if there are no more."""
        page = await self._awaited(position)
        if page.events == self.events_max and page.undigested is None:
            last = page.steps[-1].position
            self._ahead = (last, asyncio.create_task(self._read(last), name="pages"))
        return page

    async def close(self) -> None:
        """Cancel the page that is being read ahead."""
        if self._ahead is not None:
            task = self._ahead[1]
            self._ahead = None
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _awaited(self, position: int) -> LogPage:
        if self._ahead is None:
            return await self._read(position)
        begin, task = self._ahead
        # Another process may have moved the checkpoint, so the page may not be needed. Its errors do not matter then.
        await asyncio.wait([task])
        self._ahead = None
        if begin == position and task.exception() is None and (page := task.result()).events:
            return page
        return await self._read(position)

    async def _read(self, position: int) -> LogPage:
        steps: list[Step] = []
        events = 0
        undigested = None
        while events < self.events_max and undigested is None:
            limit = min(self._piece_events, self.events_max - events)
            piece = await self._log.page(Selection(), after=position, limit=limit)
            events += len(piece)
            undigested = self._decode(piece, steps)
            if len(piece) < limit:
                break
            position = piece[-1].position
        await link(self._log, steps)
        return LogPage(steps, events, undigested)

    def _decode(self, piece: Sequence[Recorded], steps: list[Step]) -> Undigested | None:
        """Add the steps of these events; return the event that cannot be read, if any."""
        for recorded in piece:
            try:
                steps.append(Step.read(recorded, self._log.catalogue))
            except Exception as error:
                # After any error, the read models end before this event.
                type_ = str(recorded.content.get("type"))
                return Undigested(recorded.position, type_, error)
        return None
