"""Connections to the database: what is lost after the work is done."""

from typing import Any

import asyncpg
import pytest

from events.store.connections import BoundedPool


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


def _failing(error: Exception) -> Any:
    async def reset(self: asyncpg.Connection, *, timeout: float | None = None) -> None:
        raise error

    return reset
