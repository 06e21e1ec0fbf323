"""Performs the plans of the asynchronous client."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, closing
from typing import TypeVar, cast

import anyio
import httpx

from service.client.connection import BROKEN, answer_of, is_left_open, lost, request_of
from service.client.plans.steps import Call, Found, Given, Pause, Read, Series, Step, Steps

T = TypeVar("T")


class AsyncDriver:
    """Performs plans with the connections of an asynchronous httpx client."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def result(self, plan: Steps[T]) -> T:
        """Return the result of a plan."""
        connection = _Connection(self._http)
        given: Given = None
        while True:
            try:
                step = plan.send(given)
            except StopIteration as end:
                return cast(T, end.value)
            given = await connection.perform(step)

    async def each(self, plan: Series[T]) -> AsyncGenerator[T, None]:
        """Yield what a plan finds. Closing the generator closes the connection."""
        with closing(plan):
            async with aclosing(_Connection(self._http)) as connection:
                given: Given = None
                while True:
                    try:
                        step = plan.send(given)
                    except StopIteration:
                        return
                    if isinstance(step, Found):
                        yield step.value
                        given = None
                    else:
                        given = await connection.perform(step)


class _Connection:
    """Performs steps; holds the answer that is open."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http
        self._response: httpx.Response | None = None
        self._pieces: AsyncIterator[bytes] | None = None

    async def perform(self, step: Step) -> Given:
        """Perform a step and return what came of it."""
        try:
            match step:
                case Call():
                    return await self._called(step)
                case Read():
                    return None if self._pieces is None else await anext(self._pieces, None)
                case Pause():
                    await self.aclose()
                    await anyio.sleep(step.seconds)
                    return None
        except BROKEN as error:
            await self.aclose()
            return lost(self._http, error)

    async def _called(self, call: Call) -> Given:
        await self.aclose()
        response = await self._http.send(request_of(self._http, call), stream=True)
        is_open = is_left_open(call, response)
        if is_open:
            self._response, self._pieces = response, response.aiter_bytes()
        else:
            async with aclosing(response):
                await response.aread()
        return answer_of(response, is_open=is_open)

    async def aclose(self) -> None:
        """Close the answer that is open."""
        if self._response is not None:
            await self._response.aclose()
        self._response = None
