"""Reading the read models: each question is one statement."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, Protocol

import asyncpg
import orjson
from sqlalchemy import Executable, Row, Text, cast, func, select, tuple_
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection

from events.moments import as_datetime, moment_of
from events.recorded import Recorded
from events.store.connections import CONFLICTS, TRIES_MAX, Unavailable, described
from projections import store
from projections.models.cohorts import Organisations
from projections.models.record import Timeline, Voids
from projections.state import State
from projections.tables import log_events

READERS_MAX: Final = 8

_CHECKED: Final = "howcanwe checked"
"""What a connection to a replica notes of itself: the schema whose checkpoint it was held against."""

organisations: Final = Organisations.table
timeline: Final = Timeline.table
voids: Final = Voids.table


class Place(NamedTuple):
    """A place in a timeline: by time as told, then by position."""

    occurred_us: int
    position: int


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation as it registered."""

    key: str
    name: str
    sector: str
    purpose: str | None
    country: str | None


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a timeline: its place, the event, and the position of the event that took it back, if any."""

    place: Place
    recorded: Recorded
    voided_by: int | None


class ReadModels:
    """The read models in one schema, once that is known. Every method raises Unavailable where they cannot be read.

    Those of a replica are never read as they were before `has` was told of more: it may be started anew, and have less.
    """

    def __init__(
        self, url: str, *, readers_max: int = READERS_MAX, is_replica: bool = False
    ) -> None:
        self.url = url
        self.schema: str | None = None
        self._is_replica = is_replica
        self._used: str | None = None
        self._position = 0
        self._engine = store.engine(
            url, connections_max=readers_max, application_name="howcanwe reading"
        )

    def use(self, schema: str) -> None:
        """Read in this schema from now on."""
        if schema != self._used:
            self._used, self._position = schema, 0
            self._engine = store.within(self._engine, schema)
        self.schema = schema

    def has(self, position: int) -> None:
        """Say that the replica was seen to have the read models up to this position."""
        self._position = max(self._position, position)

    async def close(self) -> None:
        """Let go of the database."""
        await self._engine.dispose()

    async def organisation(self, key: str) -> Organisation | None:
        """Return the organisation, None where there is none."""
        table = organisations.c
        columns = (table.key, table.name, table.sector, table.purpose, table.country)
        rows = await self.rows(select(*columns).where(table.key == key))
        return Organisation(**rows[0]._mapping) if rows else None

    async def timeline(self, organisation: str, after: Place | None, limit: int) -> list[Entry]:
        """Return the next entries of the organisation's timeline, at most `limit`."""
        table = timeline.c
        statement = (
            select(
                table.occurred_at,
                table.position,
                cast(log_events.c.event, Text).label("line"),
                cast(log_events.c.streams, Text).label("streams"),
                voids.c.voided_by,
            )
            .join(log_events, log_events.c.position == table.position)
            .outerjoin(voids, voids.c.position == table.position)
            .where(table.organisation == organisation)
            .order_by(table.occurred_at, table.position)
            .limit(limit)
        )
        if after is not None:
            place = tuple_(as_datetime(after.occurred_us), after.position)
            statement = statement.where(tuple_(table.occurred_at, table.position) > place)
        return [_entry(row) for row in await self.rows(statement)]

    async def timeline_length(self, organisation: str) -> int:
        """Return how many entries the organisation's timeline has."""
        table = timeline.c
        counted = select(func.count()).where(table.organisation == organisation)
        rows = await self.rows(counted)
        return int(rows[0][0])

    async def voids(self, positions: Iterable[int]) -> dict[int, int]:
        """Return, for those of the events that were taken back, the position of the event that did it."""
        statement = select(voids.c.position, voids.c.voided_by).where(
            voids.c.position.in_(list(positions))
        )
        return {row.position: row.voided_by for row in await self.rows(statement)}

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
            return await self._executed(statement)
        except (
            DBAPIError,
            PoolTimeoutError,
            OSError,
            asyncpg.PostgresError,
            asyncpg.InterfaceError,
        ) as error:
            reason = getattr(error, "orig", error)
            raise Unavailable(
                f"the read models at {described(self.url)} cannot be read: {reason}"
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


def _entry(row: Row[Any]) -> Entry:
    place = Place(moment_of(row.occurred_at), row.position)
    recorded = Recorded(row.position, row.line.encode(), orjson.loads(row.streams))
    return Entry(place, recorded, row.voided_by)
