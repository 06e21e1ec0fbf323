"""The views for analysts: names that stay, over the read models that are served."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from events.access.principal import PUBLIC, RECORD, Principal, Role
from events.log import EventLog
from projections.store import statements
from projections.tables.statement import rows_of, rows_seen
from projections.tables.tables import TABLES
from projections.updating import builds, views
from projections.updating.runner import Runner
from tests.projections.generated import record_generated
from tests.projections.stories import MakeEvent, cohort


@pytest.fixture
async def engine(log: EventLog) -> AsyncIterator[AsyncEngine]:
    engine = statements.engine(log.url, connections_max=1)
    yield engine
    await engine.dispose()


async def created(runner: Runner, viewer: str = "facilitator") -> None:
    async with runner.engine.begin() as connection:
        await views.create(connection, viewer)


async def selected(engine: AsyncEngine, name: str, role: str = views.READER) -> list[Any]:
    """Return the rows of a view, as the role that reads views."""
    async with engine.begin() as connection:
        await connection.execute(text(f"set local role {role}"))
        found = await connection.execute(text(f"select * from {views.SCHEMA}.{name}"))
        return [row._asdict() for row in found]


@pytest.mark.parametrize(
    ("viewer", "principal"),
    [
        ("facilitator", RECORD),
        ("analyst", Principal("analyst", Role.ANALYST)),
        ("public", PUBLIC),
    ],
)
async def test_the_views_have_the_rows_of_the_tables(
    log: EventLog, runner: Runner, engine: AsyncEngine, viewer: str, principal: Principal
) -> None:
    await record_generated(log, seed=5)
    await runner.catch_up()
    await created(runner, viewer)
    for name, table in TABLES.items():
        read = await runner.read_models.seen(principal, rows_seen(table))
        expected = [row for one in read for row in rows_of(table, one)]
        shown = await selected(engine, name)
        assert sorted(shown, key=str) == sorted(expected, key=str), name


async def test_the_reader_sees_the_views_and_nothing_else(
    log: EventLog, runner: Runner, engine: AsyncEngine, make_event: MakeEvent
) -> None:
    await log.append(cohort(make_event))
    await runner.catch_up()
    await created(runner)
    assert len(await selected(engine, "cohorts")) == 1
    for hidden in ("events", "stream_events", f"{runner.schema}.cohorts"):
        async with engine.connect() as connection:
            await connection.execute(text(f"set role {views.READER}"))
            with pytest.raises(DBAPIError, match="permission denied"):
                await connection.execute(text(f"select 1 from {hidden}"))


async def test_no_condition_of_a_query_looks_at_rows_that_a_view_leaves_out(
    log: EventLog, runner: Runner, engine: AsyncEngine, make_event: MakeEvent
) -> None:
    await log.append(cohort(make_event))
    await runner.catch_up()
    await created(runner, "public")
    leak = """
        create function pg_temp.leak(title text) returns boolean language plpgsql cost 0.0001
        as $$ begin raise exception 'The title is %', title; end $$
    """
    async with engine.begin() as connection:
        await connection.execute(text(f"set local role {views.READER}"))
        await connection.execute(text(leak))
        query = f"select title from {views.SCHEMA}.cohorts where pg_temp.leak(title)"
        assert (await connection.execute(text(query))).all() == []


async def test_the_views_follow_a_build_that_takes_over(
    log: EventLog,
    runner: Runner,
    engine: AsyncEngine,
    make_event: MakeEvent,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await log.append(cohort(make_event))
    await runner.catch_up()
    await created(runner, "public")
    monkeypatch.setattr(builds, "fingerprint", lambda: "0123456789ab")
    async with Runner(log) as new:
        await new.catch_up()
        # A build that is only rebuilt serves nobody yet.
        assert await shown_schemas(engine) == {runner.schema}
        task = asyncio.create_task(new.run())
        async with asyncio.timeout(30):
            while await shown_schemas(engine) != {new.schema}:
                await asyncio.sleep(0.01)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    # As the same viewer as before.
    assert await selected(engine, "cohorts") == []


async def shown_schemas(engine: AsyncEngine) -> set[str]:
    """Return the schemas whose tables the views show."""
    query = "select distinct table_schema from information_schema.view_table_usage where view_schema = :schema"
    async with engine.begin() as connection:
        found = await connection.execute(text(query), {"schema": views.SCHEMA})
        return set(found.scalars())


async def test_a_view_whose_columns_are_others_is_made_anew(
    log: EventLog, runner: Runner, engine: AsyncEngine
) -> None:
    await runner.catch_up()
    async with engine.begin() as connection:
        await connection.execute(text(f"create schema {views.SCHEMA}"))
        await connection.execute(text(f"create view {views.SCHEMA}.failures as select 1 as one"))
    await created(runner)
    assert await selected(engine, "failures") == []


async def test_without_views_a_build_makes_none(log: EventLog, runner: Runner) -> None:
    await runner.catch_up()
    async with runner.engine.begin() as connection:
        assert not await views.follow(connection)


async def test_only_viewers_who_need_no_events_have_views(log: EventLog, runner: Runner) -> None:
    await runner.catch_up()
    with pytest.raises(ValueError, match="do not follow who joins"):
        await created(runner, "organisation:mill")
