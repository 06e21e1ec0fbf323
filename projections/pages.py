"""The log in pages, the next one being read while the one before it is folded."""

import asyncio
from collections.abc import Sequence

from events.log import EventLog
from events.recorded import Recorded
from events.store.reading import Selection


class Pages:
    """Gives the events after a position, at most `events_max`; behind a full page the next one is read ahead."""

    def __init__(self, log: EventLog, events_max: int) -> None:
        self.events_max = events_max
        self._log = log
        self._ahead: tuple[int, asyncio.Task[list[Recorded]]] | None = None

    async def after(self, position: int) -> Sequence[Recorded]:
        """Return the next events after the position, none where there are no more."""
        page = await self._awaited(position)
        if len(page) == self.events_max:
            last = page[-1].position
            self._ahead = (last, asyncio.create_task(self._read(last), name="pages"))
        return page

    async def close(self) -> None:
        """Let go of what is being read ahead."""
        if self._ahead is not None:
            task = self._ahead[1]
            self._ahead = None
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _awaited(self, position: int) -> list[Recorded]:
        ahead, self._ahead = self._ahead, None
        if ahead is None:
            return await self._read(position)
        begin, task = ahead
        # Whatever came of it: a page that somebody else's checkpoint made useless is read again.
        await asyncio.wait([task])
        if begin == position and task.exception() is None and (page := task.result()):
            return page
        return await self._read(position)

    async def _read(self, position: int) -> list[Recorded]:
        return await self._log.page(Selection(), after=position, limit=self.events_max)
