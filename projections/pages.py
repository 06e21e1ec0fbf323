"""The log in pages of steps, the next one being read while the one before it is written."""

import asyncio
from dataclasses import dataclass

from events.log import EventLog
from events.store.reading import Selection
from projections.fold import Undigested
from projections.histories import link
from projections.step import Step


@dataclass(frozen=True, slots=True)
class Page:
    """The next events of the log, up to the first that cannot be read; `events` is how many there were to read."""

    steps: list[Step]
    events: int
    undigested: Undigested | None


class Pages:
    """Gives the events after a position, at most `events_max`; behind a full page the next one is read ahead."""

    def __init__(self, log: EventLog, events_max: int) -> None:
        self.events_max = events_max
        self._log = log
        self._ahead: tuple[int, asyncio.Task[Page]] | None = None

    async def after(self, position: int) -> Page:
        """Return the next events after the position, none where there are no more."""
        page = await self._awaited(position)
        if page.events == self.events_max and page.undigested is None:
            last = page.steps[-1].position
            self._ahead = (last, asyncio.create_task(self._read(last), name="pages"))
        return page

    async def close(self) -> None:
        """Let go of what is being read ahead."""
        if self._ahead is not None:
            task = self._ahead[1]
            self._ahead = None
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _awaited(self, position: int) -> Page:
        ahead, self._ahead = self._ahead, None
        if ahead is None:
            return await self._read(position)
        begin, task = ahead
        # Whatever came of it: a page that somebody else's checkpoint made useless is read again.
        await asyncio.wait([task])
        if begin == position and task.exception() is None and (page := task.result()).events:
            return page
        return await self._read(position)

    async def _read(self, position: int) -> Page:
        events = await self._log.page(Selection(), after=position, limit=self.events_max)
        steps: list[Step] = []
        undigested = None
        for recorded in events:
            try:
                steps.append(Step.read(recorded, self._log.catalogue))
            except Exception as error:
                # Whatever it is: the read models end before this event.
                type_ = str(recorded.content.get("type"))
                undigested = Undigested(recorded.position, type_, error)
                break
        await link(self._log, steps)
        return Page(steps, len(events), undigested)
