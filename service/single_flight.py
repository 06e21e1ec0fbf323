"""Sharing what many ask at the same moment: the first asks, all get the answer."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Any


class SingleFlight:
    """Answers under way: whoever asks the same meanwhile gets the same answer. None is kept once it is there."""

    def __init__(self) -> None:
        self._answers: dict[Hashable, asyncio.Future[Any]] = {}

    async def get(self, key: Hashable, ask: Callable[[], Awaitable[Any]]) -> Any:
        """Return the answer to what the key stands for; raises what asking raised."""
        answer = self._answers.get(key)
        if answer is None:
            answer = self._answers[key] = asyncio.ensure_future(ask())
            answer.add_done_callback(lambda done: self._answered(key, done))
        # Whoever goes away takes nothing from the others.
        return await asyncio.shield(answer)

    def forget(self, key: Hashable) -> None:
        """Let nobody else have the answer that is under way, if one is."""
        self._answers.pop(key, None)

    def _answered(self, key: Hashable, answer: asyncio.Future[Any]) -> None:
        if self._answers.get(key) is answer:
            del self._answers[key]
