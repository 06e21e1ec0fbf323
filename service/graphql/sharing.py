"""Sharing what many ask at the same moment: the first asks, all get the answer."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Any, Final

KEPT_SECONDS: Final = 0.1


class Sharing:
    """Answers under way, and those that came a moment ago: no answer is older than `KEPT_SECONDS`."""

    def __init__(self) -> None:
        self._answers: dict[Hashable, asyncio.Future[Any]] = {}

    async def get(self, key: Hashable, ask: Callable[[], Awaitable[Any]]) -> Any:
        """Return the answer to what the key stands for; raises what asking raised."""
        answer = self._answers.get(key)
        if answer is None:
            answer = self._answers[key] = asyncio.ensure_future(ask())
            answer.add_done_callback(lambda _: self._forget_soon(key))
        # Whoever goes away takes nothing from the others.
        return await asyncio.shield(answer)

    def _forget_soon(self, key: Hashable) -> None:
        asyncio.get_running_loop().call_later(KEPT_SECONDS, self._answers.pop, key, None)
