"""Ends open streams when their key is revoked or rotated, their session ends, or their key or token expires."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing, contextmanager, suppress
from typing import Final, TypeVar

import structlog

from events.store.connections import AWAY
from service.access.caller import Caller
from service.access.keys import Keys
from service.access.signing_in.sessions import Sessions
from service.error_origins import trace
from service.errors import AccessEnded

T = TypeVar("T")

EVERY_SECONDS_MIN: Final = 0.05

_log = structlog.get_logger(__name__)


class Revocations:
    """Monitors the callers that have a stream open.

    All of them are looked up together every `every_seconds`, so that a key that another process or command revoked,
    or a session that was ended elsewhere, is noticed too; `look` looks them up at once.
    """

    def __init__(self, keys: Keys, sessions: Sessions, *, every_seconds: float) -> None:
        self._keys = keys
        self._sessions = sessions
        self._every_seconds = max(every_seconds, EVERY_SECONDS_MIN)
        self._open: dict[asyncio.Event, Caller] = {}
        self._looking: asyncio.Task[None] | None = None
        self._renewing: asyncio.Task[None] | None = None
        self._at_once = asyncio.Event()

    def look(self) -> None:
        """Look up the callers now: a key has changed, or a session has ended."""
        self._at_once.set()

    @contextmanager
    def monitored(self, access: Caller) -> Iterator[asyncio.Event]:
        """Yield an event that is set when the caller's key, token or session ends. Enter it while a stream is open."""
        ended = asyncio.Event()
        self._open[ended] = access
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look_repeatedly(), name="revocations")
        try:
            yield ended
        finally:
            del self._open[ended]
            if not self._open and self._looking is not None:
                self._looking.cancel()
                self._looking = None

    async def held(self, access: Caller, items: AsyncGenerator[T, None]) -> AsyncIterator[T]:
        """Yield the items until the caller's key, token or session ends, even while the next item is awaited."""
        with self.monitored(access) as ended:
            async with aclosing(until(ended, items)) as held:
                async for item in held:
                    yield item

    async def whole(
        self, access: Caller, items: AsyncGenerator[T, None]
    ) -> AsyncGenerator[T, None]:
        """Yield all of the items. Raises AccessEnded if the caller's key, token or session ends before the last one.

        It is for answers that have an end of their own: one that was cut off must not look whole.
        """
        with self.monitored(access) as ended:
            async with aclosing(until(ended, items)) as held:
                async for item in held:
                    yield item
            if ended.is_set():
                raise AccessEnded

    async def _look_repeatedly(self) -> None:
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
                # The loop survives every error (drivers raise many kinds when their server dies): nobody can revoke a
                # key while the database is unavailable, but somebody may afterwards.
                if type(error) is not trouble:
                    away = isinstance(error, AWAY)
                    details = {"trouble": type(error).__name__} if away else {"trace": trace(error)}
                    _log.warning("the callers of open streams could not be looked up", **details)
                trouble = type(error)

    async def _look(self) -> None:
        callers = dict(self._open)
        ids = {access.key_id for access in callers.values() if access.key_id is not None}
        sessions = {access.session for access in callers.values() if access.session is not None}
        for ended, access in callers.items():
            # The end of a session may have been put off.
            if access.session is None and access.has_expired():
                ended.set()
        current = await self._keys.secret_hashes(ids) if ids else {}
        for ended, access in callers.items():
            if access.key_id is not None and current.get(access.key_id) != access.secret_hash:
                ended.set()
        unended = await self._sessions.open(sessions) if sessions else set()
        for ended, access in callers.items():
            if access.session is not None and access.session not in unended:
                ended.set()
        if unended and (self._renewing is None or self._renewing.done()):
            # The OpenID provider may be slow, and nobody else should wait for it.
            self._renewing = asyncio.create_task(self._renew(unended), name="renewals")

    async def _renew(self, sessions: set[bytes]) -> None:
        try:
            await self._sessions.renew(sessions)
        except Exception as error:
            # As above: it is tried again at the next look.
            _log.warning("the sessions of open streams could not be renewed", trace=trace(error))


async def until(ended: asyncio.Event, items: AsyncGenerator[T, None]) -> AsyncGenerator[T, None]:
    """Yield the items until the event is set, even while the next item is awaited."""
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
        # Do not await these: the caller may be unable to wait. Cancelling closes the items too.
        ending.cancel()
        if coming is not None:
            coming.cancel()


async def _next(items: AsyncIterator[T]) -> tuple[T] | None:
    """Return the next item, or None at the end: asyncio would log an exception of a future that nobody reads."""
    try:
        return (await anext(items),)
    except StopAsyncIteration:
        return None
