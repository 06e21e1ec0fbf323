"""Answers put together in slices: however long one is, others get their turn in between, and its time can run out."""

from asyncio import CancelledError, sleep
from collections.abc import Awaitable, Callable, Iterable, Iterator
from time import monotonic
from typing import Any, Final

from graphql.pyutils import gather_with_cancel

from service.graphql.turns import Turns

SLICE_SECONDS: Final = 0.01

COMPUTING: Final = "computing"
"""The schema's extension with the turns of those who compute: one at a time."""


class SlicedAnswers:
    """An executor, to be mixed into graphql-core's, that completes the items of lists for `SLICE_SECONDS` at a time."""

    schema: Any
    context_value: Any
    is_awaitable: Any
    complete_list_item_value: Callable[..., bool]
    complete_awaitable_list_item_value: Callable[..., Any]
    settle_in_background: Callable[[list[Any]], None]

    _until = 0.0
    _is_over = False

    def execute_operation(self, *arguments: Any, **named: Any) -> Any:
        """Return the operation's result."""
        self._until = monotonic() + SLICE_SECONDS
        return super().execute_operation(*arguments, **named)  # type: ignore[misc]  # of the executor it is mixed into

    def complete_iterable_value(
        self,
        item_type: Any,
        field_details_list: list[Any],
        info: Any,
        path: Any,
        items: Iterable[Any],
        position_context: Any,
    ) -> Any:
        """Return the completed items; if there is more to do than in what is left of this slice, what awaits them."""
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

        def slice_() -> bool:
            """Complete items until the slice is over, and say whether there may be more."""
            try:
                return self._complete(left, complete)
            except Exception:
                self.settle_in_background([completed[index] for index in awaited])
                raise

        if slice_():
            return self._rest(slice_, completed, awaited)
        return self._gathered(completed, awaited) if awaited else completed

    def _complete(
        self, left: Iterator[tuple[int, Any]], complete: Callable[[int, Any], None]
    ) -> bool:
        for index, item in left:
            complete(index, item)
            if monotonic() > self._until:
                return True
        return False

    async def _rest(
        self, slice_: Callable[[], bool], completed: list[Any], awaited: list[int]
    ) -> list[Any]:
        turns: Turns = self.schema.extensions[COMPUTING]
        is_more = True
        try:
            while is_more:
                # A turn that nobody else waits for comes at once; what is not computing gets its own first.
                await sleep(0)
                async with turns.taken(self.context_value.asker):
                    if self._is_over:
                        raise CancelledError
                    self._until = monotonic() + SLICE_SECONDS
                    is_more = slice_()
        except CancelledError:
            # What was begun must come to an end, and does so at once.
            self._is_over = True
            self.settle_in_background([completed[index] for index in awaited])
            raise
        return await self._gathered(completed, awaited)

    async def _gathered(self, completed: list[Any], awaited: list[int]) -> list[Any]:
        found: list[Awaitable[Any]] = [completed[index] for index in awaited]
        for index, value in zip(awaited, await gather_with_cancel(*found), strict=True):
            completed[index] = value
        return completed
