"""A database as the source of a replay."""

import asyncio
from collections.abc import AsyncGenerator, Coroutine, Generator, Iterator
from concurrent.futures import Future
from typing import Any, Final, Self, TypeVar

from events.lines.recorded import Recorded
from events.log import PAGE_EVENTS, EventLog
from events.store.connections import Unavailable
from events.store.reading import Selection
from service.replay.errors import SourceLost
from service.replay.loop_thread import LoopThread
from service.replay.origin import EVERYTHING, LogMark, Origin
from service.replay.source import line_at

T = TypeVar("T")

_QUIET_SECONDS: Final = 1.0


class DatabaseSource:
    """The log in a database. It is read in a separate thread, so that iterators work even if an event loop is running.

    The next chunk is fetched while one is being used.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._loop = LoopThread("replay")
        try:
            self._log = self._run(EventLog.open(url))
        except BaseException:
            self._loop.end()
            raise

    def __reduce__(self) -> tuple[type[Self], tuple[str]]:
        return type(self), (self._url,)

    def head(self) -> int:
        """Return the position of the last event, 0 if there is none."""
        return self._run(self._log.head())

    def origin(self) -> Origin:
        """Return the log's identity; the viewer sees everything."""
        line = line_at(self, 1)
        return Origin(None if line is None else LogMark.of(line), EVERYTHING)

    def within(self, selection: Selection) -> Selection:
        """Return the selection unchanged."""
        return selection

    def has_all(self, through: int) -> bool:
        """Return whether the log reaches a position: it has no gaps."""
        return through <= self.head()

    def chunks(self, selection: Selection) -> Generator[bytes]:
        """Yield the lines of the selection so far."""
        yield from self._each(self._lines(selection))

    def follow(self, selection: Selection) -> Generator[bytes | int]:
        """Yield the lines of the selection so far, then each new one; a position if the end is reached for now."""
        yield from self._each(self._live(selection))

    def recorded(self, selection: Selection) -> Iterator[Recorded]:
        """Yield the events of the selection with their streams, which the database has."""
        yield from self._each(self._log.read(selection=selection))

    def close(self) -> None:
        """Close its connections."""
        self._run(self._log.close())
        self._loop.end()

    async def _lines(self, selection: Selection) -> AsyncGenerator[bytes, None]:
        if selection.is_everything:
            async for chunk in self._log.lines(after=selection.after, through=selection.through):
                yield chunk
            return
        after = selection.after
        while page := await self._log.page(selection, after=after, limit=PAGE_EVENTS):
            yield b"".join(recorded.line + b"\n" for recorded in page)
            after = page[-1].position

    async def _live(self, selection: Selection) -> AsyncGenerator[bytes | int, None]:
        position = selection.after
        while True:
            head = await self._log.head()
            if head > position:
                async for chunk in self._lines(selection.between(position, head)):
                    yield chunk
                position = head
            yield position
            try:
                async with asyncio.timeout(_QUIET_SECONDS):
                    await self._log.announcer.wait_beyond(position)
            except TimeoutError:
                continue

    def _each(self, items: AsyncGenerator[T, None]) -> Generator[T]:
        coming = self._loop.begin(_next(items))
        try:
            while (item := self._awaited(coming)) is not None:
                coming = self._loop.begin(_next(items))
                yield item
        finally:
            coming.cancel()
            self._run(_closed(items))

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._awaited(self._loop.begin(work))

    def _awaited(self, coming: Future[T]) -> T:
        try:
            return coming.result()
        except Unavailable as error:
            raise SourceLost(str(error)) from error


async def _next(items: AsyncGenerator[T, None]) -> T | None:
    return await anext(items, None)


async def _closed(items: AsyncGenerator[T, None]) -> None:
    """Close the generator once its last request has ended."""
    while True:
        try:
            await items.aclose()
            return
        except RuntimeError:
            await asyncio.sleep(0)
