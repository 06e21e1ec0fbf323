"""Single flight: concurrent requests for the same thing share one answer."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Any


class SingleFlight:
    """Requests in progress: a further request with the same key gets the same answer. Answers are not cached."""

    def __init__(self) -> None:
        self._answers: dict[Hashable, asyncio.Future[Any]] = {}

    async def get(self, key: Hashable, ask: Callable[[], Awaitable[Any]]) -> Any:
        """Return the answer for the key, from `ask` or a request in progress. Raises what `ask` raises."""
        answer = self._answers.get(key)
        if answer is None:
            answer = self._answers[key] = asyncio.ensure_future(ask())
            answer.add_done_callback(lambda done: self._answered(key, done))
        # Cancelling one waiter does not cancel the shared request.
        return await asyncio.shield(answer)

    def forget(self, key: Hashable) -> None:
        """Do not share the request in progress with later callers."""
        self._answers.pop(key, None)

    def _answered(self, key: Hashable, answer: asyncio.Future[Any]) -> None:
        if self._answers.get(key) is answer:
            del self._answers[key]
