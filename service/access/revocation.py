"""What is open ends with the access it was opened by: a revoked or rotated key, an expired key or token."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing, contextmanager, suppress
from typing import Final, TypeVar

import structlog

from events.store.connections import AWAY
from service.access.keys import Keys
from service.access.session import Session
from service.traces import trace

T = TypeVar("T")

EVERY_SECONDS_MIN: Final = 0.05

_log = structlog.get_logger(__name__)


class RevocationWatch:
    """Watches over the accesses by which something is open, as long as it is.

    All of them are looked up together every `every_seconds`, so that a key that was revoked by another process or
    command counts too; `look` does so at once.
    """

    def __init__(self, keys: Keys, *, every_seconds: float) -> None:
        self._keys = keys
        self._every_seconds = max(every_seconds, EVERY_SECONDS_MIN)
        self._open: dict[asyncio.Event, Session] = {}
        self._looking: asyncio.Task[None] | None = None
        self._at_once = asyncio.Event()

    def look(self) -> None:
        """Look at once: a key has changed."""
        self._at_once.set()

    @contextmanager
    def watch(self, access: Session) -> Iterator[asyncio.Event]:
        """Give an event that is set when the access ends; to be waited for as long as something is open."""
        ended = asyncio.Event()
        self._open[ended] = access
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look_again_and_again(), name="watches")
        try:
            yield ended
        finally:
            del self._open[ended]
            if not self._open and self._looking is not None:
                self._looking.cancel()
                self._looking = None

    async def held(self, access: Session, items: AsyncGenerator[T, None]) -> AsyncIterator[T]:
        """Yield the items; end, whatever is being waited for, when the access does."""
        with self.watch(access) as ended:
            async with aclosing(until(ended, items)) as held:
                async for item in held:
                    yield item

    async def _look_again_and_again(self) -> None:
        trouble = None
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._every_seconds):
                    await self._at_once.wait()
            self._at_once.clear()
            try:
                await self._look()
                trouble = None
            except Exception as error:
                # Whatever it is (a driver whose server dies says many things), whoever looks goes on looking: while
                # the database is away nobody can have revoked anything, and afterwards somebody may.
                if type(error) is not trouble:
                    away = isinstance(error, AWAY)
                    told = {"trouble": type(error).__name__} if away else {"trace": trace(error)}
                    _log.warning("open accesses could not be looked up", **told)
                trouble = type(error)

    async def _look(self) -> None:
        watched = dict(self._open)
        ids = {access.key_id for access in watched.values() if access.key_id is not None}
        for ended, access in watched.items():
            if access.has_expired():
                ended.set()
        standing = await self._keys.standing(ids) if ids else {}
        for ended, access in watched.items():
            if access.key_id is not None and standing.get(access.key_id) != access.secret_hash:
                ended.set()


async def until(ended: asyncio.Event, items: AsyncGenerator[T, None]) -> AsyncGenerator[T, None]:
    """Yield the items; end, whatever is being waited for, when the event is set."""
    ending = asyncio.ensure_future(ended.wait())
    coming: asyncio.Future[tuple[T] | None] | None = None
    try:
        while True:
            coming = asyncio.ensure_future(_next(items))
            await asyncio.wait((coming, ending), return_when=asyncio.FIRST_COMPLETED)
            if ended.is_set() or (found := coming.result()) is None:
                return
            yield found[0]
    finally:
        # Not waited for: whoever ended this may not let it wait. What is cancelled closes the items, too.
        ending.cancel()
        if coming is not None:
            coming.cancel()


async def _next(items: AsyncIterator[T]) -> tuple[T] | None:
    """Return the next item; None at the end: an error in a future that is cancelled and never asked would be logged."""
    try:
        return (await anext(items),)
    except StopAsyncIteration:
        return None
