"""The databases of tests: each test finds its own as the template is, no matter which test had it before."""

import asyncpg
import pytest

from events.log import EventLog
from tests.conftest import MASTER_KEY, TEMPLATE
from tests.databases import Copies, connected
from tests.events.samples import begun
from tests.service.app import complete


@pytest.fixture
def copies(server_url: str) -> Copies:
    """Copies that no other test has had."""
    return Copies(server_url, TEMPLATE)


async def test_a_database_is_used_again_without_what_was_recorded(copies: Copies) -> None:
    async with copies.copy() as first, await EventLog.open(first, master_key=MASTER_KEY) as log:
        await log.append([complete(event) for event in begun()])
        assert await log.head() == 6
    async with copies.copy() as again:
        assert again == first
        async with await EventLog.open(again, master_key=MASTER_KEY) as log:
            assert await log.head() == 0
            assert await log.append([complete(event) for event in begun()])
            assert await log.head() == 6


@pytest.mark.parametrize(
    "change",
    [
        "create table more (key text)",
        "drop table consumers",
        "alter table keys add column more text",
        "alter table events disable trigger all",
        "create or replace function append_events() returns void language sql as ''",
        "alter database {name} set work_mem = '8MB'",
        "comment on database {name} is 'changed'",
    ],
)
async def test_a_database_of_another_form_is_not_used_again(copies: Copies, change: str) -> None:
    async with copies.copy() as first, connected(first) as connection:
        name = await connection.fetchval("select current_database()")
        await connection.execute(change.format(name=name))
    async with copies.copy() as other:
        assert other != first
    with pytest.raises(asyncpg.InvalidCatalogNameError):
        await asyncpg.connect(first)


async def test_connections_that_were_left_open_are_ended(copies: Copies) -> None:
    async with copies.copy() as first:
        left = await asyncpg.connect(first)
        await left.execute("begin; lock table events")
    async with copies.copy() as again, connected(again) as connection:
        assert again == first
        assert await connection.fetchval("select count(*) from events") == 0
    left.terminate()
