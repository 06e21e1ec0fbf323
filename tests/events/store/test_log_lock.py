"""The lock that lets one batch after the other into the log."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final
from urllib.parse import urlsplit

import asyncpg
import pytest

from events.log import EventLog
from tests.databases import execute
from tests.events.record import Record
from tests.events.samples import registered

WAITS: Final = """
select exists (
    select from pg_locks join pg_class c on c.oid = relation where c.relname = 'log_lock' and not granted
)
"""


async def test_a_role_that_may_only_connect_cannot_hold_up_recording(database_url: str) -> None:
    role = f"{urlsplit(database_url).path[1:]}_reader"
    await execute(database_url, f"create role {role}")
    try:
        async with await EventLog.open(database_url) as log, connected(database_url) as reader:
            await reader.execute(f"set role {role}")
            for refused in ("select lock_log()", "lock table log_lock in access share mode"):
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    async with reader.transaction():
                        await reader.execute(refused)
            # Until revision 0003, this was the log's lock.
            await reader.execute("select pg_advisory_lock(4611686018427387847)")
            async with asyncio.timeout(60):
                await Record(log).add(registered("mill"))
            assert await log.head() == 1
    finally:
        await execute(database_url, f"drop role {role}")


async def test_the_lock_is_held_until_the_transaction_ends(database_url: str) -> None:
    async with (
        await EventLog.open(database_url) as log,
        connected(database_url) as holding,
        connected(database_url) as watching,
    ):
        async with holding.transaction():
            await holding.execute("select lock_log()")
            recording = asyncio.create_task(Record(log).add(registered("mill")))
            async with asyncio.timeout(60):
                while not await watching.fetchval(WAITS):
                    assert not recording.done()
                    await asyncio.sleep(0.01)
            assert await log.head() == 0
        await recording
        assert await log.head() == 1


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection of its own."""
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()
