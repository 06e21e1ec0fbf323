"""The connection through which a process writes to the log. The recorder owns it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

import asyncpg

from events.recording.refolding import refold
from events.store import appending
from events.store.appending import AppendResult, Batch
from events.store.connections import LOST, OutcomeUnknown, connect, connect_for_appending
from events.vocabulary.catalogue import Catalogue

CLOSE_SECONDS_MAX: Final = 1.0


class LogWriter:
    """Opens a connection and writes through it. A connection that was lost is not opened again by itself.

    A statement that is not answered in `answer_seconds` counts as lost with its connection.
    """

    def __init__(self, url: str, catalogue: Catalogue, answer_seconds: float | None) -> None:
        self._url = url
        self._catalogue = catalogue
        self._answer_seconds = answer_seconds
        self._connection: asyncpg.Connection | None = None
        self._is_refolded = False

    @property
    def connection(self) -> asyncpg.Connection | None:
        """The open connection, None if there is none."""
        is_open = self._connection is not None and not self._connection.is_closed()
        return self._connection if is_open else None

    async def open(self) -> asyncpg.Connection:
        """Return a new connection. The subjects' states are those of this code's folds."""
        await self.refold()
        self._connection = await connect_for_appending(
            self._url, answer_seconds=self._answer_seconds
        )
        return self._connection

    async def refold(self) -> None:
        """Compute the subjects' states again if folds of another release computed them.

        It happens once: if another release computes them again later, that one records, and this one no longer can.
        """
        if self._is_refolded:
            return
        # Not the connection for recording: its statements have to be short.
        connection = await connect(self._url)
        try:
            await refold(connection, self._catalogue)
        finally:
            await connection.close()
        self._is_refolded = True

    async def close(self) -> None:
        """Close the connection, in `CLOSE_SECONDS_MAX` at most."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(Exception):
                # Not its own timeout: that does not bound the wait for a statement that is being cancelled.
                async with asyncio.timeout(CLOSE_SECONDS_MAX):
                    await connection.close()
            connection.terminate()


async def append(connection: asyncpg.Connection, batch: Batch) -> AppendResult:
    """Write the batch and commit it, or write it into the open transaction.

    Raises OutcomeUnknown if the connection was lost during the commit.
    """
    if connection.is_in_transaction():
        return await appending.append(connection, batch)
    try:
        return await appending.append(connection, batch)
    except LOST as error:
        raise OutcomeUnknown(
            "the connection to the database was lost while it recorded the events; send the same ids again"
        ) from error


@asynccontextmanager
async def locked(connection: asyncpg.Connection) -> AsyncIterator[None]:
    """Hold the log's lock in a transaction, which commits at the end.

    Raises OutcomeUnknown if the connection was lost during the commit.
    """
    transaction = connection.transaction()
    await transaction.start()
    try:
        await appending.lock(connection)
        yield
    except BaseException:
        with suppress(*LOST):
            await transaction.rollback()
        raise
    try:
        await transaction.commit()
    except LOST as lost:
        raise OutcomeUnknown(
            "the connection to the database was lost during the commit; send the same ids again"
        ) from lost
