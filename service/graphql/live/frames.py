"""Frames: the answers that subscriptions send. Subscribers that get the same data share a frame (`live.feeds`)."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterable, Awaitable
from contextlib import aclosing
from typing import Any, cast

import orjson
from graphql import execution
from graphql.execution import Executor, execute_subscription_event
from strawberry.types import ExecutionResult

from service.graphql.errors import client_error


class Frame:
    """A value that a subscription yields, with the answer that is sent for it.

    The answer is executed and written for the first subscriber, and the others get the same bytes. If `repeats` is
    false, the frame is not sent after one with the same answer.
    """

    def __init__(self, value: Any, *, repeats: bool = True) -> None:
        self.repeats = repeats
        self._value = value
        self._answer: ExecutionResult | asyncio.Future[ExecutionResult] | None = None

    async def answer(self, executor: Executor[Any]) -> ExecutionResult:
        """Return the answer. Its data is JSON already."""
        if self._answer is None:
            found: Any = execute_subscription_event(executor.build_per_event_executor(self._value))
            if executor.is_awaitable(found):
                self._answer = asyncio.ensure_future(_awaited(found))
            else:
                self._answer = _written(found)
        if isinstance(self._answer, ExecutionResult):
            return self._answer
        # Cancelling one subscriber does not cancel the shared answer.
        return await asyncio.shield(self._answer)


async def _awaited(found: Awaitable[execution.ExecutionResult]) -> ExecutionResult:
    return _written(await found)


def _written(result: execution.ExecutionResult) -> ExecutionResult:
    data: Any = result.data and orjson.Fragment(orjson.dumps(result.data))
    errors = [client_error(error) for error in result.errors] if result.errors else None
    return ExecutionResult(data, errors)


async def answers(
    executor: Executor[Any], source: AsyncIterable[Frame]
) -> AsyncGenerator[ExecutionResult, None]:
    """Yield the answer of each frame of the source, without repetitions that are not wanted."""
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
