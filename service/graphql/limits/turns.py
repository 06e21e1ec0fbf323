"""Taking turns: how many statements run at once, and who is next."""

import asyncio
from collections import Counter, OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Turns:
    """At most `at_once` turns are taken at the same time, `each_max` of them by one asker.

    After an asker has had a turn, each other asker who waits has one first, however many turns each waits for. So a
    request of one asker does not wait for all the earlier requests of another.
    """

    def __init__(self, at_once: int, each_max: int) -> None:
        self._free = at_once
        self._each_max = each_max
        self._taken: Counter[str] = Counter()
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    @asynccontextmanager
    async def taken(self, asker: str) -> AsyncIterator[None]:
        """Wait for a turn of this asker, and hold it inside."""
        await self._take(asker)
        try:
            yield
        finally:
            self._give_back(asker)

    async def _take(self, asker: str) -> None:
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(asker, deque()).append(turn)
        self._go_on()
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                # It was given at the moment at which nobody waited for it any more.
                self._give_back(asker)
            else:
                self._leave(asker, turn)
            raise

    def _go_on(self) -> None:
        """Give free turns to those who are next."""
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
        self._go_on()

    def _leave(self, asker: str, turn: "asyncio.Future[None]") -> None:
        waiting = self._waiting.get(asker)
        if waiting is not None and turn in waiting:
            waiting.remove(turn)
            if not waiting:
                del self._waiting[asker]
