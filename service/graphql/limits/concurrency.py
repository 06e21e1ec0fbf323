"""Turns: a fair limit for the number of statements that run at once, and for requests that compute."""

import asyncio
from collections import Counter, OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Turns:
    """Turns, of which at most `at_once` are taken at the same time, and at most `each_max` by the same asker.

    Askers are served in rotation, no matter how many turns each waits for. So a request of one asker does not wait for
    all earlier requests of another.
    """

    def __init__(self, at_once: int, each_max: int) -> None:
        self._free = at_once
        self._each_max = each_max
        self._taken: Counter[str] = Counter()
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    @asynccontextmanager
    async def taken(self, asker: str) -> AsyncIterator[None]:
        """Wait for a turn of this asker, and hold it while the body runs."""
        await self._take(asker)
        try:
            yield
        finally:
            self._give_back(asker)

    async def _take(self, asker: str) -> None:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(asker, deque()).append(turn)
        self._assign()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                # The turn was assigned at the moment of the cancellation.
                self._give_back(asker)
            else:
                self._leave(asker, turn)
            raise

    def _assign(self) -> None:
        """Assign free turns to the askers that are next."""
        while self._free:
            asker = next(
                (name for name in self._waiting if self._taken[name] < self._each_max), None
            )
            if asker is None:
                return
            turn = self._waiting[asker].popleft()
            self._waiting.move_to_end(asker)
            if not self._waiting[asker]:
                del self._waiting[asker]
            if not turn.cancelled():
                self._free -= 1
                self._taken[asker] += 1
                turn.set_result(None)

    def _give_back(self, asker: str) -> None:
        self._free += 1
        self._taken[asker] -= 1
        if not self._taken[asker]:
            del self._taken[asker]
        self._assign()

    def _leave(self, asker: str, turn: "asyncio.Future[None]") -> None:
        waiting = self._waiting.get(asker)
        if waiting is not None and turn in waiting:
            waiting.remove(turn)
            if not waiting:
                del self._waiting[asker]
