"""Reading the read models: each question is one statement."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import asyncpg
import orjson
from sqlalchemy import Executable, Row, Select, Text, cast, func, select, tuple_
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from events.moments import as_datetime, moment_of
from events.recorded import Recorded
from events.store.connections import Unavailable, described
from projections import store
from projections.models.cohorts import Organisations
from projections.models.record import Timeline, Voids
from projections.narrowing import HEAD, NARROWED, Narrowed, guarded
from projections.tables import log_events

READERS_MAX: Final = 8

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
    """The read models in one schema, once that is known. Every method raises Unavailable where they cannot be read."""

    def __init__(self, url: str, *, readers_max: int = READERS_MAX) -> None:
        self.url = url
        self.schema: str | None = None
        self._clear = 0
        self._engine = store.engine(
            url, connections_max=readers_max, application_name="howcanwe reading"
        )

    def use(self, schema: str) -> None:
        """Read in this schema from now on."""
        if schema != self.schema:
            self.schema = schema
            self._clear = 0
            self._engine = store.within(self._engine, schema)

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
        """Return the statement's rows; a connection that was lost since it was last used is replaced once."""
        try:
            try:
                return await self._executed(statement)
            except DBAPIError as error:
                if not error.connection_invalidated:
                    raise
            # What comes back may be another server, whose log goes on differently.
            self._clear = 0
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
            return (await connection.execute(statement)).all()


def _entry(row: Row[Any]) -> Entry:
    place = Place(moment_of(row.occurred_at), row.position)
    recorded = Recorded(row.position, row.line.encode(), orjson.loads(row.streams))
    return Entry(place, recorded, row.voided_by)
