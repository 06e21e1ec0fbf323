"""Reading the read models: each question is one statement."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

import asyncpg
from sqlalchemy import Executable, Row, Select, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from events.store.connections import AWAY, Unavailable, described
from projections import store
from projections.models.record import Voids
from projections.narrowing import HEAD, NARROWED, Narrowed, guarded

READERS_MAX: Final = 8

voids: Final = Voids.table


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
        except (DBAPIError, PoolTimeoutError, *AWAY, asyncpg.PostgresError) as error:
            reason = getattr(error, "orig", error)
            raise Unavailable(
                f"the read models at {described(self.url)} cannot be read: {reason}"
            ) from error

    async def _executed(self, statement: Executable) -> Sequence[Row[Any]]:
        if self.schema is None:
            raise Unavailable("the read models are not there yet")
        async with self._engine.connect() as connection:
            return (await connection.execute(statement)).all()
