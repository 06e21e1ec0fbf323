"""Reading the read models: each question is one statement."""

from collections.abc import Iterable, Sequence
from typing import Any, Final, Protocol

import asyncpg
from sqlalchemy import Executable, Row, Select, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection

from events.store.connections import AWAY, CONFLICTS, TRIES_MAX, Unavailable, described, trouble_in
from events.store.replica import Check
from projections import store
from projections.models.record import Voids
from projections.narrowing import HEAD, NARROWED, Narrowed, guarded
from projections.state import State

READERS_MAX: Final = 8

_CHECKED: Final = "howcanwe checked"
"""What a connection to a replica notes of itself: the schema whose checkpoint it was held against."""

voids: Final = Voids.table


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
        self._clear = 0
        self._is_replica = check is not None
        self._used: str | None = None
        self._position = 0
        self._engine = store.engine(
            url, connections_max=readers_max, check=check, application_name="howcanwe reading"
        )

    def use(self, schema: str) -> None:
        """Read in this schema from now on."""
        if schema != self._used:
            self._used, self._position, self._clear = schema, 0, 0
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

    async def unhidden(self, statement: Select[Any]) -> list[dict[str, Any]]:
        """Return the statement's rows, of a moment at which nothing was hidden that they may still show.

        Raises Narrowed where the read models have yet to take in an event that hides something.
        """
        rows = [row._asdict() for row in await self.rows(guarded(statement, self._clear))]
        narrowed, head = None, 0
        for row in rows:
            narrowed, head = row.pop(NARROWED), row.pop(HEAD)
        if narrowed is not None:
            raise Narrowed(narrowed)
        self._clear = max(self._clear, head or 0)
        return rows

    async def rows(self, statement: Executable) -> Sequence[Row[Any]]:
        """Return the statement's rows.

        A connection that was lost since it was last used is replaced; what a replica gave up is asked again.
        """
        try:
            for _ in range(TRIES_MAX - 1):
                try:
                    return await self._executed(statement)
                except DBAPIError as error:
                    if not (error.connection_invalidated or gave_way(error)):
                        raise
                    # What comes back may be another server, whose log goes on differently.
                    self._clear = 0
            return await self._executed(statement)
        except (DBAPIError, PoolTimeoutError, *AWAY, asyncpg.PostgresError) as error:
            reason = getattr(error, "orig", error)
            raise Unavailable(
                f"the read models at {described(self.url)} cannot be read: {reason}",
                trouble_in(error),
            ) from error

    async def _executed(self, statement: Executable) -> Sequence[Row[Any]]:
        if self.schema is None:
            raise Unavailable("the read models are not there yet")
        async with self._engine.connect() as connection:
            if self._is_replica:
                await self._check(connection)
            return (await connection.execute(statement)).all()

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


def gave_way(error: Exception) -> bool:
    """Say whether a replica gave up the statement for what its primary did: the same one may do now."""
    source = getattr(error, "orig", error)
    return str(getattr(source, "sqlstate", "")) in {found.sqlstate for found in CONFLICTS}
