"""What subscriptions send: a frame is made once, for all who follow the same and are shown the same."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable
from contextlib import aclosing
from typing import Any, cast

import orjson
from graphql import Executor
from graphql.execution import execute_subscription_event
from strawberry.types import ExecutionResult

from service.graphql.errors import told
from service.graphql.slices import COMPUTING, Computing


class Frame:
    """A value that a subscription yields, with the answer that is sent for it.

    The first subscriber to ask has the answer executed and written; the others are sent the same bytes. With
    `repeats` false, it is not sent after one that says the same.
    """

    def __init__(self, value: Any, *, repeats: bool = True) -> None:
        self.repeats = repeats
        self._value = value
        self._answer: asyncio.Future[ExecutionResult] | None = None

    async def answer(self, executor: Executor[Any]) -> ExecutionResult:
        """Return the answer; its data is JSON already."""
        if self._answer is None:
            self._answer = asyncio.ensure_future(self._executed(executor))
        if not self._answer.done():
            # Whoever goes away takes nothing from the others.
            await asyncio.shield(self._answer)
        return self._answer.result()

    async def _executed(self, executor: Executor[Any]) -> ExecutionResult:
        computing: Computing = executor.schema.extensions[COMPUTING]
        async with computing.slice(executor.context_value.asker):
            found: Any = execute_subscription_event(executor.build_per_event_executor(self._value))
        result = await found if executor.is_awaitable(found) else found
        data = result.data and orjson.Fragment(orjson.dumps(result.data))
        errors = [told(error) for error in result.errors] if result.errors else None
        return ExecutionResult(cast(Any, data), errors)


async def answers(
    executor: Executor[Any], source: AsyncIterable[Frame]
) -> AsyncGenerator[ExecutionResult, None]:
    """Yield the answer of each frame of the source that has something to say."""
    sent: bytes | None = None
    async with aclosing(cast(AsyncGenerator[Frame, None], source)) as frames:
        async for frame in frames:
            answer = await frame.answer(executor)
            if not frame.repeats:
                says = _says(answer)
                if says == sent:
                    continue
                sent = says
            yield answer


def _says(answer: ExecutionResult) -> bytes:
    errors = [error.formatted for error in answer.errors or ()]
    return orjson.dumps([answer.data, errors])
