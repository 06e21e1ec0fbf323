"""Reading the rows of an answer from the read models, at one moment and within the limit for rows."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar

from graphql import GraphQLResolveInfo
from sqlalchemy import Select

from events.store.connections import Unavailable
from projections.queries.freshness import Narrowed
from projections.queries.prepared import Prepared
from projections.queries.read_models import Moment, ReadModelReader
from service.graphql.errors import TOO_MANY_ROWS, refusal
from service.graphql.fetching.reads_after_writes import wait_for
from service.graphql.fields.field import Row
from service.graphql.limits.concurrency import Turns

if TYPE_CHECKING:
    from service.graphql.context import Context

STATEMENTS: Final = "statements"
"""The extension of the schema that has the turns of statements."""

T = TypeVar("T")

Statement = Callable[[], Select[Any]]
"""Returns a statement. Called when its turn has come."""


class Reading:
    """Reads rows for the viewer, without what was already hidden. Each statement reads the current state.

    Every method raises a GraphQL error if the read models do not, in time, reach an event that hides something.
    """

    def __init__(self, context: "Context", statements: Turns) -> None:
        self._context = context
        self._statements = statements
        # Nothing can be hidden from a viewer who sees everything.
        self._may_show_hidden = not context.viewer.facilitates_everything

    async def rows(self, statement: Statement) -> list[Row]:
        """Return the rows of a statement. Waits for the viewer's turn."""
        viewer = self._context.viewer

        async def ask(reader: ReadModelReader, unhidden: bool) -> list[Row]:
            return [*await reader.seen(viewer, statement(), unhidden=unhidden)]

        return await self._answered(ask)

    async def row(self, prepared: Prepared, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the one row of a prepared statement. Raises StatementRefused."""
        viewer = self._context.viewer

        async def ask(reader: ReadModelReader, unhidden: bool) -> Mapping[str, Any]:
            return await reader.answer(viewer, prepared, values, unhidden=unhidden)

        return await self._answered(ask)

    async def _answered(self, ask: Callable[[ReadModelReader, bool], Awaitable[T]]) -> T:
        if self._may_show_hidden:
            try:
                async with self._reader() as reader:
                    return await ask(reader, True)
            except Narrowed as narrowed:
                await wait_for(self._context, narrowed.position)
            # Once is enough: events recorded from now on are later than the request. Otherwise a query would never end
            # while many events are recorded.
            self._may_show_hidden = False
        async with self._reader() as reader:
            return await ask(reader, False)

    @asynccontextmanager
    async def _reader(self) -> AsyncIterator[ReadModelReader]:
        async with self._statements.taken(self._context.asker):
            yield self._context.served.read_models


def one_by_one(info: GraphQLResolveInfo[Any]) -> Reading:
    """Return a reading for an operation in which each statement has its own moment."""
    return Reading(info.context, info.schema.extensions[STATEMENTS])


class Fetched(Reading):
    """The reading of one answer: at the moment of its first statement, and with a limit for the rows of lists.

    As a context manager, it holds the moment until it exits. If it `is_lost` then, the moment was lost with its
    connection, and the query can be executed again.
    """

    def __init__(self, context: "Context", statements: Turns, moments: Turns, most: int) -> None:
        super().__init__(context, statements)
        self.is_lost = False
        self._moments = moments
        self._most = most
        self._rows = 0
        self._is_over = False
        self._moment: Moment | None = None
        self._asking = asyncio.Lock()
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._is_over = True
        try:
            async with self._asking:
                pass  # wait for the statement of a field that was cancelled
        finally:
            await self._release()

    def count(self, rows: int) -> None:
        """Add to the number of rows of lists. Raises a GraphQL error if there are more than an answer may have."""
        self._rows += rows
        if self._rows > self._most:
            text = f"The answer has more than {self._most} rows. Request fewer rows of its lists."
            raise refusal(TOO_MANY_ROWS, text, max=self._most)

    @asynccontextmanager
    async def _reader(self) -> AsyncIterator[ReadModelReader]:
        asker = self._context.asker
        async with self._asking:
            if self._is_over:
                raise Unavailable("the answer was cancelled")
            moment = self._moment or await self._begin()
            try:
                async with self._statements.taken(asker):
                    yield moment
            except Narrowed:
                # This moment will never have the event that hides something, but a new one will.
                await self._release()
                raise

    async def _begin(self) -> Moment:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self._moments.taken(self._context.asker))
            moments = self._context.served.read_models.moment()
            self._moment = await stack.enter_async_context(moments)
            self._stack = stack.pop_all()
        return self._moment

    async def _release(self) -> None:
        if self._moment is not None:
            self.is_lost = self._moment.is_lost
            self._moment = None
        await self._stack.aclose()
