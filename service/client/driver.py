"""Performs the plans of the synchronous client."""

import time
from collections.abc import Generator, Iterator
from contextlib import closing
from typing import TypeVar, cast

import httpx

from service.client.connection import BROKEN, answer_of, is_left_open, lost, request_of
from service.client.plans.steps import Call, Found, Given, Pause, Read, Series, Step, Steps

T = TypeVar("T")


class Driver:
    """Performs plans with the connections of an httpx client."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http

    def result(self, plan: Steps[T]) -> T:
        """Return the result of a plan."""
        connection = _Connection(self._http)
        given: Given = None
        while True:
            try:
                step = plan.send(given)
            except StopIteration as end:
                return cast(T, end.value)
            given = connection.perform(step)

    def each(self, plan: Series[T]) -> Generator[T]:
        """Yield what a plan finds. Closing the generator closes the connection."""
        with closing(plan), closing(_Connection(self._http)) as connection:
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
                    given = connection.perform(step)


class _Connection:
    """Performs steps; holds the answer that is open."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http
        self._response: httpx.Response | None = None
        self._pieces: Iterator[bytes] | None = None

    def perform(self, step: Step) -> Given:
        """Perform a step and return what came of it."""
        try:
            match step:
                case Call():
                    return self._called(step)
                case Read():
                    return None if self._pieces is None else next(self._pieces, None)
                case Pause():
                    self.close()
                    time.sleep(step.seconds)
                    return None
        except BROKEN as error:
            self.close()
            return lost(self._http, error)

    def _called(self, call: Call) -> Given:
        self.close()
        response = self._http.send(request_of(self._http, call), stream=True)
        is_open = is_left_open(call, response)
        if is_open:
            self._response, self._pieces = response, response.iter_bytes()
        else:
            with closing(response):
                response.read()
        return answer_of(response, is_open=is_open)

    def close(self) -> None:
        """Close the answer that is open."""
        if self._response is not None:
            self._response.close()
        self._response = None
