"""Reads the read models: each query is one statement, with the viewer's tokens as parameters. The graph uses it."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Final, NamedTuple, Protocol, TypeVar

from sqlalchemy import Executable, Row, Select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from events.access.audience import ViewerTokens
from events.access.principal import Principal
from events.store.connections import AWAY, CONFLICTS, TRIES_MAX, Unavailable, described
from events.store.replica import Check
from projections.queries import corrections
from projections.queries.freshness import FOUND, HEAD, MOVED, NARROWED, POSITION, Narrowed, guarded
from projections.queries.prepared import Prepared
from projections.queries.unreadable import UNREADABLE, can_be_retried, unavailable
from projections.queries.viewers import viewer_tokens
from projections.queries.viewers.audience_sql import token_values
from projections.queries.viewers.token_cache import HeldTokens, TokenCache
from projections.store import statements
from projections.store.progress import ReadModelState

READERS_MAX: Final = 8
"""The number of statements that run at once."""

MOMENTS_MAX: Final = 4
"""The number of moments that are kept open beside these, each with a connection of its own."""

_CHECKED: Final = "howcanwe checked"
"""The key, in a connection's info, of the schema whose checkpoint was checked over it."""

T = TypeVar("T")
R = TypeVar("R", bound=Mapping[str, Any])


class Touched(NamedTuple):
    """What is recorded about an event: the position of its void, and whether it was corrected or is a correction."""

    voided_by: int | None
    is_corrected: bool


Ask = Callable[[AsyncConnection, Mapping[str, Any]], Awaitable[Sequence[R]]]
"""Returns guarded rows over a connection, for the parameters of a viewer."""


class ReadModelReader(ABC):
    """Runs queries of the read models. Every method raises Unavailable if they cannot be read."""

    _known: TokenCache

    @abstractmethod
    async def _asked(self, ask: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        """Return the result of the query over a connection."""

    @abstractmethod
    async def _hold(self, connection: AsyncConnection) -> None:
        """Let the following statements over the connection see the same state."""

    async def seen(
        self, sender: Principal, statement: Select[Any], *, unhidden: bool = True
    ) -> list[dict[str, Any]]:
        """Return the statement's rows, for the tokens that the sender holds at the position of the rows.

        Raises Narrowed if the read models have yet to apply an event that hides something. With `unhidden` false, the
        rows are returned nevertheless.
        """
        fixed = viewer_tokens.fixed(sender)
        if fixed is not None and fixed.sees_everything:
            return [row._asdict() for row in await self.rows(statement, token_values(fixed))]
        asked = guarded(statement)

        async def ask(
            connection: AsyncConnection, values: Mapping[str, Any]
        ) -> Sequence[dict[str, Any]]:
            return [row._asdict() for row in await connection.execute(asked, values)]

        rows = await self._seen(sender, ask, unhidden)
        return [_plain(row) for row in rows if row[FOUND]]

    async def answer(
        self,
        sender: Principal,
        prepared: Prepared,
        values: Mapping[str, Any],
        *,
        unhidden: bool = True,
    ) -> Mapping[str, Any]:
        """Return the row of a prepared statement in the same way as `seen`, with the columns of `freshness`."""

        async def ask(
            connection: AsyncConnection, held: Mapping[str, Any]
        ) -> Sequence[Mapping[str, Any]]:
            return [await prepared.row(connection, {**values, **held})]

        [row] = await self._seen(sender, ask, unhidden)
        return row

    async def rows(
        self, statement: Executable, values: Mapping[str, Any] | None = None
    ) -> Sequence[Row[Any]]:
        """Return the statement's rows, the same for every viewer; `values` are its parameters."""

        async def ask(connection: AsyncConnection) -> Sequence[Row[Any]]:
            return (await connection.execute(statement, values)).all()

        return await self._asked(ask)

    async def viewer(self, sender: Principal) -> ViewerTokens:
        """Return the tokens that the sender holds now."""
        fixed = viewer_tokens.fixed(sender)
        if fixed is not None:
            return fixed
        return (await self._asked(lambda connection: _held(connection, sender))).viewer

    async def _seen(self, sender: Principal, ask: Ask[R], unhidden: bool) -> Sequence[R]:
        """Return guarded rows, for the tokens that the sender holds at their position. Raises Narrowed."""
        known, held, rows = await self._with_tokens(sender, ask)
        guard = rows[0]
        if unhidden and guard[NARROWED] is not None and not held.viewer.sees_everything:
            raise Narrowed(guard[NARROWED])
        if guard[NARROWED] is None:
            known.clear = max(known.clear, guard[HEAD] or 0)
        known.remember(sender, HeldTokens(held.viewer, max(held.position, guard[POSITION])))
        return rows

    async def _with_tokens(
        self, sender: Principal, ask: Ask[R]
    ) -> tuple[TokenCache, HeldTokens, Sequence[R]]:
        """Return the token cache that was used, the sender's tokens, and the rows for these."""

        async def with_cached_tokens(
            connection: AsyncConnection,
        ) -> tuple[TokenCache, HeldTokens, Sequence[R]] | None:
            known = self._known
            held = known.held_by(sender)
            if held is None:
                return None
            rows = await ask(connection, known.values(held))
            return (known, held, rows) if rows[0][MOVED] is None else None

        async def with_current_tokens(
            connection: AsyncConnection,
        ) -> tuple[TokenCache, HeldTokens, Sequence[R]]:
            known = self._known
            # The tokens and the rows must be read at the same moment.
            await self._hold(connection)
            held = await _held(connection, sender)
            return known, held, await ask(connection, known.values(held))

        if self._known.held_by(sender) is not None:
            found = await self._asked(with_cached_tokens)
            if found is not None:
                return found
        return await self._asked(with_current_tokens)


class ReadModels(ReadModelReader):
    """The read models in one schema, once that is known. Each query sees the state at its own moment.

    A lost connection is replaced, and a statement that a replica cancelled is retried.

    With `check`, the read models are those of a replica, and `check` verifies each new connection. They are never read
    at a position before the one given to `has`: a replica that was restarted may be behind it.
    """

    def __init__(
        self, url: str, *, readers_max: int = READERS_MAX, check: Check | None = None
    ) -> None:
        self.url = url
        self.schema: str | None = None
        self._known = TokenCache()
        self._is_replica = check is not None
        self._used: str | None = None
        self._position = 0
        self.engine = statements.engine(
            url,
            connections_max=readers_max + MOMENTS_MAX,
            check=check,
            application_name="howcanwe reading",
            # A statement is planned once per connection, not for each viewer and key.
            plan_cache_mode="force_generic_plan",
        )
        """The connections that read the rows."""

    def use(self, schema: str) -> None:
        """Use this schema from now on."""
        if schema != self._used:
            self._used, self._position = schema, 0
            self._known = TokenCache()
            self.engine = statements.within(self.engine, schema)
        self.schema = schema

    def has(self, position: int) -> None:
        """Note that the replica has the read models up to this position."""
        self._position = max(self._position, position)

    async def close(self) -> None:
        """Close all connections."""
        await self.engine.dispose()

    async def touched(self, positions: Sequence[int]) -> dict[int, Touched]:
        """Return, for the events at these positions, what later events say about them."""
        rows = await self.rows(corrections.touched(positions))
        return {row.position: Touched(row.voided_by, row.is_corrected) for row in rows}

    @asynccontextmanager
    async def moment(self) -> AsyncIterator["Moment"]:
        """Yield the read models in their state at this moment, which does not change inside the block."""
        async with AsyncExitStack() as stack:

            async def begin() -> Moment:
                async with AsyncExitStack() as begun:
                    connection = await begun.enter_async_context(self._connection())
                    # Nothing was awaited since, so this cache belongs to the connection.
                    known = self._known
                    await begun.enter_async_context(at_one_moment(connection))
                    stack.push_async_exit(begun.pop_all())
                return Moment(connection, known, self.url)

            moment = await self._tried(begin)
            try:
                yield moment
            finally:
                if moment.is_lost:
                    self._forget()

    async def _asked(self, ask: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        async def connected() -> T:
            async with self._connection() as connection:
                return await ask(connection)

        return await self._tried(connected)

    async def _tried(self, ask: Callable[[], Awaitable[T]]) -> T:
        try:
            for _ in range(TRIES_MAX - 1):
                try:
                    return await ask()
                except (DBAPIError, *AWAY, *CONFLICTS) as error:
                    if not can_be_retried(error):
                        raise
                    self._forget()
            return await ask()
        except UNREADABLE as error:
            raise unavailable(self.url, error) from error

    async def _hold(self, connection: AsyncConnection) -> None:
        await connection.execution_options(isolation_level="REPEATABLE READ")

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[AsyncConnection]:
        if self.schema is None:
            raise Unavailable("the read models do not exist yet")
        while True:
            known = self._known
            async with self.engine.connect() as connection:
                if self._is_replica:
                    await self._check(connection)
                # The schema or the server may have been replaced meanwhile.
                if known is self._known:
                    yield connection
                    return

    def _forget(self) -> None:
        """Clear the token cache: the next connection may be to another server, with a different log."""
        self._known = TokenCache()

    async def _check(self, connection: AsyncConnection) -> None:
        """Check a new connection to a replica. Raises Unavailable if it is behind a position that it had before."""
        info = (await connection.get_raw_connection()).info
        if info.get(_CHECKED) == self.schema:
            return
        if await statements.position(connection) < self._position:
            raise Unavailable(
                f"the replica at {described(self.url)} is behind a position that it had before"
            )
        # The next query may need another isolation level.
        await connection.rollback()
        info[_CHECKED] = self.schema


class Moment(ReadModelReader):
    """The read models at one moment.

    If the connection is lost, nothing is retried, since the state at the moment is lost with it: `is_lost` is then
    true, and all queries have to be repeated at another moment.
    """

    def __init__(self, connection: AsyncConnection, known: TokenCache, url: str) -> None:
        self.is_lost = False
        self._connection = connection
        self._known = known
        self._url = url

    async def _asked(self, ask: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        try:
            return await ask(self._connection)
        except UNREADABLE as error:
            self.is_lost = self.is_lost or can_be_retried(error)
            raise unavailable(self._url, error) from error

    async def _hold(self, connection: AsyncConnection) -> None:
        pass  # the transaction already does


class ServedReadModels(Protocol):
    """Read models as the service uses them: the connection to them, their state, and waiting for a position."""

    read_models: ReadModels

    @property
    def state(self) -> ReadModelState:
        """The state of the read models."""

    @property
    def position(self) -> int:
        """The position up to which they are known to be complete."""

    @property
    def lag_seconds(self) -> float:
        """For how many seconds the primary has had an event that is missing here."""

    async def wait_for(self, position: int, timeout_seconds: float) -> bool:
        """Return whether they reach the position within this time."""


@asynccontextmanager
async def at_one_moment(connection: AsyncConnection) -> AsyncIterator[None]:
    """Let all statements inside see the same state, with and without SQLAlchemy."""
    await connection.execution_options(isolation_level="AUTOCOMMIT")
    driver: Any = (await connection.get_raw_connection()).driver_connection
    try:
        transaction = driver.transaction(isolation="repeatable_read", readonly=True)
        await transaction.start()
    except BaseException:
        await connection.invalidate()
        raise
    try:
        yield
    finally:
        try:
            await transaction.rollback()
        except BaseException as error:
            # The pool must not reuse a connection that is closed, or whose transaction is still open.
            await connection.invalidate()
            if not isinstance(error, Exception):
                raise


async def _held(connection: AsyncConnection, sender: Principal) -> HeldTokens:
    """Return the tokens that the sender holds, read from the read models."""
    found = (
        await connection.execute(viewer_tokens.STATEMENT, viewer_tokens.token_parameters(sender))
    ).one()
    return HeldTokens(viewer_tokens.viewer(sender, found), found.position)


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    for name in (NARROWED, MOVED, POSITION, HEAD, FOUND):
        del row[name]
    return row
