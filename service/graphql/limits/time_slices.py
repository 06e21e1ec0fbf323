"""Slices of time in which answers are computed, so that other requests get their turn and a timeout can take effect.

The executor (`schema.Execution`) and the figures (`insights.figures`) use them.
"""

from asyncio import CancelledError, sleep
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from time import monotonic
from typing import Any, Final

from graphql.pyutils import gather_with_cancel

from service.graphql.limits.concurrency import Turns

SLICE_SECONDS: Final = 0.01

COMPUTING: Final = "computing"
"""The extension of the schema that has the process's `Computing`."""


class Computing:
    """Lets one request compute at a time, in turns, for at most `SLICE_SECONDS` per iteration of the event loop."""

    def __init__(self) -> None:
        self._turns = Turns(1, 1)
        self._until = 0.0

    @property
    def is_over(self) -> bool:
        """Whether this slice is over, so that the rest of the work must wait for another one."""
        return monotonic() > self._until

    @asynccontextmanager
    async def slice(self, asker: str) -> AsyncIterator[None]:
        """Wait for a turn of this asker. The body must not await anything."""
        async with self._turns.taken(asker):
            if self.is_over:
                await sleep(0)
                self._until = monotonic() + SLICE_SECONDS
            yield


class SlicedAnswers:
    """A mixin for graphql-core's executor that completes the items of lists in slices."""

    schema: Any
    context_value: Any
    is_awaitable: Any
    complete_list_item_value: Callable[..., bool]
    complete_awaitable_list_item_value: Callable[..., Any]
    settle_in_background: Callable[[list[Any]], None]

    _has_ended = False

    def complete_iterable_value(
        self,
        item_type: Any,
        field_details_list: list[Any],
        info: Any,
        path: Any,
        items: Iterable[Any],
        position_context: Any,
    ) -> Any:
        """Return the completed items, or an awaitable for them if they take longer than the rest of this slice."""
        completed: list[Any] = []
        awaited: list[int] = []
        left = enumerate(items)

        def complete(index: int, item: Any) -> None:
            place = path.add_key(index, None)
            if self.is_awaitable(item):
                awaited.append(index)
                completed.append(
                    self.complete_awaitable_list_item_value(
                        item, item_type, field_details_list, info, place, position_context
                    )
                )
            elif self.complete_list_item_value(
                item, completed, item_type, field_details_list, info, place, position_context
            ):
                awaited.append(index)

        def complete_some() -> bool:
            """Complete items until the slice is over. Return whether there may be more."""
            try:
                return self._complete(left, complete)
            except Exception:
                self.settle_in_background([completed[index] for index in awaited])
                raise

        if complete_some():
            return self._rest(complete_some, completed, awaited)
        return self._gathered(completed, awaited) if awaited else completed

    def _complete(
        self, left: Iterator[tuple[int, Any]], complete: Callable[[int, Any], None]
    ) -> bool:
        computing: Computing = self.schema.extensions[COMPUTING]
        while not computing.is_over:
            following = next(left, None)
            if following is None:
                return False
            complete(*following)
        return True

    async def _rest(
        self, complete_some: Callable[[], bool], completed: list[Any], awaited: list[int]
    ) -> list[Any]:
        computing: Computing = self.schema.extensions[COMPUTING]
        is_more = True
        try:
            while is_more:
                async with computing.slice(self.context_value.asker):
                    if self._has_ended:
                        raise CancelledError
                    is_more = complete_some()
        except CancelledError:
            # The awaitables of the other items must be finished, which this makes them do at once.
            self._has_ended = True
            self.settle_in_background([completed[index] for index in awaited])
            raise
        return await self._gathered(completed, awaited)

    async def _gathered(self, completed: list[Any], awaited: list[int]) -> list[Any]:
        found: list[Awaitable[Any]] = [completed[index] for index in awaited]
        for index, value in zip(awaited, await gather_with_cancel(*found), strict=True):
            completed[index] = value
        return completed
