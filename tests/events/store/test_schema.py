"""The log's tables are created and migrated in a database."""

import asyncio
from pathlib import Path

import asyncpg
import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

import events.store
from events.log import EventLog
from events.store.connections import Unavailable
from events.store.schema import REVISION, SchemaTooNew, ServerTooOld, not_durable
from tests.events.record import Record
from tests.events.samples import registered

MIGRATIONS = Path(events.store.__file__).parent / "migrations"


def test_the_newest_migration_is_the_one_the_code_needs() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [REVISION]


async def _execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def test_opening_again_changes_nothing(empty_database_url: str) -> None:
    async with await EventLog.open(empty_database_url) as log:
        await Record(log).add(registered("mill"))
    async with await EventLog.open(empty_database_url) as log:
        assert await log.head() == 1


async def test_several_processes_may_prepare_a_database_at_once(empty_database_url: str) -> None:
    logs = await asyncio.gather(*(EventLog.open(empty_database_url) for _ in range(4)))
    try:
        for number, log in enumerate(logs):
            await Record(log).add(registered(f"o{number}", id=str(number)))
        assert await logs[0].head() == 4
    finally:
        for log in logs:
            await log.close()


async def test_a_log_of_a_later_release_is_left_alone(database_url: str) -> None:
    await _execute(database_url, "update alembic_version set version_num = '9999'")
    with pytest.raises(
        SchemaTooNew, match="at revision 9999, which this release does not know"
    ) as e:
        await EventLog.open(database_url)
    assert e.value.revision == "9999"


def test_an_old_server_is_refused_in_one_sentence() -> None:
    error = ServerTooOld(14)
    assert error.version == 14
    assert str(error) == "the database server is PostgreSQL 14; howcanwe needs 15 or later"


async def test_a_server_that_is_not_there_is_reported_without_its_password() -> None:
    with pytest.raises(Unavailable) as e:
        await EventLog.open("postgresql://me:secret@127.0.0.1:1/nothing")
    assert "127.0.0.1:1/nothing cannot be reached" in str(e.value)
    assert "secret" not in str(e.value)


async def test_settings_that_weaken_durability_are_named(database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    try:
        assert await not_durable(connection) == []
        await connection.execute("set synchronous_commit = off")
        assert await not_durable(connection) == ["synchronous_commit"]
    finally:
        await connection.close()
