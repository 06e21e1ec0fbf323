"""Reading the read models: each question is one statement, whoever asks; who asks gives the tokens they hold."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple, Protocol, TypeVar

import asyncpg
from sqlalchemy import Executable, Row, Select, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection

from events.access.audience import Viewer
from events.fields import INTEGER_MAX
from events.senders import Sender
from events.store.connections import (
    AWAY,
    CONFLICTS,
    LOST,
    TRIES_MAX,
    Unavailable,
    described,
    trouble_in,
)
from events.store.replica import Check
from projections import store, viewers
from projections.audiences import given
from projections.models.record import Voids
from projections.narrowing import (
    CLEAR,
    FOUND,
    HEAD,
    MOVED,
    NARROWED,
    POSITION,
    SINCE,
    Narrowed,
    guarded,
)
from projections.prepared import Prepared
from projections.state import State

READERS_MAX: Final = 8

HELD_MAX: Final = 1_000
"""Of how many viewers it is remembered what they hold."""

LOOKED_BACK_MAX: Final = 1_000
"""Over how many events it is asked whether viewers hold other tokens; behind more, tokens are asked for anew."""

_CHECKED: Final = "howcanwe checked"
"""What a connection to a replica notes of itself: the schema whose checkpoint it was held against."""

voids: Final = Voids.table

T = TypeVar("T")
R = TypeVar("R", bound=Mapping[str, Any])

Ask = Callable[[AsyncConnection, Mapping[str, Any]], Awaitable[Sequence[R]]]
"""Returns guarded rows, by a connection, of the values that whoever looks gives."""


class Held(NamedTuple):
    """Somebody who looks, with the tokens that they held at a position."""

    viewer: Viewer
    position: int


class Known:
    """What is remembered of the read models in one schema, on one server: of others, it may be wrong.

    Up to `clear`, nothing was hidden that they still show.
    """

    def __init__(self) -> None:
        self.clear = 0
        self._held: OrderedDict[Sender, Held] = OrderedDict()

    def held_by(self, sender: Sender) -> Held | None:
        """Return what the sender holds, as long as it is known."""
        fixed = viewers.fixed(sender)
        if fixed is not None:
            # No event changes what they hold.
            return Held(fixed, INTEGER_MAX)
        held = self._held.get(sender)
        return held if held is not None and self.clear - held.position < LOOKED_BACK_MAX else None

    def holds(self, sender: Sender, held: Held) -> None:
        """Remember what the sender holds."""
        if viewers.fixed(sender) is None:
            self._held[sender] = held
            self._held.move_to_end(sender)
            if len(self._held) > HELD_MAX:
                self._held.popitem(last=False)

    def values(self, held: Held) -> Mapping[str, Any]:
        """Return what a guarded statement is run with for somebody who looks."""
        return {**given(held.viewer), CLEAR: self.clear, SINCE: held.position}


class ReadModels:
    """The read models in one schema, once that is known. Every method raises Unavailable where they cannot be read.

    Those of a replica, which `check` holds each new connection to, are never read as they were before `has` was told of
    more: it may be started anew, and have less.
    """

    def __init__(
        self, url: str, *, readers_max: int = READERS_MAX, check: Check | None = None
    ) -> None:
        self.url = url
        self.schema: str | None = None
        self._known = Known()
        self._is_replica = check is not None
        self._used: str | None = None
        self._position = 0
        self._engine = store.engine(
            url,
            connections_max=readers_max,
            check=check,
            application_name="howcanwe reading",
            # A statement is planned once for each connection, not for each viewer and key.
            plan_cache_mode="force_generic_plan",
        )

    def use(self, schema: str) -> None:
        """Read in this schema from now on."""
        if schema != self._used:
            self._used, self._position = schema, 0
            self._known = Known()
            self._engine = store.within(self._engine, schema)
        self.schema = schema

    def has(self, position: int) -> None:
        """Say that the replica was seen to have the read models up to this position."""
        self._position = max(self._position, position)

    async def close(self) -> None:
        """Let go of the database."""
        await self._engine.dispose()

    async def voids(self, positions: Iterable[int]) -> dict[int, int]:
        """Return, for those of the events that were taken back, the position of the event that did it."""
        statement = select(voids.c.position, voids.c.voided_by).where(
            voids.c.position.in_(list(positions))
        )
        return {row.position: row.voided_by for row in await self.rows(statement)}

    async def seen(
        self, sender: Sender, statement: Select[Any], *, unhidden: bool = True
    ) -> list[dict[str, Any]]:
        """Return the statement's rows, with the tokens that the sender holds at the moment of the rows.

        That is a moment at which nothing was hidden that they may still show: raises Narrowed where the read models
        have yet to take in an event that hides something. With `unhidden` false, this is let pass.
        """
        fixed = viewers.fixed(sender)
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
        sender: Sender,
        prepared: Prepared,
        values: Mapping[str, Any],
        *,
        unhidden: bool = True,
    ) -> Mapping[str, Any]:
        """Return the one row of a prepared statement, as `seen` does, with the columns of `narrowing`."""

        async def ask(
            connection: AsyncConnection, held: Mapping[str, Any]
        ) -> Sequence[Mapping[str, Any]]:
            return [await prepared.row(connection, {**values, **held})]

        [row] = await self._seen(sender, ask, unhidden)
        return row

    async def rows(
        self, statement: Executable, values: Mapping[str, Any] | None = None
    ) -> Sequence[Row[Any]]:
        """Return the statement's rows, whoever asks; `values` are those that it names.

        A connection that was lost since it was last used is replaced; what a replica gave up is asked again.
        """

        async def ask(connection: AsyncConnection) -> Sequence[Row[Any]]:
            return (await connection.execute(statement, values)).all()

        return await self._asked(ask)

    async def viewer(self, sender: Sender) -> Viewer:
        """Return the sender as somebody who looks, with the tokens that they hold now."""
        fixed = viewers.fixed(sender)
        return (
            fixed if fixed is not None else (await self._asked(lambda w: _held(w, sender))).viewer
        )

    async def _asked(self, ask: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        try:
            for _ in range(TRIES_MAX - 1):
                try:
                    return await self._connected(ask)
                except (DBAPIError, *AWAY, *CONFLICTS) as error:
                    if not (is_lost(error) or gave_way(error)):
                        raise
                    # What comes back may be another server, whose log goes on differently.
                    self._known = Known()
            return await self._connected(ask)
        except (DBAPIError, PoolTimeoutError, *AWAY, asyncpg.PostgresError) as error:
            reason = getattr(error, "orig", error)
            raise Unavailable(
                f"the read models at {described(self.url)} cannot be read: {reason}",
                trouble_in(error),
            ) from error

    async def _connected(self, ask: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        if self.schema is None:
            raise Unavailable("the read models are not there yet")
        while True:
            known = self._known
            async with self._engine.connect() as connection:
                if self._is_replica:
                    await self._check(connection)
                # Meanwhile, others may have taken the place of the schema or of the server.
                if known is self._known:
                    return await ask(connection)

    async def _seen(self, sender: Sender, ask: Ask[R], unhidden: bool) -> Sequence[R]:
        """Return guarded rows, with what the sender holds at their moment. Raises Narrowed."""
        known, held, rows = await self._with_tokens(sender, ask)
        guard = rows[0]
        if unhidden and guard[NARROWED] is not None and not held.viewer.sees_everything:
            raise Narrowed(guard[NARROWED])
        if guard[NARROWED] is None:
            known.clear = max(known.clear, guard[HEAD] or 0)
        known.holds(sender, Held(held.viewer, max(held.position, guard[POSITION])))
        return rows

    async def _with_tokens(self, sender: Sender, ask: Ask[R]) -> tuple[Known, Held, Sequence[R]]:
        """Return what the sender holds, and the rows with it, beside what was known of the read models asked."""

        async def as_known(connection: AsyncConnection) -> tuple[Known, Held, Sequence[R]] | None:
            known = self._known
            held = known.held_by(sender)
            if held is None:
                return None
            rows = await ask(connection, known.values(held))
            return (known, held, rows) if rows[0][MOVED] is None else None

        async def anew(connection: AsyncConnection) -> tuple[Known, Held, Sequence[R]]:
            known = self._known
            # What the viewer holds, and the rows, of one moment.
            await connection.execution_options(isolation_level="REPEATABLE READ")
            held = await _held(connection, sender)
            return known, held, await ask(connection, known.values(held))

        if self._known.held_by(sender) is not None:
            found = await self._asked(as_known)
            if found is not None:
                return found
        return await self._asked(anew)

    async def _check(self, connection: AsyncConnection) -> None:
        """Hold a new connection to a replica against what was seen there: raises Unavailable where it has less."""
        info = (await connection.get_raw_connection()).info
        if info.get(_CHECKED) == self.schema:
            return
        if await store.position(connection) < self._position:
            raise Unavailable(f"the replica at {described(self.url)} is behind where it was")
        info[_CHECKED] = self.schema


class Served(Protocol):
    """Read models as they are served: where they are read, how they stand, and the wait for what they lack."""

    read_models: ReadModels

    @property
    def state(self) -> State:
        """How they stand."""

    @property
    def position(self) -> int:
        """The position up to which they are known to be complete."""

    @property
    def lag_seconds(self) -> float:
        """For how long the primary has had what is lacking here."""

    async def wait_for(self, position: int, timeout_seconds: float) -> bool:
        """Return whether they reach the position in this time."""


async def _held(connection: AsyncConnection, sender: Sender) -> Held:
    """Return the sender as somebody who looks, with the tokens that they hold by the read models."""
    found = (await connection.execute(viewers.STATEMENT, viewers.asked(sender))).one()
    return Held(viewers.viewer(sender, found), found.position)


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    for name in (NARROWED, MOVED, POSITION, HEAD, FOUND):
        del row[name]
    return row


def is_lost(error: Exception) -> bool:
    """Say whether the connection was lost: another may serve."""
    return bool(getattr(error, "connection_invalidated", isinstance(error, LOST)))


def gave_way(error: Exception) -> bool:
    """Say whether a replica gave up the statement for what its primary did: the same one may do now."""
    source = getattr(error, "orig", error)
    return str(getattr(source, "sqlstate", "")) in {found.sqlstate for found in CONFLICTS}
