"""Reading the read models: each question is one statement, whoever asks; who asks gives the tokens they hold."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Final, Protocol, TypeVar

from sqlalchemy import Executable, Row, Select, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from events.access.audience import ViewerTokens
from events.access.principal import Principal
from events.store.connections import AWAY, CONFLICTS, TRIES_MAX, Unavailable, described
from events.store.replica import Check
from projections.models.record import Voids
from projections.queries import viewer_tokens
from projections.queries.audience_sql import given
from projections.queries.freshness import FOUND, HEAD, MOVED, NARROWED, POSITION, Narrowed, guarded
from projections.queries.prepared import Prepared
from projections.queries.token_cache import HeldTokens, TokenCache
from projections.queries.unreadable import UNREADABLE, may_be_asked_again, unavailable
from projections.store import statements as store
from projections.store.progress import ReadModelState

READERS_MAX: Final = 8
"""How many statements run at once."""

MOMENTS_MAX: Final = 4
"""How many moments are held beside these, each of which has a connection of its own."""

_CHECKED: Final = "howcanwe checked"
"""What a connection to a replica notes of itself: the schema whose checkpoint it was held against."""

voids: Final = Voids.table

T = TypeVar("T")
R = TypeVar("R", bound=Mapping[str, Any])

Ask = Callable[[AsyncConnection, Mapping[str, Any]], Awaitable[Sequence[R]]]
"""Returns guarded rows, by a connection, of the values that whoever looks gives."""


class Reader(ABC):
    """Asks read models. Every method raises Unavailable where they cannot be read."""

    _known: TokenCache

    @abstractmethod
    async def _asked(self, ask: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        """Return what is asked by a connection."""

    @abstractmethod
    async def _hold(self, connection: AsyncConnection) -> None:
        """Let the statements that follow over the connection be of one moment."""

    async def seen(
        self, sender: Principal, statement: Select[Any], *, unhidden: bool = True
    ) -> list[dict[str, Any]]:
        """Return the statement's rows, with the tokens that the sender holds at the moment of the rows.

        That is a moment at which nothing was hidden that they may still show: raises Narrowed where the read models
        have yet to take in an event that hides something. With `unhidden` false, this is let pass.
        """
        fixed = viewer_tokens.fixed(sender)
        if fixed is not None and fixed.sees_everything:
            return [row._asdict() for row in await self.rows(statement, given(fixed))]
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
        """Return the one row of a prepared statement, as `seen` does, with the columns of `freshness`."""

        async def ask(
            connection: AsyncConnection, held: Mapping[str, Any]
        ) -> Sequence[Mapping[str, Any]]:
            return [await prepared.row(connection, {**values, **held})]

        [row] = await self._seen(sender, ask, unhidden)
        return row

    async def rows(
        self, statement: Executable, values: Mapping[str, Any] | None = None
    ) -> Sequence[Row[Any]]:
        """Return the statement's rows, whoever asks; `values` are those that it names."""

        async def ask(connection: AsyncConnection) -> Sequence[Row[Any]]:
            return (await connection.execute(statement, values)).all()

        return await self._asked(ask)

    async def viewer(self, sender: Principal) -> ViewerTokens:
        """Return the sender as somebody who looks, with the tokens that they hold now."""
        fixed = viewer_tokens.fixed(sender)
        if fixed is not None:
            return fixed
        return (await self._asked(lambda connection: _held(connection, sender))).viewer

    async def _seen(self, sender: Principal, ask: Ask[R], unhidden: bool) -> Sequence[R]:
        """Return guarded rows, with what the sender holds at their moment. Raises Narrowed."""
        known, held, rows = await self._with_tokens(sender, ask)
        guard = rows[0]
        if unhidden and guard[NARROWED] is not None and not held.viewer.sees_everything:
            raise Narrowed(guard[NARROWED])
        if guard[NARROWED] is None:
            known.clear = max(known.clear, guard[HEAD] or 0)
        known.holds(sender, HeldTokens(held.viewer, max(held.position, guard[POSITION])))
        return rows

    async def _with_tokens(
        self, sender: Principal, ask: Ask[R]
    ) -> tuple[TokenCache, HeldTokens, Sequence[R]]:
        """Return what the sender holds, and the rows with it, beside what was known of the read models asked."""

        async def as_known(
            connection: AsyncConnection,
        ) -> tuple[TokenCache, HeldTokens, Sequence[R]] | None:
            known = self._known
            held = known.held_by(sender)
            if held is None:
                return None
            rows = await ask(connection, known.values(held))
            return (known, held, rows) if rows[0][MOVED] is None else None

        async def anew(connection: AsyncConnection) -> tuple[TokenCache, HeldTokens, Sequence[R]]:
            known = self._known
            # What the viewer holds, and the rows, of one moment.
            await self._hold(connection)
            held = await _held(connection, sender)
            return known, held, await ask(connection, known.values(held))

        if self._known.held_by(sender) is not None:
            found = await self._asked(as_known)
            if found is not None:
                return found
        return await self._asked(anew)


class ReadModels(Reader):
    """The read models in one schema, once that is known; each question is of a moment of its own.

    A connection that was lost since it was last used is replaced; what a replica gave up is asked again.

    Those of a replica, which `check` holds each new connection to, are never read as they were before `has` was told of
    more: it may be started anew, and have less.
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
        self.engine = store.engine(
            url,
            connections_max=readers_max + MOMENTS_MAX,
            check=check,
            application_name="howcanwe reading",
            # A statement is planned once for each connection, not for each viewer and key.
            plan_cache_mode="force_generic_plan",
        )
        """The connections that read the rows."""

    def use(self, schema: str) -> None:
        """Read in this schema from now on."""
        if schema != self._used:
            self._used, self._position = schema, 0
            self._known = TokenCache()
            self.engine = store.within(self.engine, schema)
        self.schema = schema

    def has(self, position: int) -> None:
        """Say that the replica was seen to have the read models up to this position."""
        self._position = max(self._position, position)

    async def close(self) -> None:
        """Let go of the database."""
        await self.engine.dispose()

    async def voids(self, positions: Iterable[int]) -> dict[int, int]:
        """Return, for those of the events that were taken back, the position of the event that did it."""
        statement = select(voids.c.position, voids.c.voided_by).where(
            voids.c.position.in_(list(positions))
        )
        return {row.position: row.voided_by for row in await self.rows(statement)}

    @asynccontextmanager
    async def moment(self) -> AsyncIterator["Moment"]:
        """Yield the read models as they are when they are first asked: inside, they stay so."""
        async with AsyncExitStack() as stack:

            async def begin() -> Moment:
                async with AsyncExitStack() as begun:
                    connection = await begun.enter_async_context(self._connection())
                    known = self._known  # As long as nothing was awaited, the connection's.
                    await begun.enter_async_context(_held_still(connection))
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
                    if not may_be_asked_again(error):
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
            raise Unavailable("the read models are not there yet")
        while True:
            known = self._known
            async with self.engine.connect() as connection:
                if self._is_replica:
                    await self._check(connection)
                # Meanwhile, others may have taken the place of the schema or of the server.
                if known is self._known:
                    yield connection
                    return

    def _forget(self) -> None:
        """Forget what is known: what comes back may be another server, whose log goes on differently."""
        self._known = TokenCache()

    async def _check(self, connection: AsyncConnection) -> None:
        """Hold a new connection to a replica against what was seen there: raises Unavailable where it has less."""
        info = (await connection.get_raw_connection()).info
        if info.get(_CHECKED) == self.schema:
            return
        if await store.position(connection) < self._position:
            raise Unavailable(f"the replica at {described(self.url)} is behind where it was")
        # What is asked next may be a transaction of its own kind.
        await connection.rollback()
        info[_CHECKED] = self.schema


class Moment(Reader):
    """The read models at one moment.

    Nothing is asked again where the connection is lost, since the moment is gone with it: then it `is_lost`, and
    everything may be asked of another moment.
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
            self.is_lost = self.is_lost or may_be_asked_again(error)
            raise unavailable(self._url, error) from error

    async def _hold(self, connection: AsyncConnection) -> None:
        pass  # it does


class ServedReadModels(Protocol):
    """Read models as they are served: where they are read, how they stand, and the wait for what they lack."""

    read_models: ReadModels

    @property
    def state(self) -> ReadModelState:
        """How they stand."""

    @property
    def position(self) -> int:
        """The position up to which they are known to be complete."""

    @property
    def lag_seconds(self) -> float:
        """For how long the primary has had what is lacking here."""

    async def wait_for(self, position: int, timeout_seconds: float) -> bool:
        """Return whether they reach the position in this time."""


@asynccontextmanager
async def _held_still(connection: AsyncConnection) -> AsyncIterator[None]:
    """Let everything inside be read at one moment, by SQLAlchemy and beside it."""
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
            # Nobody is given a connection that is closed, or that would go on reading of this moment.
            await connection.invalidate()
            if not isinstance(error, Exception):
                raise


async def _held(connection: AsyncConnection, sender: Principal) -> HeldTokens:
    """Return the sender as somebody who looks, with the tokens that they hold by the read models."""
    found = (await connection.execute(viewer_tokens.STATEMENT, viewer_tokens.asked(sender))).one()
    return HeldTokens(viewer_tokens.viewer(sender, found), found.position)


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    for name in (NARROWED, MOVED, POSITION, HEAD, FOUND):
        del row[name]
    return row
