"""Connections to the database: what is lost after the work is done."""

from typing import Any

import asyncpg
import pytest

from events.store.connections import AWAY, BoundedPool
from tests.projections.outage import accept_connections, refuse_connections


async def test_a_connection_that_is_lost_when_it_is_returned_is_no_error_of_what_was_done(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with BoundedPool(database_url, connections_max=1, answer_seconds=10) as pool:
        for error in (
            TimeoutError(),
            ConnectionResetError(),
            asyncpg.ConnectionDoesNotExistError(),
        ):
            async with pool.acquire() as connection:
                process = await connection.fetchval("select pg_backend_pid()")
                with monkeypatch.context() as patched:
                    patched.setattr(asyncpg.Connection, "reset", _failing(error))
                    await pool.release(connection)
            # It was terminated: the pool has another one.
            async with pool.acquire() as connection:
                assert await connection.fetchval("select pg_backend_pid()") != process


async def test_a_database_that_refuses_connections_is_away(database_url: str) -> None:
    async with BoundedPool(database_url, connections_max=1, answer_seconds=10) as pool:
        assert await pool.fetchval("select 1") == 1
        await refuse_connections(database_url)
        try:
            with pytest.raises(AWAY, match="not currently accepting connections"):
                await pool.fetchval("select 1")
        finally:
            await accept_connections(database_url)
        assert await pool.fetchval("select 1") == 1


async def test_a_statement_that_the_database_refuses_is_no_outage(database_url: str) -> None:
    async with BoundedPool(database_url, connections_max=1, answer_seconds=10) as pool:
        await pool.execute("create sequence numbers")
        with pytest.raises(asyncpg.ObjectNotInPrerequisiteStateError):
            await pool.fetchval("select currval('numbers')")


def _failing(error: Exception) -> Any:
    async def reset(self: asyncpg.Connection, *, timeout: float | None = None) -> None:
        raise error

    return reset
